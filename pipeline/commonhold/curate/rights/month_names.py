"""Names of the months in the languages of the Unicode CLDR."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources

LATIN = "en"
"""The language in which programs export dates wherever they are."""
ABOVE = 200
"""From this combining class of Unicode on, a mark stands above or below a letter and is often left out."""


@lru_cache(maxsize=64)
def month_names(languages: Sequence[str]) -> Mapping[str, int]:
    """By name, as `plain_name` writes it: the number of the month, in these languages and in English.

    A name that means two months is left out, unless one of them is English only.
    """
    months: dict[str, int] = dict(_names().get(LATIN, {}))
    declared: dict[str, int] = {}
    twice: set[str] = set()
    for language in dict.fromkeys(tag.partition("-")[0].lower() for tag in languages):
        for name, number in _names().get(language, {}).items():
            if declared.setdefault(name, number) != number:
                twice.add(name)
    return {name: number for name, number in (months | declared).items() if name not in twice}


def plain_name(word: str) -> str:
    """A word as names are compared: small letters without marks above them, blanks and points at the ends."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    seen = (each for each in letters if unicodedata.combining(each) < ABOVE and unicodedata.category(each) != "Cf")
    return unicodedata.normalize("NFC", "".join(seen)).strip(" .")


@lru_cache(maxsize=1)
def _names() -> Mapping[str, Mapping[str, int]]:
    """By language."""
    text = resources.files("commonhold.curate.rights").joinpath("month_names.tsv").read_text(encoding="utf-8")
    lines = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {
        language: {name: number for number, names in enumerate(months, start=1) for name in names.split(",")}
        for language, *months in lines
    }
