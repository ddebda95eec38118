"""Rows of a spreadsheet in Office Open XML (`.xlsx`), cells as the text a person sees or would type."""

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from commonhold.errors import FormError, MissingInputError, Problem
from commonhold.forms import Row, Table

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MAX_CELLS = 10_000_000
MAX_UNPACKED_BYTES = 1 << 29
CELL_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')

# What zipfile and zlib raise on damaged archives, found by flipping bytes.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError)

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def read_workbook(path: Path, sheet: str | None = None) -> Table:
    """Rows of the named sheet, or of the first; the first row with text names the columns.

    Row numbers are those the spreadsheet program shows. Rows and columns without any text are skipped.

    Raises:
        MissingInputError: there is no such file.
        FormError: it has a password, is broken or too large, has no such sheet, or its header is incomplete.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if not path.is_file():
        raise MissingInputError(f"{path}: there is no such file. Check the name in datasheet.yaml")
    try:
        _refuse_huge(path)
        with CalamineWorkbook.from_path(path) as workbook:
            rows = _rows(workbook, path, sheet)
    except PasswordError as error:
        raise _broken(path, "it is protected by a password", "Save it without a password") from error
    except (CalamineError, *BROKEN_ZIP) as error:
        raise _broken(path, f"not readable as a spreadsheet: {error}", "Open it and save it as .xlsx again") from error
    return _table(rows, str(path))


def _rows(workbook: "CalamineWorkbook", path: Path, sheet: str | None) -> list[list[Value]]:
    if sheet is None:
        if not workbook.sheet_names:
            raise _broken(path, "it has no sheet", "Add one with a row of column names")
        sheet = workbook.sheet_names[0]
    elif sheet not in workbook.sheet_names:
        known = ", ".join(map(repr, workbook.sheet_names))
        raise _broken(path, f"there is no sheet {sheet!r}; it has {known}", "Correct 'sheet' in datasheet.yaml")
    return workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def _broken(path: Path, message: str, remedy: str) -> FormError:
    return FormError([Problem(str(path), 0, "", message, remedy)])


def _refuse_huge(path: Path) -> None:
    """Refuses what would take the process down: calamine reserves memory for every cell up to the last one in use,
    and one stray space in cell XFD1048576 makes that 550 GB."""
    with path.open("rb") as stream:
        if stream.read(4) != b"PK\x03\x04":
            return  # not a zip file: a password-protected one, or none at all; calamine says which
    with zipfile.ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
            raise _broken(path, f"more than {MAX_UNPACKED_BYTES >> 20} MB when unpacked", "Save the rows as CSV")
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                references = CELL_REFERENCE.findall(archive.read(name))
                width = max((_column_number(letters) for letters, _ in references), default=0)
                height = max((int(digits) for _, digits in references), default=0)
                if width * height > MAX_CELLS:
                    message = f"the last cell in use is in row {height:,}, column {width:,}"
                    raise _broken(path, message, "Delete the empty rows and columns after the data")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _table(rows: Sequence[Sequence[Value]], file: str) -> Table:
    texts = [(number, [_text(value) for value in row]) for number, row in enumerate(rows, start=1)]
    texts = [(number, cells) for number, cells in texts if any(cell.strip() for cell in cells)]
    if not texts:
        raise FormError([Problem(file, 1, "", "the sheet is empty; the first row must name the columns")])
    (header_row, header), body = texts[0], texts[1:]
    names = [cell.strip() for cell in header]
    used = [index for index, name in enumerate(names) if name or any(cells[index].strip() for _, cells in body)]
    problems = [
        Problem(file, header_row, f"column {index + 1}", f"the column name {names[index]!r} is empty or stands twice")
        for index in used
        if not names[index] or names[index] in names[:index]
    ]
    if problems:
        raise FormError(problems)
    columns = tuple(names[index] for index in used)
    return Table(columns, tuple(Row(number, {names[index]: cells[index] for index in used}) for number, cells in body))


def _text(value: Value) -> str:
    """A cell as text: 5.0 as `5`, a day as `2025-03-14`, a ticked box as `true`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)
