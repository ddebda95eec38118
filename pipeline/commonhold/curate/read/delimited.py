"""Lines of CSV and its kin as cells; a line that breaks the rules does not take its neighbours with it."""

import contextlib
import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from commonhold.curate.read.columns import matches
from commonhold.curate.read.encodings import Encoding
from commonhold.curate.read.limits import MAX_CELL_CHARACTERS, MAX_LINE_CHARACTERS, refused
from commonhold.curate.read.row import Names, Raw

DELIMITERS = (",", ";", "\t", "|")
SPOKEN = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}
DEFAULTS = {".csv": ",", ".tsv": "\t", ".psv": "|", ".ssv": ";"}
SAMPLE_ROWS = 100
SAMPLE_CHARACTERS = 1 << 18
STEADY = 0.8
"""Share of rows with the same number of cells, of those with several, from which a character may separate them."""
FILLED = 0.5
"""The same, of all rows."""
MAX_RECORD_CHARACTERS = 4 << 20
"""Longest row: more is taken for a quotation mark that was never closed."""
MAX_READ_AGAIN = 64 << 20
"""Characters that are read a second time after such marks, in one file."""


class Delimiter(NamedTuple):
    """What separates the cells."""

    character: str
    warning: str = ""


class _TooLongError(Exception):
    """A row grew past every bound."""


class _Lines:
    """Lines that can be given back, to be read again from another start."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._fresh = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self._size = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._fresh)
        self.taken.append(line)
        self._size += len(line)
        if self._size > MAX_RECORD_CHARACTERS and len(self.taken) > 1:
            raise _TooLongError
        return line

    def forget(self) -> int:
        """Forgets the lines taken since the last time; their number."""
        number = len(self.taken)
        self.taken.clear()
        self._size = 0
        return number

    def give_back_all_but_first(self) -> tuple[str, int]:
        """The first line taken, and how many characters will be read again."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        self.forget()
        return first, sum(map(len, rest))


def text_lines(path: Path, encoding: Encoding, newline: str = "") -> Iterator[str]:
    """Lines of a text file, ends kept, none longer than 16 Mi characters.

    Raises:
        FormError: a line is longer.
    """
    with path.open(encoding=encoding.name, errors=encoding.errors, newline=newline) as stream:
        number = 0
        while line := stream.readline(MAX_LINE_CHARACTERS):
            number += 1
            if len(line) == MAX_LINE_CHARACTERS:
                message = f"a line of more than {MAX_LINE_CHARACTERS:,} characters"
                raise refused(path, message, "Check that the file is a table with one row a line", number)
            yield line


def delimited_rows(path: Path, encoding: Encoding, delimiter: str) -> Iterator[Raw]:
    """Every row of a delimited file, blank ones too, in the order of the file; streams.

    Raises:
        FormError: so many quotation marks are left open that reading on makes no sense.
    """
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    lines = _Lines(text_lines(path, encoding))
    number, read_again = 1, 0
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield Raw(number, cells)
                number += lines.forget()
        except (csv.Error, _TooLongError) as error:
            first, again = lines.give_back_all_but_first()
            read_again += again
            if read_again > MAX_READ_AGAIN:
                raise refused(
                    path, "too many quotation marks are never closed", "Save it as CSV anew", number
                ) from error
            yield Raw(number, _loosely(first, delimiter), *_cause(error, delimiter))
            number += 1
        else:
            return


def _cause(error: Exception, delimiter: str) -> tuple[str, str]:
    text = str(error)
    if "field limit" in text:
        return f"a cell of more than {MAX_CELL_CHARACTERS:,} characters", "Shorten it, or split it into several rows"
    if "expected after" in text:
        spoken = SPOKEN.get(delimiter, repr(delimiter))
        return (
            f"text stands between a closing quotation mark and {spoken}",
            'Write a quotation mark in a cell twice: ""',
        )
    return "a quotation mark opens in this row and is never closed", "Close it, or remove it"


def _loosely(line: str, delimiter: str) -> list[str]:
    """Cells of one line with quotation marks taken as letters."""
    text = line.rstrip("\r\n")[:MAX_CELL_CHARACTERS]
    return text.split(delimiter)


def find_delimiter(path: Path, encoding: Encoding, suffix: str, wanted: Sequence[Names]) -> Delimiter:
    """What separates the cells: what the ending promises, unless another character fits and that one does not.

    It fits when a row holds all the wanted columns; without any wanted, when it gives most rows the same number of
    cells, more than one. Excel's own first line `sep=;` settles it.
    """
    default = DEFAULTS[suffix]
    sample = _sample(path, encoding)
    if sample and sample[0].startswith("sep=") and len(sample[0].rstrip("\r\n")) == 5:
        return Delimiter(sample[0][4])
    order = [default, *(character for character in DELIMITERS if character != default)]
    tables = {character: _cells(sample, character) for character in order}
    scores = {character: _score(rows, wanted) for character, rows in tables.items()}
    best = max(order, key=lambda character: scores[character])
    if best == default or scores[best] <= scores[default]:
        return Delimiter(default)
    written = "'\\t'" if best == "\t" else f"'{best}'"
    told = f"the cells are separated by {SPOKEN[best]}, not {SPOKEN[default]}"
    return Delimiter(best, f"{told}. To settle it, write in datasheet.yaml: delimiter: {written}")


def _sample(path: Path, encoding: Encoding) -> list[str]:
    sample: list[str] = []
    size = 0
    for line in islice(text_lines(path, encoding), SAMPLE_ROWS):
        if (size := size + len(line)) > SAMPLE_CHARACTERS:
            break
        sample.append(line)
    return sample


def _cells(sample: Sequence[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):  # a cell is too long; what came before tells enough
        rows.extend(csv.reader(sample, delimiter=delimiter))
    return [cells for cells in rows if any(cell.strip() for cell in cells)]


def _score(rows: Sequence[Sequence[str]], wanted: Sequence[Names]) -> tuple[int, int, int]:
    """Wanted columns found in the best row, then how many rows have the usual number of cells, then that number."""
    found = max((sum(matches(names, cells) for names in wanted) for cells in rows), default=0)
    widths = Counter(len(cells) for cells in rows if len(cells) > 1)
    (width, times), *_ = widths.most_common(1) or [(0, 0)]
    steady = times >= STEADY * widths.total() and times >= FILLED * len(rows)
    return (found, times, width) if steady else (found, 0, 0)


def respaced(cells: Sequence[str], delimiter: str) -> list[str]:
    """The cells of a row that was written with a space before its quotation marks: `1, "2,5", 3`."""
    line = delimiter.join(cells)
    if f'{delimiter} "' not in line:
        return list(cells)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True), list(cells))
    except csv.Error:
        return list(cells)
