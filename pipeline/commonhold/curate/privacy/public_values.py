"""What a community lists as public: its own desk's number, address or page, which stay in the texts.

A find stays where it is a listed value in any spelling, or a part of one that is written out. A find that is more than
the value, such as the number with an extension, is masked: that is another number than the listed one.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from commonhold.curate.privacy.boundaries import is_whole_word
from commonhold.curate.privacy.find import Candidate
from commonhold.curate.privacy.folding import Folded, fold, fold_with_origins
from commonhold.curate.privacy.pseudonyms import same_value

NUMBER = re.compile(r"[+(]{0,2}\s?\d.*", re.DOTALL)
EXTENSION = re.compile(r"[^\W\d_]|#")
"""Where a phone number ends and its extension starts."""
LEAST_DIGITS = 3
TOLD_BY = 7
"""Last digits by which a listed number is looked for where phone numbers are not masked."""
BEFORE_A_PAGE = re.compile(r"^(?:[a-z][a-z0-9+.-]{1,15}://|mailto:|tel:)?(?:www\.)?", re.IGNORECASE)


class Spared(NamedTuple):
    """What is left to mask, and what stays."""

    candidates: list[Candidate]
    listed: tuple[int, ...]
    """For each place that stays, the number of the listed value."""


class PublicValues:
    """The values that a datasheet lists, known in any spelling."""

    def __init__(self, values: Sequence[str], regions: Sequence[str] = ()) -> None:
        """`regions` (ISO 3166-1 alpha-2) are where numbers without a country code may belong."""
        self._values = tuple(values)
        self._regions = tuple(regions) or ("",)
        self._written = [_Written.of(value) for value in values]
        self._keys: dict[str, dict[str, int]] = {}
        """By placeholder's word: the one spelling of each value (a phone number has one by region), and its number."""

    def spare(self, text: str, candidates: list[Candidate]) -> Spared:
        """The candidates of a text without those that are listed."""
        if not self._values or not candidates:
            return Spared(candidates, ())
        places = [*self._equal(text, candidates), *self._written_out(text)]
        rest: list[Candidate] = []
        stays: dict[tuple[int, int], int] = {}
        for each in candidates:
            around = [place for place in places if place[0] <= each.start and each.end <= place[1]]
            if around:
                start, end, item = min(around, key=lambda place: (place[0] - place[1], place))
                stays[start, end] = item
            else:
                rest.append(each)
        return Spared(rest, tuple(stays.values()))

    def occurring(self, texts: Sequence[str], listed: frozenset[int]) -> frozenset[int]:
        """Those of some listed values, by their numbers, that are in a text as they are listed, found or not."""
        missing = set(listed)
        for text in texts if missing else ():
            folded = fold(text)
            missing -= {item for item in missing if self._written[item].is_in(folded)}
            if not missing:
                break
        return listed - missing

    def _equal(self, text: str, candidates: Sequence[Candidate]) -> Iterator[tuple[int, int, int]]:
        for each in candidates:
            if each.label not in self._keys:
                self._keys[each.label] = {
                    key: item for item, value in enumerate(self._values) for key in self._spellings(each.label, value)
                }
            listed = self._keys[each.label]
            spellings = self._spellings(each.label, text[each.start : each.end])
            item = next((listed[key] for key in spellings if key in listed), None)
            if item is not None:
                yield each.start, each.end, item

    def _spellings(self, label: str, value: str) -> list[str]:
        keys = (
            [phone_key(value, region) for region in self._regions]
            if label == "PHONE"
            else [same_value(label, page_key(_plain_digits(value)))]
        )
        return [key for key in dict.fromkeys(keys) if key]

    def _written_out(self, text: str) -> Iterator[tuple[int, int, int]]:
        folded = fold_with_origins(text)
        for item, written in enumerate(self._written):
            for start, end in written.places(folded):
                if is_whole_word(text, start, end):
                    yield start, end, item


class _Written(NamedTuple):
    """A listed value as people write it, over folded texts."""

    whole: re.Pattern[str]
    loose: re.Pattern[str]
    """Its words, or its last digits, whatever is between them."""
    word: str
    """Its longest word, which is looked for first; empty for numbers."""

    def is_in(self, folded: str) -> bool:
        """Whether a folded text has it, as a find or not."""
        return self.word in folded and self.loose.search(folded) is not None

    @classmethod
    def of(cls, value: str) -> "_Written":
        core = fold(page_key(_plain_digits(value)))
        signs, words = re.findall(r"[^\W_]", core), re.findall(r"\w+", core)
        if not any(sign.isalpha() for sign in signs):
            loose = r"[\W_]{0,3}".join(signs[-TOLD_BY:])
        else:
            loose = r"[\W_]{1,4}".join(map(re.escape, words))
        # The signs of an address on the network say what it is; between the words of a name and a street they do not.
        exact = re.search(r"[@/]|\w\.\w", core) or not re.search(r"[^\W\d_]", core)
        whole = r"\s{1,3}".join(map(re.escape, core.split())) if exact else loose
        word = max(words, key=len) if any(sign.isalpha() for sign in signs) else ""
        return cls(re.compile(whole), re.compile(loose), word)

    def places(self, folded: Folded) -> Iterator[tuple[int, int]]:
        for match in self.whole.finditer(folded.text) if self.word in folded.text else ():
            yield folded.span(*match.span())


def phone_key(value: str, region: str) -> str:
    """One spelling of a phone number: with its country code, and its extension behind an `x`; empty for none."""
    import phonenumbers

    found = NUMBER.search(value)
    if found is None:
        return ""
    number, *behind = EXTENSION.split(found.group(), maxsplit=1)
    digits, extension = _digits(number), _digits("".join(behind))
    if len(digits) < LEAST_DIGITS or (behind and not extension):
        return ""
    try:
        parsed = phonenumbers.parse(f"{'+' if number.startswith(('+', '(+')) else ''}{digits}", region or None)
        digits = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass  # of a form that no plan has: the digits alone
    return f"{digits}x{extension}" if extension else digits


def page_key(value: str) -> str:
    """A web address without scheme, `www.` and the slash at its end; other texts as they are."""
    return BEFORE_A_PAGE.sub("", value.strip()).rstrip("/")


def _plain_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(int(character)) if character.isdecimal() else character for character in text)


def _digits(text: str) -> str:
    return "".join(str(int(character)) for character in text if character.isdecimal())
