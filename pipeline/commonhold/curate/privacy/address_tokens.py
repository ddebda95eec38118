"""Words, numbers and marks of a text in which an address may be."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from commonhold.curate.privacy import address_words as words

TOKEN = re.compile(r"\d[\w/-]*(?:–\d+)?|[^\W_][\w'’-]*(?:\.(?=\s?[\d\w,#]))?/?|\n|[^\w\s]")
NUMBER = re.compile(r"\d{1,5}(?:[A-Za-z]?[-/–]\d{1,4}(?:/\d{1,4}){0,2})?(?:[/-]?[A-Za-z])?")
SIGNED_NUMBER = re.compile(r"n[º°o]?\d{1,5}[a-z]?", re.IGNORECASE)
"""A number with its sign in one word: `nº2`, `N7`."""
ORDINAL = re.compile(r"\d{1,3}(?:st|nd|rd|th)", re.IGNORECASE)
MAX_SHORT_FORM = 4
"""Letters of `blvd.`; the stop behind longer words ends a sentence."""

Bounds = tuple[int, int]
"""First and last token of something."""


class Token(NamedTuple):
    """A word, a number, a mark or a line's end."""

    text: str
    start: int
    end: int
    key: str
    """In small letters, without the stop of a short form."""

    @property
    def end_without_stop(self) -> int:
        """Where it ends when the stop behind a word that is no short form is the sentence's."""
        return self.end - (self.text.endswith(".") and len(self.key) > MAX_SHORT_FORM)

    @property
    def is_number(self) -> bool:
        return NUMBER.fullmatch(self.text) is not None

    @property
    def is_word(self) -> bool:
        return self.text[0].isalpha()

    @property
    def is_capital(self) -> bool:
        """Begins with a capital, or is of a script that has none; ordinals count."""
        return (self.is_word and not self.text[0].islower()) or ORDINAL.fullmatch(self.text) is not None

    @property
    def may_name(self) -> bool:
        return (
            self.is_capital or self.key in words.SMALL or self.text[:2].lower() in ("d'", "l'", "d’", "l’")
        ) and not self.is_signed_number

    @property
    def is_signed_number(self) -> bool:
        return self.text[0] in "nN" and SIGNED_NUMBER.fullmatch(self.text) is not None


def any_of(alternatives: Iterable[str]) -> str:
    """Pattern of any of these words; the longer ones first."""
    return "|".join(re.escape(each) for each in sorted({*alternatives}, key=lambda each: (-len(each), each)))


def tokens_of(text: str) -> list[Token]:
    """The tokens of a text, from left to right."""
    return [Token(match.group(), *match.span(), match.group().rstrip(".").lower()) for match in TOKEN.finditer(text)]
