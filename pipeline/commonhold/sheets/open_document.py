"""How a sheet of an `.ods` file looks: numbers as the program showed them when it saved, hidden rows and columns."""

import re
import zipfile
from collections.abc import Mapping
from typing import IO

from commonhold.sheets.column_letters import column_letter
from commonhold.sheets.looks import Looks
from commonhold.sheets.source import Source

TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
CONTENT = "content.xml"
NUMBERS = frozenset({"float", "percentage", "currency", "time"})
PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:[.,][0-9]+)?")
"""A number in its usual form, which is read as it is stored: with all its digits, and a point before decimals."""
POWER = re.compile(r".*[0-9][Ee][+-]?[0-9]+")
LONG = re.compile(r"-?[0-9]{16,21}|-?[0-9](?:\.[0-9]+)?[Ee]\+?(?:1[5-9]|20)")
MAX_REPEATED = 10_000
"""Rows or columns that look alike; more of them are the empty rest of a sheet."""
MAX_SHOWN = 1_000_000
"""Cells whose look is remembered; of a sheet with more, the others are read as they are stored."""


def is_open_document(source: Source) -> bool:
    """Whether a packed file has the part in which an OpenDocument file has its cells."""
    with zipfile.ZipFile(source.path) as archive:
        return CONTENT in archive.namelist()


def examine_open_document(source: Source, sheet: str) -> Looks:
    """How the named sheet looks."""
    scan = _Scan(sheet)
    with zipfile.ZipFile(source.path) as archive, archive.open(CONTENT) as stream:
        scan.read(stream)
    return Looks(
        hidden_rows=scan.hidden_rows,
        hidden_columns=tuple(scan.hidden_columns),
        long_numbers=scan.long_numbers,
        first_long=scan.first_long,
        shown=scan.shown,
    )


class _Scan:
    """What one pass over the XML finds; rows from 1, columns from 0."""

    def __init__(self, sheet: str) -> None:
        self.shown: dict[int, dict[int, str]] = {}
        self.hidden_rows = self.long_numbers = 0
        self.first_long = ""
        self.hidden_columns: list[int] = []
        self._sheet = sheet
        self._inside = False
        self._row = self._column = self._columns = self._number = 0
        self._row_repeated = self._repeated = 1
        self._row_hidden = self._has_text = False
        self._is_number = self._in_text = False
        self._value = ""
        self._text: list[str] = []

    def read(self, stream: IO[bytes]) -> None:
        """Looks through a `content.xml`."""
        from xml.parsers import expat

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._letters
        parser.ParseFile(stream)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, element = name.rpartition(" ")
        if space == TABLE and element == "table":
            self._inside = attributes.get(f"{TABLE} name") == self._sheet
        if not self._inside:
            return
        if space == TEXT:
            self._in_text = self._in_text or element == "p"
        elif space == TABLE and element == "table-column":
            repeated = _times(attributes, "columns")
            if _is_hidden(attributes) and repeated <= MAX_REPEATED:
                self.hidden_columns += range(self._columns, self._columns + repeated)
            self._columns += repeated
        elif space == TABLE and element == "table-row":
            self._row_repeated = _times(attributes, "rows")
            self._row, self._column = self._row + 1, 0
            self._row_hidden, self._has_text = _is_hidden(attributes), False
        elif space == TABLE and element in ("table-cell", "covered-table-cell"):
            self._repeated = _times(attributes, "columns")
            self._is_number = attributes.get(f"{OFFICE} value-type") in NUMBERS
            self._value = attributes.get(f"{OFFICE} value", "")
            self._text = []

    def _end(self, name: str) -> None:
        if not self._inside:
            return
        space, _, element = name.rpartition(" ")
        if space == TEXT and element == "p":
            self._in_text = False
        elif space == TABLE and element in ("table-cell", "covered-table-cell"):
            self._cell("".join(self._text).strip())
            self._column += self._repeated
        elif space == TABLE and element == "table-row":
            self._row += self._row_repeated - 1
            self.hidden_rows += self._row_repeated if self._row_hidden and self._has_text else 0

    def _letters(self, text: str) -> None:
        if self._inside and self._in_text:
            self._text.append(text)

    def _cell(self, text: str) -> None:
        self._has_text = self._has_text or bool(text)
        if not self._is_number or max(self._row_repeated, self._repeated) > MAX_REPEATED:
            return
        if LONG.fullmatch(self._value):
            self.long_numbers += 1
            self.first_long = self.first_long or f"{column_letter(self._column)}{self._row}"
        if not text or PLAIN.fullmatch(text) or POWER.fullmatch(text) or self._number > MAX_SHOWN:
            return
        for row in range(self._row, self._row + self._row_repeated):
            for column in range(self._column, self._column + self._repeated):
                self.shown.setdefault(row, {})[column] = text
                self._number += 1


def _times(attributes: Mapping[str, str], what: str) -> int:
    """How often an element stands in the sheet, though once in the file."""
    written = attributes.get(f"{TABLE} number-{what}-repeated", "1")
    return int(written) if re.fullmatch("[0-9]{1,9}", written) else 1


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return attributes.get(f"{TABLE} visibility", "visible") != "visible"
