"""Personal data that has a form: e-mail addresses, phone numbers, identity numbers, payment cards.

Names, street addresses and dates of birth have none and are not found. When in doubt a number is masked: a case
number of ten digits looks like a phone number, and is masked as one.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import re2

from commonhold.curate.settings import PersonalData

Span = tuple[int, int]

MIN_PHONE_DIGITS = 7

MARKS: dict[PersonalData, str] = {
    "payment_card": "[CARD]",
    "email": "[EMAIL]",
    "id_number": "[ID]",
    "phone": "[PHONE]",
}
"""In the order of masking: what looks most like something else comes first."""

# Each must match wherever the finder below finds something: most texts match none, and are not looked at twice.
GATES: dict[PersonalData, str] = {
    "payment_card": r"(?:\p{Nd}[ \x{00a0}-]?){12}\p{Nd}",
    "email": r"[^\s@]@[^\s@]",
    "id_number": r"\p{Nd}{3}[ \x{2010}-\x{2013}-]?\p{Nd}{2}[ \x{2010}-\x{2013}-]?\p{Nd}{4}",
    "phone": r"\p{Nd}(?:(?:[^\p{L}\p{Nd}]|[xX]){0,4}\p{Nd}){6}",
}

EMAIL = re.compile(r"\w[\w.+%'-]{0,63}@(?:[\w-]{1,63}\.){1,8}(?:xn--[\w-]{2,59}|[^\W\d_]{2,24})")
# US Social Security and taxpayer numbers, those that were never issued (000, 666, 9xx) included.
ID_NUMBER = re.compile(r"(?<![\w-])\d{3}([ \u2010-\u2013-])\d{2}\1\d{4}(?!\w|-\d)")
NAMED_ID_NUMBER = re.compile(
    r"\b(?:ssn|social security(?: number)?|seguro social)\b"
    r"[^\w\n]{0,4}(?:(?:is|no|number|es)\b)?[^\w\n]{0,4}(\d{9})\b",
    re.IGNORECASE,
)
# Grouped as cards print it (4-4-4-4, with up to three digits more; 4-6-5 and 4-6-4), or not grouped. The last group
# may also be the card's month or security code, which comes after a number that is right without it.
CARD = re.compile(
    r"""
    (?<![\w.-])
    (?P<card> \d{13,19} | \d{4}[ \u00a0-]\d{6}[ \u00a0-]\d{4,5} | \d{4}(?:[ \u00a0-]\d{4}){3} )
    (?: [ \u00a0-]\d{1,3} )? (?!\d)
    """,
    re.VERBOSE,
)
NOT_A_PHONE = re.compile(
    r"""
    (?<![\w.,+/-]) (?:
        (?:19|20)\d\d [-./] [01]?\d [-./] [0-3]?\d          # 2025-03-14
      | [0-3]?\d [-./] [0-3]?\d [-./] (?:19|20)\d\d         # 3/14/2025, 14.03.2025
      | (?:19|20)\d\d \s? [-–/] \s? (?:19|20)\d\d           # 2024-2025
      | (?:19|20)\d\d [-/] \d{5,8}                          # case 2024-001234
      | \d[\d.,]* \s? (?: [$€£¥₹] | (?:usd|eur|dollars?|pesos?|euros?)\b )
    ) (?![\w/-] | \.\d)
    | [$€£¥₹] \s? \d[\d.,]*
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Masked(NamedTuple):
    """A text and how many pieces of each kind were masked in it."""

    text: str
    counts: dict[PersonalData, int]


def mask(text: str, kinds: Sequence[PersonalData], region: str) -> Masked:
    """Replaces personal data by marks such as `[PHONE]`.

    `region` is the country (ISO 3166) whose phone numbers stand without a country code.
    """
    counts: dict[PersonalData, int] = {}
    for kind in _suspected(text, frozenset(kinds)):
        spans = _spans(kind, text, region)
        for start, end in reversed(spans):
            text = f"{text[:start]}{MARKS[kind]}{text[end:]}"
        if spans:
            counts[kind] = len(spans)
    return Masked(text, counts)


@cache
def _gate(kinds: frozenset[PersonalData]) -> tuple[re2.Set, tuple[PersonalData, ...]]:
    ordered = tuple(kind for kind in MARKS if kind in kinds)
    gate = re2.Set.SearchSet()
    for kind in ordered:
        gate.Add(GATES[kind])
    gate.Compile()
    return gate, ordered


def _suspected(text: str, kinds: frozenset[PersonalData]) -> list[PersonalData]:
    if not kinds:
        return []
    gate, ordered = _gate(kinds)
    return [ordered[index] for index in sorted(gate.Match(text) or ())]


def _spans(kind: PersonalData, text: str, region: str) -> list[Span]:
    match kind:
        case "email":
            return [found.span() for found in EMAIL.finditer(text)]
        case "phone":
            return list(_phones(text, region))
        case "id_number":
            named = [found.span(1) for found in NAMED_ID_NUMBER.finditer(text)]
            return sorted([*named, *(found.span() for found in ID_NUMBER.finditer(text))])
        case "payment_card":
            return list(_cards(text))


def _cards(text: str) -> Iterator[Span]:
    for match in CARD.finditer(text):
        whole, without_tail = match.end(), match.end("card")
        end = next((end for end in (whole, without_tail) if _is_card(text[match.start() : end])), None)
        if end is not None:
            yield match.start(), end


def _is_card(text: str) -> bool:
    """Whether 13 to 19 digits carry a right check digit (ISO/IEC 7812-1, Luhn); no issuer's number begins with 0."""
    digits = [int(character) for character in text if character.isdecimal()]
    if not 13 <= len(digits) <= 19 or digits[0] == 0:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _phones(text: str, region: str) -> Iterator[Span]:
    """Numbers of a length that the region's numbering plan, or a country code, allows.

    Not only valid ones: the numbers 555-0100 to 555-0199, which stand for phone numbers in examples, are not valid,
    and neither is a real number with one digit mistyped. Fewer than seven digits are never taken for a phone number:
    some numbering plans allow four, and would mask postcodes and house numbers. Nor are rows of a table such as
    `3 5 11 5 21`; digits that are all spelt out one by one are.
    """
    from phonenumbers import Leniency, PhoneNumberMatcher

    shielded = NOT_A_PHONE.sub(lambda match: "_" * len(match.group()), text)
    for match in PhoneNumberMatcher(shielded, region, leniency=Leniency.POSSIBLE):
        groups = [len(group.group()) for group in re.finditer(r"\d+", match.raw_string)]
        if sum(groups) >= MIN_PHONE_DIGITS and groups.count(1) in (0, 1, len(groups)):
            yield match.start, match.end
