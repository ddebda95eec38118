"""Comparing texts the way a reader does: letters, not code points; words, not substrings."""

import itertools
import re
import unicodedata

_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-"}
)
UNSPACED = re.compile(
    # Scripts that put no space between words, or, Hangul, none between a word and its particles.
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SPACE = re.compile(r"\s+")
_ASCII_WORD = re.compile(r"[a-z0-9_]+")


def fold(text: str) -> str:
    """Text with what a reader overlooks made equal: case, width, ligatures, curly quotes, dashes, runs of white space.

    NFKC and full case folding (Unicode Standard, section 3.13), then invisible format characters are dropped.
    Accents stay: `si` is not `sí`.
    """
    if text.isascii():  # the same result without looking at every letter
        return _SPACE.sub(" ", text.lower()).strip()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    visible = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    return _SPACE.sub(" ", visible.translate(_PLAIN)).strip()


def contains(text: str, phrase: str) -> bool:
    """Whether a phrase is in a text as whole words and whole numbers, both folded; nothing is in anything.

    `ext. 20` is not in `ext. 204`, nor 20 in 20.5 or 1,200, nor `Water` in `Waterford`; it is in `water-damaged`.
    In scripts without spaces, such as Thai or Chinese, any position will do.
    """
    haystack, needle = fold(text), fold(phrase)
    start = haystack.find(needle)
    while start >= 0:
        if _ends_word(haystack, start) and _ends_word(haystack, start + len(needle)):
            return True
        start = haystack.find(needle, start + 1)
    return False


def words(text: str) -> list[str]:
    """The folded words of a text, punctuation left out; in scripts without spaces every letter is one."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower())
    tokens: list[str] = []
    for is_word, letters in itertools.groupby(fold(text), key=_in_word):
        if is_word:
            tokens += re.findall(f"{UNSPACED.pattern}|(?:(?!{UNSPACED.pattern}).)+", "".join(letters))
    return tokens


def _ends_word(text: str, position: int) -> bool:
    """Whether no word and no number runs across the gap before `text[position]`."""
    left, right = text[:position][-2:], text[position:][:2]
    if not left or not right:
        return True
    if UNSPACED.match(left[-1]) or UNSPACED.match(right[0]):
        return True
    if _in_word(left[-1]) and _in_word(right[0]):
        return False
    return not (_number_goes_on(left[-1], right) or _number_goes_on(right[0], left[::-1]))


def _number_goes_on(digit: str, beyond: str) -> bool:
    return digit.isdigit() and len(beyond) == 2 and beyond[0] in ".,:" and beyond[1].isdigit()


def _in_word(letter: str) -> bool:
    return letter == "_" or unicodedata.category(letter)[0] in "LMN"
