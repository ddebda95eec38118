"""Names as people type them: capitals, accents and invisible characters aside, in any script."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from commonhold.curate.text.words import SCRIPTS_WITHOUT_SPACES

# Marks that are left out when people type in a hurry; vowel signs of Indic, Thai and other scripts spell the word.
ACCENTS = (
    (0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x06D6, 0x06ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
ALIKE = {
    "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "ng",
    "ɓ": "b", "ɗ": "d", "ƙ": "k", "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-",
    "ـ": "", "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي",
}  # fmt: skip
"""Letters that Unicode does not decompose, and marks that keyboards interchange."""


class _Folds(dict[int, str]):
    """A table for `str.translate`, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code)).casefold()
        parts = unicodedata.normalize("NFKD", parts)
        self[code] = folded = "".join(_fold(part) for part in parts)
        return folded


def _fold(character: str) -> str:
    code = ord(character)
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf" or any(first <= code <= last for first, last in ACCENTS):
        return ""
    return " " if character.isspace() else ALIKE.get(character, character)


_FOLDS = _Folds()


class Folded(NamedTuple):
    """A folded text and where each of its characters came from."""

    text: str
    origins: Sequence[int]
    """Place in the text as it came, of every folded character and of the end."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the folded text, in the text as it came; marks behind its last letter belong to it."""
        return self.origins[start], self.origins[end]


def fold(text: str) -> str:
    """`LÓPEZ` and `Lopez` are both `lopez`; `Straße` is `strasse`."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


def fold_with_origins(text: str) -> Folded:
    """A folded text that can be traced back."""
    if text.isascii():
        return Folded(text.lower(), range(len(text) + 1))
    pieces = [character.translate(_FOLDS) for character in text]
    origins = [index for index, piece in enumerate(pieces) for _ in piece]
    return Folded("".join(pieces), [*origins, len(text)])


def has_no_spaces(character: str) -> bool:
    """Whether a character's script puts no spaces between words."""
    code = ord(character)
    return any(first <= code <= last for first, last in SCRIPTS_WITHOUT_SPACES)


def has_case(text: str) -> bool:
    """Whether a text is of a script with capitals."""
    return any(character.lower() != character.upper() for character in text)


def starts_sentence(text: str, index: int) -> bool:
    """Whether what starts there is the first word of a text, a line or a sentence, where every word has a capital."""
    before = text[:index].rstrip(" \t\"'“”«»([¿¡-")
    return not before or before[-1] in ".!?…\n:。！？"
