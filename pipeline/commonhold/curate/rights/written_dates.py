"""Days as people and exports write them, in a declared order; a date that does not fit is not guessed."""

import re
from datetime import date
from typing import Literal

DateOrder = Literal["year_first", "month_first", "day_first"]

_TIME = r"(?:[T ][0-9:.,+\-Z APMapm]*)?"
_PATTERNS: dict[DateOrder, re.Pattern[str]] = {
    "year_first": re.compile(rf"(?P<year>[0-9]{{4}})([-/.])(?P<month>[0-9]{{1,2}})\2(?P<day>[0-9]{{1,2}}){_TIME}"),
    "month_first": re.compile(rf"(?P<month>[0-9]{{1,2}})([-/.])(?P<day>[0-9]{{1,2}})\2(?P<year>[0-9]{{4}}){_TIME}"),
    "day_first": re.compile(rf"(?P<day>[0-9]{{1,2}})([-/.])(?P<month>[0-9]{{1,2}})\2(?P<year>[0-9]{{4}}){_TIME}"),
}


def written_date(text: str, order: DateOrder) -> date | None:
    """The day of `2026-03-14`, `3/14/2026` or `14.3.2026`, with or without a time; the year first always reads.

    A time zone is not converted: the day is the one that was written down. None for anything else.
    """
    text = text.strip()
    match = _PATTERNS["year_first"].fullmatch(text) or _PATTERNS[order].fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
