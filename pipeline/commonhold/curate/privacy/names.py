"""Names of people in running text, found by a token classifier that a community fetched; likely, never certain."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from commonhold.curate.privacy.boundaries import is_whole_word
from commonhold.curate.privacy.find import Span

NAME = ("name", "NAME")
"""Kind and placeholder's word."""
BETWEEN = re.compile(r"[^\S\n]{1,2}|[^\S\n]?[-'’.·・][^\S\n]?|\.[^\S\n]")
"""What may be between the parts of one name."""
LONGEST_WORD = 64
"""Characters by which a find is widened to whole words."""
Finder = Callable[[Sequence[str]], Sequence[Sequence[Span]]]


@dataclass(frozen=True, slots=True)
class NamesModel:
    """A token classifier on this machine, and what it is asked for."""

    folder: Path
    name: str
    """As the recipe names it."""
    digest: str
    """Over all its files."""
    languages: tuple[str, ...]
    """BCP 47 tags of the languages that it was made for."""
    labels: tuple[str, ...] = ()
    """Its labels that mean a person; none for the usual ones."""
    threshold: float = 0.5
    """Least chance, by the model, that a token is a part of a name."""


def names_finder(model: NamesModel) -> Finder:
    """Finds the names in texts; loads the model.

    Raises:
        MissingModelError: it is not there, or cannot be read safely.
        RequestError: it has no label that means a person.
    """
    from commonhold.models.name_tagger import NameTagger

    tagger = NameTagger(model.folder, model.labels, model.threshold)

    def find(texts: Sequence[str]) -> list[list[Span]]:
        found = tagger.spans(texts)
        return [whole_names(text, spans) for text, spans in zip(texts, found, strict=True)]

    return find


def whole_names(text: str, parts: Sequence[tuple[int, int]]) -> list[Span]:
    """Stretches that a model found, trimmed, widened to whole words, those of one name together."""
    names: list[Span] = []
    for first, last in parts:
        start, end = _trimmed(text, first, last)
        if start >= end:
            continue
        start, end = _widened(text, start, end)
        if names and (start <= names[-1].end or BETWEEN.fullmatch(text[names[-1].end : start])):
            names[-1] = Span(names[-1].start, max(end, names[-1].end), "likely")
        else:
            names.append(Span(start, end, "likely"))
    return names


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in ".,;:!?()[]{}\"'«»“”、。，！？"):
        end -= 1
    return start, end


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """Subwords become words; scripts without spaces between words stay as they were found."""
    least, most = max(0, start - LONGEST_WORD), min(len(text), end + LONGEST_WORD)
    while start > least and not is_whole_word(text, start, start):
        start -= 1
    while end < most and not is_whole_word(text, end, end):
        end += 1
    return start, end
