"""Texts in which people marked the names: how many of them a model for names finds, and what else it takes for one."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from commonhold.curate.privacy.boundaries import is_whole_word
from commonhold.curate.privacy.find import Span
from commonhold.errors import FormError, Problem
from commonhold.sheets.source import Source
from commonhold.sheets.whole_table import Expected, TableRow, read_table, tidy

COLUMNS = ("text", "names", "language")
NEEDED = frozenset({"text", "names"})
BETWEEN_NAMES = re.compile(r"[;；\n]")


class LabelledText(NamedTuple):
    """One text with the names that are in it."""

    text: str
    names: tuple[tuple[int, int], ...]
    """Where they stand, in characters."""
    language: str
    """As the table has it; empty for none."""


@dataclass(frozen=True, slots=True)
class LabelledCount:
    """What a model found in labelled texts."""

    named: Counter[str] = field(default_factory=Counter)
    """Names by language."""
    found: Counter[str] = field(default_factory=Counter)
    """Of these, the ones that it found whole."""
    others: int = 0
    """Stretches that it took for names and that touch none."""


def read_labelled_names(path: Path, shown: str) -> tuple[LabelledText, ...]:
    """The texts of a table with the columns text, names (semicolons between them) and, where known, language.

    Raises:
        MissingInputError: there is no such file.
        FormError: everything that is wrong with it, at once.
    """
    table = read_table(Source(path, shown), Expected(frozenset(COLUMNS).__contains__, essential=NEEDED))
    problems = list(table.problems)
    missing = sorted(NEEDED - set(table.columns))
    if missing and not problems:
        problems.append(Problem(shown, table.header.line, f"column {missing[0]}", "there is no such column", "Add it"))
    if problems:
        raise FormError(problems)
    read = [(row, *_labelled(row)) for row in table.rows]
    problems += [
        Problem(
            shown,
            row.line,
            f"row {row.number}, column names",
            f"the text does not have the name {name!r}",
            "Write it as it stands in the text, with semicolons between several names",
        )
        for row, _, absent in read
        for name in absent
    ]
    if not any(text.names for _, text, _ in read) and not problems:
        problems.append(Problem(shown, 0, "column names", "no row names anybody", "Add texts with names"))
    if problems:
        raise FormError(problems)
    return tuple(text for _, text, _ in read)


def count_found(texts: Sequence[LabelledText], found: Sequence[Sequence[Span]]) -> LabelledCount:
    """Compares what a model found in each text with its labels; a name counts where the whole of it was found."""
    named, whole = Counter[str](), Counter[str]()
    others = 0
    for text, spans in zip(texts, found, strict=True):
        named[text.language] += len(text.names)
        whole[text.language] += sum(
            any(span.start <= start and end <= span.end for span in spans) for start, end in text.names
        )
        others += sum(all(span.end <= start or end <= span.start for start, end in text.names) for span in spans)
    return LabelledCount(named, whole, others)


def _labelled(row: TableRow) -> tuple[LabelledText, list[str]]:
    """The text with its names, and names that are not in it."""
    cells = {name: str(row.cells.get(name) or "") for name in COLUMNS}
    text = cells["text"]
    places: set[tuple[int, int]] = set()
    absent: list[str] = []
    for name in filter(None, map(tidy, BETWEEN_NAMES.split(cells["names"]))):
        found = list(_places(text, name))
        places.update(found)
        absent += [] if found else [name]
    inside = {(a, b) for a, b in places if any((c, d) != (a, b) and c <= a and b <= d for c, d in places)}
    return LabelledText(text, tuple(sorted(places - inside)), tidy(cells["language"])), absent


def _places(text: str, name: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(re.escape(name), text):
        if is_whole_word(text, *match.span()):
            yield match.span()
