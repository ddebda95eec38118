"""Number formats of an `.xlsx` file, and the cells of a sheet that have one; hidden rows and columns, long numbers."""

import html
import re
import zipfile
from array import array
from collections.abc import Iterator, Mapping

from commonhold.sheets.column_letters import column_number
from commonhold.sheets.looks import CODE_BITS, place_of
from commonhold.sheets.number_codes import is_understood
from commonhold.sheets.time_codes import is_time_code

STYLES = "xl/styles.xml"
NUMBER_FORMAT = re.compile(r"<(?:\w+:)?numFmt\s([^>]*)>")
CELL_FORMATS = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
CELL_FORMAT = re.compile(r"<(?:\w+:)?xf\s([^>]*)>")
ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')
NO_NUMBER = rb'(?![^>]*\bt="(?:s|str|inlineStr|b|e|d)")'
ROW = re.compile(rb"<(?:\w{1,8}:)?row\s([^>]*)>")
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
VALUE = re.compile(rb"<(?:\w{1,8}:)?(?:v|is)>")
COLUMNS = re.compile(rb"<(?:\w{1,8}:)?col\s([^>]*)>")
BOUNDS = re.compile(rb'\b(min|max)="([0-9]{1,5})"')
LONG = re.compile(
    rb"<(?:\w{1,8}:)?c\s" + NO_NUMBER + rb'[^>]*?\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<(?:\w{1,8}:)?v>'
    rb"-?(?:[0-9]{16,21}|[0-9](?:\.[0-9]+)?[Ee]\+?(?:1[5-9]|20))(?:\.0*)?<"
)
LONG_VALUE = re.compile(rb"v>-?(?:[0-9]{16}|[0-9](?:\.[0-9]+)?[Ee]\+?(?:1[5-9]|20))")
BUILT_IN = 164
"""Numbers of formats below it are the same in every file."""


def format_codes(archive: zipfile.ZipFile) -> Mapping[int, str]:
    """By the number of a cell's style: codes that show a number otherwise than it is stored."""
    try:
        styles = archive.read(STYLES).decode("utf-8", "replace")
    except KeyError:
        return {}
    own = {
        attributes["numFmtId"]: html.unescape(attributes.get("formatCode", ""))
        for attributes in (dict(ATTRIBUTE.findall(match[1])) for match in NUMBER_FORMAT.finditer(styles))
        if "numFmtId" in attributes
    }
    formats = CELL_FORMATS.search(styles)
    codes: dict[int, str] = {}
    for style, match in enumerate(CELL_FORMAT.finditer(formats[0]) if formats else ()):
        number = dict(ATTRIBUTE.findall(match[1])).get("numFmtId", "0")
        code = own.get(number) or (built_in_code(int(number)) if number.isdecimal() else "")
        if style < 1 << CODE_BITS and changes_looks(code):
            codes[style] = code
    return codes


def built_in_code(number: int) -> str:
    """The code of a format that is the same in every file."""
    if not 0 < number < BUILT_IN:
        return ""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    return str(BUILTIN_FORMATS.get(number, ""))


def changes_looks(code: str) -> bool:
    """Whether numbers or times with a code may look otherwise than they are stored."""
    return is_understood(code) or is_time_code(code)


class SheetScan:
    """What is found in the XML of one sheet, piece by piece; pieces are cut between cells."""

    def __init__(self, codes: Mapping[int, str]) -> None:
        self._styles = {style: index for index, style in enumerate(codes)}
        self.codes = tuple(codes.values())
        self.coded = array("Q")
        self.hidden_rows = 0
        self.hidden_columns: list[int] = []
        self.long_numbers = 0
        self.first_long = ""
        self._in_hidden_row = False
        names = "|".join(map(str, codes)).encode()
        self._coded = re.compile(
            rb'<(?:\w{1,8}:)?c\s(?=[^>]*\bs="(' + names + rb')")' + NO_NUMBER + rb'[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"'
        )

    def take(self, piece: bytes) -> None:
        """Looks through one more piece."""
        if self.codes:
            self.coded.extend(self._places(piece))
        if self._in_hidden_row or HIDDEN.search(piece):
            self._hidden(piece)
        if LONG_VALUE.search(piece):
            cells = LONG.findall(piece)
            self.first_long = self.first_long or (cells[0].decode() if cells else "")
            self.long_numbers += len(cells)

    def in_order(self) -> "array[int]":
        """The cells with a code, rising; they stand so in files of all known programs."""
        rising = all(map(int.__le__, self.coded, self.coded[1:]))
        return self.coded if rising else array("Q", sorted(self.coded))

    def _places(self, piece: bytes) -> Iterator[int]:
        for style, letters, digits in self._coded.findall(piece):
            yield place_of(int(digits), column_number(letters) - 1, self._styles[int(style)])

    def _hidden(self, piece: bytes) -> None:
        for match in COLUMNS.finditer(piece):
            if HIDDEN.search(match[1]):
                bounds = {name: int(number) for name, number in BOUNDS.findall(match[1])}
                self.hidden_columns += range(bounds.get(b"min", 1) - 1, bounds.get(b"max", 0))
        start = 0
        for row in ROW.finditer(piece):
            self._count(piece, start, row.start())
            self._in_hidden_row = bool(HIDDEN.search(row[1])) and not row[1].endswith(b"/")
            start = row.end()
        self._count(piece, start, len(piece))

    def _count(self, piece: bytes, start: int, end: int) -> None:
        """Counts a hidden row by the first value in it."""
        if self._in_hidden_row and VALUE.search(piece, start, end):
            self.hidden_rows += 1
            self._in_hidden_row = False
