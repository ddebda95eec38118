"""Days as people and programs write them; what could mean two days is read only in an order that is known."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import get_args

from commonhold.curate.rights.date_habits import DateOrder
from commonhold.curate.rights.month_names import month_names, plain_name

ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)
SPOKEN: Mapping[DateOrder, str] = {"ymd": "year-month-day", "mdy": "month/day/year", "dmy": "day/month/year"}
SERIAL_DAYS = range(25_569, 73_051)
"""1970 to 2099 in the numbers of spreadsheet programs, which count days from 30 December 1899."""
SERIAL_START = date(1899, 12, 30)
NEW_CENTURY = 69
"""Years of two digits below it are of this century (POSIX)."""
MAX_CHARACTERS = 80

_TIME = (
    r"(?:\s*(?:T|,|\s|\bat\b)\s*(?:[^\W\d_a-zA-Z]{1,3}\s*)?[0-9]{1,2}(?:[:.h][0-9]{2}(?:[:.][0-9]{2}(?:[.,:][0-9]{1,9})?)?)?"
    r"\s*(?:[ap]\.?\s?m\.?)?\s*(?:Z|[A-Z]{3,5})?\s*(?:[+-][0-9]{1,2}(?::?[0-9]{2})?)?)?\s*(?:\([^()]*\))?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[.,]*\s+)?"
_WORD = r"(?P<word>[^\W\d_](?:[^\d\n]{0,40}[^\W\d_])?)"
_SHORT_YEAR = r"'?(?P<year>[0-9]{4}|[0-9]{2})(?:\s*(?:г|р)\.?)?"
_NUMBERS = re.compile(
    rf"{_WEEKDAY}(?P<first>[0-9]{{1,4}})\s*(?P<mark>[-/.])\s*(?P<second>[0-9]{{1,2}})\s*(?P=mark)\s*"
    rf"(?P<third>[0-9]{{4}}|[0-9]{{1,2}})(?:\.|\s*г\.?)?{_TIME}",
    re.IGNORECASE,
)
_CHARACTERS = re.compile(
    rf"(?P<year>[0-9]{{4}})\s*[年년]\s*(?P<month>[0-9]{{1,2}})\s*[月월]\s*(?P<day>[0-9]{{1,2}})\s*[日일号號]?{_TIME}"
)
_VIETNAMESE = re.compile(
    rf"(?:ngày\s*)?(?P<day>[0-9]{{1,2}})[\s,]*tháng\s*(?P<month>[0-9]{{1,2}})[\s,]*(?:năm\s*)?(?P<year>[0-9]{{4}}){_TIME}",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:T[0-9]{4,6}Z?)?")
_NAMED = tuple(
    re.compile(_WEEKDAY + pattern + _TIME, re.IGNORECASE)
    for pattern in (
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|er|re|[.ºª°])?[\s,./-]*{_WORD}[\s,./-]*{_SHORT_YEAR}",
        rf"{_WORD}[\s./-]*(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|[.ºª°])?(?:\s*,\s*|[\s/-]+){_SHORT_YEAR}",
        rf"(?P<year>[0-9]{{4}})[\s,./-]*{_WORD}[\s,./-]*(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|\.|\s*d\.)?",
        rf"{_WORD}[\s.]*(?P<day>[0-9]{{1,2}})\s+[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\s[A-Z]{{3,5}})?\s(?P<year>[0-9]{{4}})",
    )
)
_JOINING = re.compile(r"(?:\b(?:de|del|di|do|of|the|m)\b|\bd')[\s.]*", re.IGNORECASE)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")

Readings = Mapping[DateOrder, date]
"""The day that a text means, by the order of its parts; the same day in all orders where there is no doubt."""


@dataclass(frozen=True, slots=True)
class DateReader:
    """How the dates of a column are read."""

    order: DateOrder | None = None
    """Of dates in figures; where none is known, dates that could mean two days are not read."""
    languages: tuple[str, ...] = ()
    """BCP 47 tags of languages in which months may be named, besides English."""

    def read(self, text: str) -> date | None:
        """The day that is written down; a time zone is not converted. None for anything else."""
        found = readings(text, self.languages)
        if self.order is not None:
            return found.get(self.order)
        return next(iter(found.values())) if len(set(found.values())) == 1 else None


def iso_day(text: str) -> date | None:
    """The day of `2026-03-14` and nothing else."""
    if not (text.isascii() and _ISO.fullmatch(text)):
        return None
    return _day(text[:4], text[5:7], text[8:])


@lru_cache(maxsize=20_000)
def readings(text: str, languages: tuple[str, ...] = ()) -> Readings:
    """What a cell may mean as a date; nothing when it is none, or counts years otherwise than from Christ's birth."""
    text = text.strip()
    if day := iso_day(text):
        return dict.fromkeys(ORDERS, day)
    if len(text) > MAX_CHARACTERS or not any(letter.isdecimal() for letter in text):
        return {}
    plain = text if text.isascii() else _in_ascii_digits(text)
    if match := _NUMBERS.fullmatch(plain):
        return dict(_in_figures(match))
    day = _certain(plain, languages)
    return dict.fromkeys(ORDERS, day) if day else {}


