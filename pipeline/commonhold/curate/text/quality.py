"""What is too short, too long or too little language to learn from; every bound is a setting."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.text.finding import Finding
from commonhold.curate.text.runs import blocks
from commonhold.curate.text.words import word_count

LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
DIGIT = re.compile(r"\d")
START = 200
"""Characters that mostly hold enough words, so that the rest need not be counted."""
_SPACE = b" \t\n\r\x0b\x0c"
_DIGITS = b"0123456789"
_LETTERS = bytes(code for code in range(128) if chr(code).isalpha())
# First bytes of letters' UTF-8; E2, EF and F0, and C2 and E3 for their punctuation, may start a symbol.
_SURE_LETTERS = _LETTERS + bytes((*range(0xC3, 0xE2), *range(0xE4, 0xEF)))
# First bytes of UTF-8 before U+0640; digits other than 0-9 start with U+0660.
_NO_OTHER_DIGITS = bytes(range(0xD9))
_INNER = bytes(range(0x80, 0xC0))
_PLAIN = bytes(code for code in _SURE_LETTERS if code in _NO_OTHER_DIGITS) + _INNER
"""Bytes of letters among which no digit is."""
_NOT_PLAIN = bytes(code not in _PLAIN for code in range(256))
_SMALL = np.uint8(0x20)
MAX_TEXTS = 1 << 12
"""Short texts looked at together."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds inside which a text is kept; the defaults let short messages and short answers pass."""

    min_words: int = 1
    max_words: int = 2000
    """Words, as `words.words` counts them: letters in scripts without spaces, none in a lone emoji."""
    min_characters: int = 1
    max_characters: int = 20_000
    """Characters, white space included."""
    min_judged: int = 40
    """Characters (no white space) from which digits and symbols are judged: opening hours are mostly digits."""
    max_digits: float = 0.6
    """Share of characters that are digits, in [0, 1]."""
    max_symbols: float = 0.5
    """Share of characters that are punctuation or symbols, in [0, 1]; a few in blocks of letters (÷) do not count."""
    max_links: float = 0.9
    """Share of characters that are in links, in [0, 1]; for texts of every length."""


class Poor:
    """Names the first bound that a text breaks: `Poor(Bounds(min_words=2)).judge(text)`.

    Word counts after Gopher (Rae et al. 2021, arXiv 2112.11446, appendix A.1.1), whose bounds are for web pages: its 50
    words and its symbol-to-word ratio would refuse most messages that people send.
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()

    def judge(self, text: str) -> Finding | None:
        """Why the text is too poor to learn from."""
        return self._length(text) or self._links(text) or self._shares(text)

    def judge_all(self, texts: Sequence[str]) -> dict[int, Finding]:
        """The same of many texts: by index, those that break a bound. One look at all of them clears nearly all."""
        judged = ((index, self.judge(texts[index])) for index in self._suspects(texts))
        return {index: finding for index, finding in judged if finding}

    def _suspects(self, texts: Sequence[str]) -> Sequence[int]:
        bounds = self.bounds
        if bounds.min_words or not self._letters_suffice or not texts:
            return range(len(texts))
        characters = np.fromiter(map(len, texts), np.int64, len(texts))
        others, links = map(np.concatenate, zip(*map(_look, blocks(texts, MAX_TEXTS)), strict=True))
        odd = (characters < bounds.min_characters) | (characters > min(bounds.max_words, bounds.max_characters))
        indexes: list[int] = np.flatnonzero(odd | links | (2 * others > characters)).tolist()
        return indexes

    def _length(self, text: str) -> Finding | None:
        bounds = self.bounds
        if len(text) < bounds.min_characters:
            return Finding("too_short", f"{len(text)} of at least {bounds.min_characters} characters")
        if len(text) > bounds.max_characters:
            return Finding("too_long", f"{len(text)} of at most {bounds.max_characters} characters")
        if len(text) <= bounds.max_words and (not bounds.min_words or word_count(text[:START]) >= bounds.min_words):
            return None
        count = word_count(text)
        if count < bounds.min_words:
            return Finding("too_short", f"{count} of at least {bounds.min_words} words")
        if count > bounds.max_words:
            return Finding("too_long", f"{count} of at most {bounds.max_words} words")
        return None

    def _links(self, text: str) -> Finding | None:
        if "://" not in text and not (("w." in text or "W." in text) and "www." in text.lower()):
            return None
        inside = sum(len(match.group()) for match in LINK.finditer(text))
        share = inside / max(sum(map(len, text.split())), 1)
        return _over("mostly_links", "characters in links", share, self.bounds.max_links)

    def _shares(self, text: str) -> Finding | None:
        if len(text) < self.bounds.min_judged:
            return None
        data = text.encode("utf-8", "replace")
        data = data.translate(None, _SPACE + _INNER)
        if len(data) < self.bounds.min_judged:
            return None
        ascii_digits = len(data) - len(data.translate(None, _DIGITS))
        digits = ascii_digits if not data.translate(None, _NO_OTHER_DIGITS) else len(DIGIT.findall(text))
        symbols = len(data.translate(None, _DIGITS + _SURE_LETTERS))
        if not text.isascii() and (digits + symbols) / len(data) > min(self.bounds.max_digits, self.bounds.max_symbols):
            digits, symbols = _counted(text)
        return _over("mostly_digits", "digits", digits / len(data), self.bounds.max_digits) or _over(
            "mostly_symbols", "punctuation or symbols", symbols / len(data), self.bounds.max_symbols
        )

    @property
    def _letters_suffice(self) -> bool:
        """Whether a text keeps all bounds for digits and symbols when half of its characters are surely letters."""
        return min(self.bounds.max_digits, self.bounds.max_symbols) >= 0.5


def _look(block: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Of each text the bytes outside `_PLAIN`, and whether it may have links."""
    sizes = np.fromiter(map(len, block), np.int64, len(block)) + 1
    starts = np.cumsum(sizes) - sizes
    joined = b"%b  " % b" ".join(block)
    others = np.add.reduceat(np.frombuffer(joined.translate(_NOT_PLAIN), np.uint8), starts, dtype=np.int64)
    others -= 1  # the space behind it
    others[-1] -= 1
    codes = np.frombuffer(joined, np.uint8)
    colons = np.flatnonzero(codes[:-2] == ord(":"))
    colons = colons[(codes[colons + 1] == ord("/")) & (codes[colons + 2] == ord("/"))]
    webs = np.flatnonzero((codes[1:] == ord(".")) & (codes[:-1] | _SMALL == ord("w")))
    webs = webs[codes[webs - 1] | _SMALL == ord("w")]  # before the first letter stands the space behind the last one
    links = np.zeros(len(block), np.bool_)
    links[np.searchsorted(starts, np.concatenate([colons, webs]), "right") - 1] = True
    return others, links


def _counted(text: str) -> tuple[int, int]:
    """Digits, and marks of punctuation and symbols, one by one."""
    digits = symbols = 0
    for character, number in Counter(text).items():
        kind = unicodedata.category(character)
        if kind == "Nd":
            digits += number
        elif kind[0] in "PS":
            symbols += number
    return digits, symbols


def _over(reason: str, what: str, share: float, most: float) -> Finding | None:
    return Finding(reason, f"{share:.0%} {what}, over {most:.0%}") if share > most else None
