"""Which language a text is in, as far as an identifier that travels in a package can tell."""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from commonhold.curate.text.tags import UNDETERMINED, family

MAX_CHARACTERS = 240
"""How much of a text is looked at; more costs time and rarely changes the answer."""
MIN_BYTES = 32
"""Bytes of letters in UTF-8 under which no answer is given: 32 letters of English, 11 of Chinese."""
FULL_SHARE = 90
"""Percentage of a text from which one language is taken to be all of it."""


class LanguageGuess(NamedTuple):
    """An identifier's answer for one text."""

    tag: str
    """BCP 47; `und` when the text is too short or like nothing known."""
    confidence: float
    """In [0, 1]; what it measures is the identifier's own affair."""
    reliable: bool
    """Whether the identifier stands by it."""


NO_GUESS = LanguageGuess(UNDETERMINED, 0.0, False)


class Identifier(Protocol):
    """What names the language of texts."""

    def knows(self, tag: str) -> bool:
        """Whether the language of `tag`, or another of its macrolanguage, may be an answer."""

    def identify(self, texts: Sequence[str]) -> list[LanguageGuess]:
        """One guess a text, in order; never fails."""

    def reconsider(self, text: str, declared: str) -> LanguageGuess:
        """A second look at one text, leaning to what was declared where that is possible."""


# CLD2's own codes; xx- stands for a script alone, zz and tlh for its jokes.
_TAGS = {"iw": "he", "jw": "jv", "un": UNDETERMINED, "xxx": UNDETERMINED, "tlh": UNDETERMINED, "zh": "zh-Hans"}


class Cld2:
    """Compact Language Detector 2 (Sites 2013), some 160 languages, in its Python package.

    `confidence` is the share of the text, in bytes, that is in the language; so a message in two languages has a low
    one. Only the first 240 characters are read.
    """

    def knows(self, tag: str) -> bool:
        """Whether CLD2 can answer with the language of `tag` or another of its macrolanguage."""
        return family(tag) in _cld2_codes()

    def identify(self, texts: Sequence[str]) -> list[LanguageGuess]:
        """One guess a text, in order; `und` for what is short, has no letters or is in no language it knows."""
        starts = [text[:MAX_CHARACTERS] for text in texts]
        guesses = {start: _detected(start, None) for start in dict.fromkeys(starts)}
        return [guesses[start] for start in starts]

    def reconsider(self, text: str, declared: str) -> LanguageGuess:
        """A guess with CLD2 told what was declared: it clears up most close relatives, such as Danish and Norwegian."""
        return _detected(text, _cld2_codes().get(family(declared)))


def _detected(text: str, hint: str | None) -> LanguageGuess:
    detect, error = _cld2()
    start = text[:MAX_CHARACTERS]
    try:
        answer = detect(start, isPlainText=True, hintLanguage=hint)
    except (error, UnicodeEncodeError):  # control characters, half characters
        answer = detect(_printable(start), isPlainText=True, hintLanguage=hint)
    return _guess(*answer)


@functools.cache
def _cld2() -> tuple[Any, type[Exception]]:
    from pycld2 import detect, error

    return detect, error


def _guess(reliable: bool, letters_bytes: int, details: Sequence[tuple[str, str, int, float]]) -> LanguageGuess:
    _, code, percentage, _ = details[0]
    tag = _tag(code)
    if tag == UNDETERMINED or letters_bytes < MIN_BYTES:
        return NO_GUESS
    # CLD2 calls an answer reliable whatever its share; the rest may be in a language that it does not know.
    return LanguageGuess(tag, 1.0 if percentage >= FULL_SHARE else percentage / 100, bool(reliable))


@functools.cache
def _tag(code: str) -> str:
    return UNDETERMINED if code.startswith(("xx-", "zz")) else _TAGS.get(code, code)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


@functools.cache
def _cld2_codes() -> dict[str, str]:
    """For every macrolanguage the code of one language in it that CLD2 can detect."""
    from pycld2 import DETECTED_LANGUAGES, LANGUAGES

    names = sorted(set(DETECTED_LANGUAGES))
    codes = sorted({code for name, code in LANGUAGES if name in names and _tag(code) != UNDETERMINED})
    return {family(_tag(code)): code for code in codes}