def _in_ascii_digits(text: str) -> str:
    plain = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    return "".join(str(int(each)) if each.isdecimal() else each for each in plain).translate(_DASHES).strip()


def is_serial(text: str) -> bool:
    """Whether a cell holds the number of a day, as spreadsheet programs count them."""
    whole, _, rest = text.strip().partition(".")
    return len(whole) == 5 and whole.isascii() and whole.isdigit() and int(whole) in SERIAL_DAYS and _is_part(rest)


def _is_part(digits: str) -> bool:
    return not digits or (digits.isascii() and digits.isdigit())


def _certain(text: str, languages: tuple[str, ...]) -> date | None:
    """The day of a text that says itself what is day, month and year."""
    if is_serial(text):
        return SERIAL_START + timedelta(days=int(text[:5]))
    if match := _CHARACTERS.fullmatch(text) or _COMPACT.fullmatch(text) or _VIETNAMESE.fullmatch(text):
        return _day(match["year"], match["month"], match["day"])
    for pattern in _NAMED:
        if match := pattern.fullmatch(text):
            month = _month(match["word"], languages)
            if month:
                return _day(match["year"], month, match["day"])
    return None


def _month(word: str, languages: tuple[str, ...]) -> int | None:
    names = month_names(languages)
    return names.get(plain_name(word)) or names.get(plain_name(_JOINING.sub("", word)))


def _in_figures(match: re.Match[str]) -> Iterator[tuple[DateOrder, date]]:
    first, second, third = match["first"], match["second"], match["third"]
    if len(first) == 4:
        day = _day(first, second, third) if len(third) < 4 else None
        yield from ((order, day) for order in ORDERS if day)
        return
    if len(first) > 2 or len(third) not in (2, 4):
        return
    parts: dict[DateOrder, tuple[str, str, str]] = {"mdy": (third, first, second), "dmy": (third, second, first)}
    if len(first) == 2 and len(third) == 2:
        parts["ymd"] = first, second, third
    yield from ((order, day) for order, part in parts.items() if (day := _day(*part)))


def _day(year: str, month: str | int, day: str) -> date | None:
    """A day of the years 1900 to 2199, or of one that means no end; the Thai 2569, the Persian 1405 are none."""
    number = int(year) + (0 if len(year) == 4 else 2000 if int(year) < NEW_CENTURY else 1900)
    if not (1900 <= number < 2200 or number in (2999, 9999)):
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def evidence(found: Readings) -> frozenset[DateOrder]:
    """The orders that a date in figures allows; none where its order does not matter."""
    return frozenset[DateOrder]() if len(found) == len(ORDERS) and len(set(found.values())) == 1 else frozenset(found)
