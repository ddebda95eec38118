"""Lines of CSV and its kin as cells; a line that breaks the rules does not take its neighbours with it."""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from commonhold.sheets.csv_blocks import is_simple, whole_rows
from commonhold.sheets.encodings import Encoding
from commonhold.sheets.guesses import SPOKEN
from commonhold.sheets.limits import MAX_CELL_CHARACTERS
from commonhold.sheets.row import Raw
from commonhold.sheets.source import Source, refused
from commonhold.sheets.text_lines import BLOCK_CHARACTERS, line_blocks, text_chunks

MAX_RECORD_CHARACTERS = 4 << 20
"""Longest row: more is taken for a quotation mark that was never closed."""
MAX_READ_AGAIN = 64 << 20
"""Characters that are read a second time after such marks, in one file."""


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
        """Of those held, the one on which the row that is being read starts."""
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


def delimited_rows(source: Source, encoding: Encoding, delimiter: str) -> Iterator[Raw]:
    """Every row of a delimited file, blank ones too, in the order of the file; streams.

    Raises:
        FormError: so many quotation marks are left open that reading on makes no sense.
    """
    chunks, errors = _in_utf_8(source, encoding)
    number, rest = 1, b""
    for chunk in chunks if is_simple(delimiter) else ():
        rest += chunk
        block = whole_rows(rest.removesuffix(b"\r"), delimiter, errors)
        if block is None or len(rest) - block.size > MAX_RECORD_CHARACTERS:
            break
        yield from map(Raw, (number + block.numbers).tolist(), block.rows)
        number += block.lines
        rest = rest[block.size :]
    # From where a rule is broken, and for the rest of the last line.
    yield from _rows_by_marks(source, codecs.iterdecode(chain((rest,), chunks), "utf-8", errors), delimiter, number)


def _in_utf_8(source: Source, encoding: Encoding) -> tuple[Iterator[bytes], str]:
    """The bytes of a text in UTF-8, some at a time, and how to decode what is no letter among them."""
    mark = {"utf-8": b"", "utf-8-sig": codecs.BOM_UTF8}.get(codecs.lookup(encoding.name).name)
    if mark is not None:
        return _bytes(source, mark), encoding.errors
    return (text.encode("utf-8", "surrogatepass") for text in text_chunks(source, encoding, "")), "surrogatepass"


def _bytes(source: Source, mark: bytes) -> Iterator[bytes]:
    with source.path.open("rb") as stream:
        if stream.read(len(mark)) != mark:
            stream.seek(0)
        while chunk := stream.read(BLOCK_CHARACTERS):
            yield chunk


def _rows_by_marks(source: Source, chunks: Iterable[str], delimiter: str, number: int) -> Iterator[Raw]:
    """The same for texts that break rules; the first line has this number."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    lines = _Lines(line_blocks(source, chunks, number=number - 1))
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
                    source, "too many quotation marks are never closed", "Save it as CSV again", number
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
            f"there is text between a closing quotation mark and {spoken}",
            'Write a quotation mark in a cell twice: ""',
        )
    return "a quotation mark opens in this row and is never closed", "Close it, or remove it"


def _loosely(line: str, delimiter: str) -> list[str]:
    """Cells of one line with quotation marks taken as letters."""
    text = line.rstrip("\r\n")[:MAX_CELL_CHARACTERS]
    return text.split(delimiter)


def respaced(cells: Sequence[str], delimiter: str) -> list[str]:
    """The cells of a row that was written with a space before its quotation marks: `1, "2,5", 3`."""
    line = delimiter.join(cells)
    if f'{delimiter} "' not in line:
        return list(cells)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True), list(cells))
    except csv.Error:
        return list(cells)
