"""Which line of a table names its columns."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from commonhold.sheets.columns import matches
from commonhold.sheets.delimiter import Score
from commonhold.sheets.row import Names, Raw

HEAD_ROWS = 50
"""Rows with text among which the header is looked for."""


@dataclass(frozen=True, slots=True)
class Head:
    """The line that names the columns."""

    line: Raw
    skipped: int = 0
    """Lines with text above it."""


def filled(lines: Iterable[Raw]) -> Iterator[Raw]:
    """Lines with text, or with something wrong."""
    return (line for line in lines if line.problem or line.faulty or any(map(str.strip, line.cells)))


def head_of(raw: Iterable[Raw]) -> tuple[list[Raw], Iterator[Raw]]:
    """The lines among which the header is, and all lines again."""
    lines = iter(raw)
    first = list(islice(filled(lines), HEAD_ROWS))
    return first, chain(first, lines)


def name_counter(requested: Sequence[Names]) -> Score:
    """Counts the requested columns that a row names, under any of their names."""
    return lambda cells: sum(matches(names, cells) for names in requested)


def find_header(lines: Sequence[Raw], score: Score) -> Head | None:
    """The line with most of the requested columns; when none has any, the first that is about as full as most lines.

    Absent when no line can be read.
    """
    sound = [line for line in lines if not line.problem]
    if not sound:
        return None
    scores = [score(line.cells) for line in sound]
    best = sound[scores.index(max(scores))] if max(scores) else _first_full(sound)
    return Head(best, lines.index(best))


def _first_full(lines: Sequence[Raw]) -> Raw:
    filled = [sum(bool(cell.strip()) for cell in line.cells) for line in lines]
    times = Counter(filled)
    usual = max(times, key=lambda number: (times[number], number))
    enough = usual - 1 if usual > 2 else usual  # the corner above a column of row labels is often empty
    return next(line for line, number in zip(lines, filled, strict=True) if number >= enough)
