"""Lines of CSV and its kin as cells; a line that breaks the rules does not take its neighbours with it."""

import codecs
import contextlib
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from commonhold.sheets.columns import matches
from commonhold.sheets.csv_blocks import is_simple, whole_rows
from commonhold.sheets.encodings import Encoding
from commonhold.sheets.limits import MAX_CELL_CHARACTERS, MAX_LINE_CHARACTERS, refused
from commonhold.sheets.row import Names, Raw

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
BLOCK_CHARACTERS = 1 << 17
"""Or bytes, that are looked at in one go."""
MAX_READ_AGAIN = 64 << 20
"""Characters that are read a second time after such marks, in one file."""


class Delimiter(NamedTuple):
    """What separates the cells."""

    character: str
    warning: str = ""


class _TooLongError(Exception):
    """A row grew past every bound."""


class _Lines:
    """Lines that can be given back, to be read again from another start.

    They are handed on block by block, so that a line costs no step of Python; how many of them were taken, whoever
    takes them knows.
    """

    def __init__(self, blocks: Iterator[list[str]]) -> None:
        self._blocks = blocks
        self._held: list[str] = []
        self._first = 0
        """Of those held, the one on which the row begins that is being read."""
        self._few = True
        """Whether all that is held is shorter than the longest row."""

    def __iter__(self) -> Iterator[str]:
        """The lines from the beginning of the row on."""
        yield from self._held[self._first :]
        for block in self._blocks:
            del self._held[: self._first]
            self._first = 0
            self._check(len(self._held))
            self._held += block
            self._few = sum(map(len, self._held)) <= MAX_RECORD_CHARACTERS
            yield from block

    def forget(self, taken: int) -> None:
        """The row ends after so many lines."""
        if not self._few:
            self._check(taken)
        self._first += taken

    def _check(self, taken: int) -> None:
        if taken > 1 and self._size(taken) > MAX_RECORD_CHARACTERS:
            raise _TooLongError

    def _size(self, taken: int) -> int:
        return sum(map(len, self._held[self._first : self._first + taken]))

    def give_back_all_but_first(self, taken: int) -> tuple[str, int]:
        """The first line of the row, and how many characters of those taken will be read again."""
        first = self._held[self._first]
        again = self._size(taken) - len(first)
        self._first += 1
        return first, again


def _chunks(path: Path, encoding: Encoding, newline: str) -> Iterator[str]:
    with path.open(encoding=encoding.name, errors=encoding.errors, newline=newline) as stream:
        while chunk := stream.read(BLOCK_CHARACTERS):
            yield chunk


def _lines(path: Path, chunks: Iterable[str], newline: str = "", number: int = 0) -> Iterator[list[str]]:
    """Lines, ends kept, some thousand at a time, none longer than 16 Mi characters; `number` lines stand before.

    Raises:
        FormError: a line is longer.
    """
    rest = ""
    for chunk in chunks:
        lines = io.StringIO(rest + chunk, newline).readlines()
        rest = lines.pop() if lines else ""  # the next chunk may go on with it, or with the second half of its end
        if len(rest) >= MAX_LINE_CHARACTERS:
            message = f"a line of more than {MAX_LINE_CHARACTERS:,} characters"
            remedy = "Check that the file is a table with one row a line"
            raise refused(path, message, remedy, number + len(lines) + 1)
        number += len(lines)
        yield lines
    yield io.StringIO(rest, newline).readlines()


def text_lines(path: Path, encoding: Encoding, newline: str = "") -> Iterator[str]:
    """Lines of a text file, ends kept, none longer than 16 Mi characters.

    Raises:
        FormError: a line is longer.
    """
    return chain.from_iterable(_lines(path, _chunks(path, encoding, newline), newline))


def delimited_rows(path: Path, encoding: Encoding, delimiter: str) -> Iterator[Raw]:
    """Every row of a delimited file, blank ones too, in the order of the file; streams.

    Raises:
        FormError: so many quotation marks are left open that reading on makes no sense.
    """
    chunks, errors = _in_utf_8(path, encoding)
    number, rest = 1, b""
    for chunk in chunks if is_simple(delimiter) else ():
        rest += chunk
        found = whole_rows(rest.removesuffix(b"\r"), delimiter, errors)
        if found is None or len(rest) - found.size > MAX_RECORD_CHARACTERS:
            break
        yield from map(Raw, (number + found.numbers).tolist(), found.rows)
        number += found.lines
        rest = rest[found.size :]
    # From where a rule is broken, and for the rest of the last line.
    yield from _rows_by_marks(path, codecs.iterdecode(chain((rest,), chunks), "utf-8", errors), delimiter, number)


def _in_utf_8(path: Path, encoding: Encoding) -> tuple[Iterator[bytes], str]:
    """The bytes of a text in UTF-8, some at a time, and how to decode what is no letter among them."""
    mark = {"utf-8": b"", "utf-8-sig": codecs.BOM_UTF8}.get(codecs.lookup(encoding.name).name)
    if mark is not None:
        return _bytes(path, mark), encoding.errors
    return (text.encode("utf-8", "surrogatepass") for text in _chunks(path, encoding, "")), "surrogatepass"


def _bytes(path: Path, mark: bytes) -> Iterator[bytes]:
    with path.open("rb") as stream:
        if stream.read(len(mark)) != mark:
            stream.seek(0)
        while chunk := stream.read(BLOCK_CHARACTERS):
            yield chunk


def _rows_by_marks(path: Path, chunks: Iterable[str], delimiter: str, number: int) -> Iterator[Raw]:
    """The same for texts that break rules; the first line has this number."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    lines = _Lines(_lines(path, chunks, number=number - 1))
    read_again = 0
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        before = 0
        try:
            for cells in reader:
                taken = reader.line_num - before
                lines.forget(taken)
                yield Raw(number, cells)
                number += taken
                before += taken
        except (csv.Error, _TooLongError) as error:
            first, again = lines.give_back_all_but_first(reader.line_num - before)
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
