"""Rows of an .xlsx file, as text."""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from commonhold.errors import FormError, Problem
from commonhold.evaluate.sheet_text import file_bytes

SHEET = "items"
MAX_UNPACKED_BYTES = 200_000_000
MAX_CELLS = 10_000_000
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


def workbook_lines(path: Path, max_bytes: int) -> Iterator[tuple[int, int, list[str]]]:
    """Rows of the sheet called `items`, else of the first, with their numbers; the second number, a line, is 0.

    Raises:
        MissingInputError: there is no such file.
        FormError: it is no spreadsheet, is damaged or too large, or has dates where a task has text.
    """
    rows = _rows(path, file_bytes(path, max_bytes))
    problems = [
        Problem(str(path), 0, f"row {number}", f"{cell} is stored as a date, not as text", "Format the column as text")
        for number, row in enumerate(rows, start=1)
        for cell in row
        if isinstance(cell, (dt.date, dt.time, dt.timedelta))
    ]
    if problems:
        raise FormError(problems)
    yield from ((number, 0, [_text(cell) for cell in row]) for number, row in enumerate(rows, start=1))


def _rows(path: Path, data: bytes) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        _refuse_traps(path, data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        name = next((each for each in names if each.strip().casefold() == SHEET), names[0])
        return [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
    except (CalamineError, IndexError, expat.ExpatError, *_BROKEN) as error:
        raise _refused(path, f"not readable as a spreadsheet: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a bug in calamine's Rust arrives; no subclass of Exception
            raise
        raise _refused(path, "not readable as a spreadsheet: it is damaged") from error


def _refuse_traps(path: Path, data: bytes) -> None:
    """Refuses what would fill the memory: calamine reserves room for every cell up to the last one in use."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise _refused(path, f"more than {MAX_UNPACKED_BYTES:,} bytes when unpacked")
        for name in archive.namelist():
            if name.startswith("xl/") and name.endswith(".xml"):
                part = archive.read(name)
                expat.ParserCreate().Parse(part, True)  # calamine may read broken XML for ever
                found = _REFERENCE.findall(part) if name.startswith("xl/worksheets/") else []
                wide = max((int.from_bytes(letters, "big") for letters, _ in found), default=0)
                width = _column_number(wide.to_bytes(3, "big").strip(b"\0"))
                height = max((int(digits) for _, digits in found), default=0)
                if width * height > MAX_CELLS:
                    raise _refused(path, f"the last cell in use is in row {height:,}, column {width:,}")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _refused(path: Path, message: str) -> FormError:
    return FormError([Problem(str(path), 0, "", message, "Save it as CSV UTF-8: items.csv")])


def _text(value: Any) -> str:
    """A number as a person typed it: 204, not 204.0."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)
