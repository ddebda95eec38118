"""What separates the cells of a delimited text: as declared, else as found, reported when not the usual one."""

import contextlib
import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

from commonhold.sheets.encodings import Encoding
from commonhold.sheets.guesses import ReadingGuess, other_delimiter
from commonhold.sheets.source import Source
from commonhold.sheets.text_lines import text_lines

DELIMITERS = (",", ";", "\t", "|")
DEFAULTS = {".csv": ",", ".tsv": "\t", ".psv": "|", ".ssv": ";", ".txt": "\t"}
SAMPLE_ROWS = 100
SAMPLE_CHARACTERS = 1 << 18
STEADY = 0.8
"""Share of rows with the same number of cells, of those with several, from which a character may separate them."""
FILLED = 0.5
"""The same, of all rows."""
SEPARATOR_LINE = re.compile(r'"?sep=(.?)"?', re.IGNORECASE)
"""Excel's own first line, which it does not show as a row."""

Score = Callable[[Sequence[str]], int]
"""How many of the columns that are looked for a row of cells names."""


class Delimiter(NamedTuple):
    """What separates the cells."""

    character: str
    guess: ReadingGuess | None = None
    line_above: bool = False
    """Whether the first line only says what the delimiter is."""


def find_delimiter(source: Source, encoding: Encoding, score: Score, declared: str | None = None) -> Delimiter:
    """What separates the cells: what the ending promises, unless another character fits and that one does not.

    It fits when a row holds all the requested columns; when none is requested, it gives most rows the same number
    of cells, more than one. Excel's own first line `sep=;` settles it.
    """
    sample = _sample(source, encoding)
    separator = SEPARATOR_LINE.fullmatch(sample[0].rstrip("\r\n")) if sample else None
    if declared is not None or (separator and separator[1]):
        return Delimiter(declared or (separator[1] if separator else ""), line_above=separator is not None)
    default = DEFAULTS.get(source.suffix, ",")
    order = [default, *(character for character in DELIMITERS if character != default)]
    tables = {character: _cells(sample[1 if separator else 0 :], character) for character in order}
    scores = {character: _score(rows, score) for character, rows in tables.items()}
    best = max(order, key=lambda character: scores[character])
    if best == default or scores[best] <= scores[default]:
        return Delimiter(default, line_above=separator is not None)
    return Delimiter(best, other_delimiter(source, best, default), separator is not None)


def _sample(source: Source, encoding: Encoding) -> list[str]:
    sample: list[str] = []
    size = 0
    for line in islice(text_lines(source, encoding), SAMPLE_ROWS):
        if (size := size + len(line)) > SAMPLE_CHARACTERS:
            break
        sample.append(line)
    return sample


def _cells(sample: Sequence[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a cell is too long; what was before it tells enough
        rows.extend(csv.reader(sample, delimiter=delimiter))
    return [cells for cells in rows if any(cell.strip() for cell in cells)]


def _score(rows: Sequence[Sequence[str]], score: Score) -> tuple[int, int, int]:
    """Requested columns found in the best row, then how many rows have the usual number of cells, then that number."""
    matched = max((score(cells) for cells in rows), default=0)
    widths = Counter(len(cells) for cells in rows if len(cells) > 1)
    (width, times), *_ = widths.most_common(1) or [(0, 0)]
    steady = times >= STEADY * widths.total() and times >= FILLED * len(rows)
    return (matched, times, width) if steady else (matched, 0, 0)
