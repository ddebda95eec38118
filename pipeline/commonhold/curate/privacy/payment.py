"""Payment cards and bank accounts, told from other numbers by issuer, length and check digits."""

import re
from collections.abc import Iterator

from commonhold.curate.privacy.boundaries import NOT_BEHIND, touching_before, touching_behind
from commonhold.curate.privacy.find import Detector, Span

CARD_GATE = r"(?:[0-9][ \x{00a0}-]?){12}[0-9]"
# Grouped as cards print it (4-4-4-4, with up to three digits more; 4-6-5 and 4-6-4), or not grouped. The last group
# may also be the card's month or security code, which comes after a number that is right without it.
CARD_FORM = re.compile(
    r"""
    (?<![\d.-])
    (?P<card> \d{13,19} | \d{4}[ \u00a0-]\d{6}[ \u00a0-]\d{4,5} | \d{4}(?:[ \u00a0-]\d{4}){3} )
    (?: [ \u00a0-]\d{1,3} )? (?!\d)
    """,
    re.VERBOSE,
)
ISSUERS: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("2200", "2204", frozenset({16, 17, 18, 19})),  # Mir
    ("2221", "2720", frozenset({16})),  # Mastercard
    ("300", "305", frozenset({14, 16, 17, 18, 19})),  # Diners Club
    ("3095", "3095", frozenset({14, 16, 17, 18, 19})),
    ("34", "34", frozenset({15})),  # American Express
    ("3528", "3589", frozenset({16, 17, 18, 19})),  # JCB
    ("36", "36", frozenset({14, 15, 16, 17, 18, 19})),  # Diners Club
    ("37", "37", frozenset({15})),
    ("38", "39", frozenset({14, 16, 17, 18, 19})),
    ("4", "4", frozenset({13, 16, 19})),  # Visa
    ("50", "50", frozenset({13, 14, 15, 16, 17, 18, 19})),  # Maestro, Verve, Elo, RuPay
    ("51", "55", frozenset({16})),  # Mastercard
    ("56", "59", frozenset({13, 14, 15, 16, 17, 18, 19})),  # Maestro
    ("60", "69", frozenset({13, 14, 15, 16, 17, 18, 19})),  # Maestro, Discover, UnionPay, RuPay, Hipercard
    ("81", "82", frozenset({16, 17, 18, 19})),  # UnionPay, RuPay
    ("9792", "9792", frozenset({16})),  # Troy
)
"""First and last prefix and the lengths, after the issuers' public ranges (ISO/IEC 7812 register, Wikipedia's list)."""

KEPT_DIGITS = 15
"""Of a number in a cell (IEEE 754 doubles, as Excel limits them); the check digit of most cards is the sixteenth."""
CARD_NAMES = frozenset({
    "amex", "card", "cb", "cc", "credit", "debit", "diners", "discover", "jcb", "maestro", "mastercard", "mc",
    "mir", "rupay", "tarjeta", "unionpay", "visa",
})  # fmt: skip

IBAN_GATE = r"[A-Za-z]{2}[0-9]{2}(?:[ \x{00a0}-]?[A-Za-z0-9]){11}"
IBAN_FORM = re.compile(
    rf"(?:{NOT_BEHIND}|(?<=iban)|(?<=(?-i:[a-z]))(?=(?-i:[A-Z]{{2}}\d)))[A-Z]{{2}}\d\d(?:[ \u00a0-]?[A-Z0-9]){{11,30}}",
    re.IGNORECASE | re.ASCII,
)
MIN_IBAN_CHARACTERS = 15
"""Norway's; the shortest."""


def find_cards(text: str) -> Iterator[Span]:
    """Numbers of 13 to 19 digits with a right check digit; certain when an issuer has such numbers.

    Likely as well: an issuer's number that a spreadsheet program cut off after 15 digits, with zeros in place of the
    others.
    """
    for match in CARD_FORM.finditer(text):
        if not _stands_alone(text, match.start(), match.end()):
            continue
        for end in (match.end(), match.end("card")):
            digits = "".join(str(int(character)) for character in text[match.start() : end] if character.isdecimal())
            if is_card(digits):
                yield Span(match.start(), end, "certain" if has_issuer(digits) else "likely")
                break
        else:
            if is_cut_off(digits):
                yield Span(match.start(), match.end("card"), "likely")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a number is no part of a code; a card's name may touch it: `VISA4111111111111111`."""
    behind = touching_behind(text, start)
    if behind.contact == "code" and behind.word.lower() not in CARD_NAMES:
        return False
    return touching_before(text, end).contact != "code"


def is_card(digits: str) -> bool:
    """Whether 13 to 19 digits carry a right check digit (ISO/IEC 7812-1, Luhn); no issuer's number starts with 0."""
    from stdnum import luhn

    return 13 <= len(digits) <= 19 and digits[0] != "0" and bool(luhn.is_valid(digits))


def is_cut_off(digits: str) -> bool:
    """Whether it may be a card's number of which a spreadsheet program kept 15 digits."""
    return len(digits) > KEPT_DIGITS and not digits[KEPT_DIGITS:].strip("0") and has_issuer(digits)


def has_issuer(digits: str) -> bool:
    """Whether a known issuer has numbers that start so and are so long."""
    return any(
        first <= digits[: len(first)] and digits[: len(last)] <= last and len(digits) in lengths
        for first, last, lengths in ISSUERS
    )


def find_ibans(text: str) -> Iterator[Span]:
    """Account numbers with right check digits and the length and form of their country (ISO 13616)."""
    for match in IBAN_FORM.finditer(text):
        end = _iban_end(text, match.start(), match.end())
        if end is not None:
            yield Span(match.start(), end)


def _iban_end(text: str, start: int, longest: int) -> int | None:
    """Where the number ends: a word that follows it looks like one more group, so shorter readings are tried too."""
    from stdnum import iban

    for end in range(longest, start + MIN_IBAN_CHARACTERS - 1, -1):
        if text[end - 1] in " \u00a0-" or touching_before(text, end).contact == "code":
            continue
        if iban.is_valid(re.sub("[ \u00a0-]", "", text[start:end]), check_country=False):
            return end
    return None


CARD = Detector("payment_card", "CARD", CARD_GATE, find_cards)
IBAN = Detector("iban", "IBAN", IBAN_GATE, find_ibans)
