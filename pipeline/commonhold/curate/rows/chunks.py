"""A text that is too long for a model to read at once, in pieces."""

import re
from collections.abc import Iterator, Sequence

from commonhold.curate.text.tidy import tidy
from commonhold.curate.text.words import word_count

BREAKS = (
    re.compile(r"\n\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…।]) |(?<=[。！？])"),
)
"""Where a tidy text may be cut: between paragraphs, then between lines, then between sentences (in Chinese and
Japanese no space is there)."""


def pieces(text: str, most_words: int) -> list[str]:
    """The text in pieces of about equal length, none over `most_words`; the text unchanged when it fits.

    Only a sentence that alone is longer makes a longer piece. No word is lost, repeated or moved.
    """
    total = word_count(text)
    if total <= most_words:
        return [text]
    enough = -(-total // -(-total // most_words))
    parts: list[str] = []
    current: list[str] = []
    words = 0
    for unit in _units(tidy(text), most_words):
        size = word_count(unit)
        if words and (words >= enough or words + size > most_words):
            parts.append("".join(current).strip())
            current, words = [], 0
        current.append(unit)
        words += size
    parts.append("".join(current).strip())
    return [piece for piece in parts if piece]


def _units(text: str, most_words: int, breaks: Sequence[re.Pattern[str]] = BREAKS) -> Iterator[str]:
    """Parts that are cut no further, with the white space after them."""
    start = 0
    for end in (*(match.end() for match in breaks[0].finditer(text)), len(text)):
        part = text[start:end]
        if len(breaks) > 1 and word_count(part) > most_words:
            yield from _units(part, most_words, breaks[1:])
        elif part:
            yield part
        start = end
