"""What the XML of an `.xlsx` sheet tells that its values do not: how far it reaches, its looks, its formulas."""

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator

from commonhold.sheets.column_letters import column_number
from commonhold.sheets.looks import Looks
from commonhold.sheets.source import Source, refused
from commonhold.sheets.xlsx_styles import ATTRIBUTE, SheetScan, format_codes

MAX_CELLS = 10_000_000
MAX_FAULTS = 100_000
CHUNK_BYTES = 4 << 20
MAX_TAIL_BYTES = 8 << 20
"""A cell's XML is shorter; what is longer is not looked into."""

REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
CELL = re.compile(rb"<(?:\w{1,8}:)?c\s")
NO_RESULT = re.compile(
    rb'<(?:\w{1,8}:)?c\s(?![^>]*\bt="(?:str|e)")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>'
    rb"\s*<(?:\w{1,8}:)?f\b[^>]*(?:/>|>[^<]*</(?:\w{1,8}:)?f>)"
    rb"\s*(?:<(?:\w{1,8}:)?v\s*/>|<(?:\w{1,8}:)?v>\s*</(?:\w{1,8}:)?v>)?\s*</(?:\w{1,8}:)?c>"
)
ERROR = re.compile(
    rb'<(?:\w{1,8}:)?c\s(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>(?:[^<]*<(?!/?(?:\w{1,8}:)?[cv]\b))*'
    rb"[^<]*<(?:\w{1,8}:)?v>([^<]{1,20})<"
)
SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")


def examine(source: Source, sheet: str) -> Looks:
    """The cells of a sheet with a formula that has no saved result, or with an error in place of one; how it looks.

    Refuses what would take the process down: calamine reserves memory for every cell up to the last one in use, and
    one stray space in cell XFD1048576 makes that 550 GB.

    Raises:
        FormError: a sheet's last cell is too far away.
    """
    with zipfile.ZipFile(source.path) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        own = _part(archive, sheet)
        faults: dict[int, dict[int, tuple[str, str]]] = {}
        scan = SheetScan(format_codes(archive))
        for name in names:
            width = height = 0
            for piece in _pieces(archive, name):
                references = set(REFERENCE.findall(piece))
                width = max(width, *(column_number(letters) for letters in {letters for letters, _ in references}), 0)
                height = max(height, *(int(digits) for _, digits in references), 0)
                if name == own:
                    scan.take(piece)
                if name == own and len(faults) < MAX_FAULTS:
                    for row, column, fault in _faults(piece):
                        faults.setdefault(row, {})[column] = fault
            if width * height > MAX_CELLS:
                message = f"the last cell in use is in row {height:,}, column {width:,}"
                raise refused(source, message, "Delete the empty rows and columns after the data")
    hidden = tuple(scan.hidden_columns)
    return Looks(faults, scan.hidden_rows, hidden, scan.long_numbers, scan.first_long, scan.codes, scan.in_order())


def _faults(piece: bytes) -> Iterator[tuple[int, int, tuple[str, str]]]:
    for letters, digits in NO_RESULT.findall(piece):
        cell = (letters + digits).decode()
        remedy = "Open the file in a spreadsheet program and save it, or write the result in place of the formula"
        yield int(digits), column_number(letters) - 1, (f"the formula in cell {cell} was never calculated", remedy)
    for letters, digits, shown in ERROR.findall(piece):
        cell = (letters + digits).decode()
        error = html.unescape(shown.decode("utf-8", "replace"))
        remedy = "Correct the formula, or write the value in its place"
        yield int(digits), column_number(letters) - 1, (f"cell {cell} shows {error}", remedy)


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part's bytes, cut between cells."""
    rest = b""
    with archive.open(name) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            rest += chunk
            last = max((match.start() for match in CELL.finditer(rest)), default=0)
            if last == 0 and len(rest) > MAX_TAIL_BYTES:
                last = len(rest)
            yield rest[:last]
            rest = rest[last:]
    yield rest


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part that holds the named sheet; empty when the workbook does not say in the usual way."""
    try:
        workbook = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    except KeyError:
        return ""
    targets = {attributes.get("Id"): attributes.get("Target", "") for attributes in _attributes(RELATION, relations)}
    for attributes in _attributes(SHEET, workbook):
        if attributes.get("name") == sheet:
            target = targets.get(next((attributes[key] for key in attributes if key.endswith(":id")), None), "")
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    return ""


def _attributes(pattern: re.Pattern[str], text: str) -> Iterator[dict[str, str]]:
    for match in pattern.finditer(text):
        yield {name: html.unescape(value) for name, value in ATTRIBUTE.findall(match[1])}
