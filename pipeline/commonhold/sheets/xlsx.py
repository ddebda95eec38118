"""Sheets of a spreadsheet (`.xlsx`, `.xls`, `.ods`) as lines of cells; formulas are never calculated."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commonhold.errors import FormError
from commonhold.sheets.cell_text import text_of
from commonhold.sheets.limits import (
    BROKEN_ZIP,
    MAX_BOOK_BYTES,
    check_archive,
    check_file,
    check_well_formed,
    refused,
)
from commonhold.sheets.row import Raw
from commonhold.sheets.xlsx_formulas import Faults, examine

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

ZIP = b"PK\x03\x04"
SAVE_AGAIN = "Open it and save it as .xlsx again"


def sheet_rows(path: Path, sheet: str | None = None) -> Iterator[Raw]:
    """Every row with a cell in use, under the number that the spreadsheet program shows.

    The sheet is the named one, or the first that is not hidden. A cell merged over several rows counts in each of
    them, as it is seen; one merged over several columns only in the first. What counts of a formula is the result that
    the program saved with it; a cell with a formula that has none, or an error, is marked faulty (in `.xlsx`; in the
    other formats it is empty).

    Raises:
        MissingInputError: there is no such file.
        FormError: it has a password, is broken or too large, or has no such sheet.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    check_file(path, MAX_BOOK_BYTES)
    try:
        if packed := _starts_with(path, ZIP):
            check_archive(path)
            check_well_formed(path)
        with CalamineWorkbook.from_path(path) as workbook:
            name = _sheet_name(workbook, path, sheet)
            faults = examine(path, name) if packed else {}
            yield from _rows(workbook.get_sheet_by_name(name), faults)
    except FormError:
        raise
    except PasswordError as error:
        raise refused(path, "it is protected by a password", "Save it without a password") from error
    except (CalamineError, *BROKEN_ZIP) as error:
        raise refused(path, f"not readable as a spreadsheet: {error}", SAVE_AGAIN) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a bug in calamine's Rust arrives; no subclass of Exception
            raise
        raise refused(path, "not readable as a spreadsheet: it is damaged", SAVE_AGAIN) from error


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets; none when it cannot be read."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(path) as workbook:
            return list(workbook.sheet_names)
    except (CalamineError, OSError):
        return []


def is_zip(path: Path) -> bool:
    """Whether a file is packed as `.xlsx` and `.ods` are."""
    return _starts_with(path, ZIP)


def _starts_with(path: Path, mark: bytes) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(mark)) == mark


def _sheet_name(workbook: "CalamineWorkbook", path: Path, sheet: str | None) -> str:
    from python_calamine import SheetVisibleEnum

    if sheet is None:
        if not workbook.sheet_names:
            raise refused(path, "it has no sheet", "Add one with a row of column names")
        visible = [each.name for each in workbook.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
        return (visible or workbook.sheet_names)[0]
    if sheet not in workbook.sheet_names:
        known = ", ".join(map(repr, workbook.sheet_names))
        raise refused(path, f"there is no sheet {sheet!r}; it has {known}", "Correct 'sheet' in datasheet.yaml")
    return sheet


def _rows(sheet: "CalamineSheet", faults: Faults) -> Iterator[Raw]:
    left = sheet.start[1] if sheet.start else 0  # iter_rows leaves out the empty columns before, not the empty rows
    spans = _spans(sheet.merged_cell_ranges or ())
    held: dict[int, tuple[int, str]] = {}  # by column: the last row that a merged cell reaches, and its text
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [""] * left + [text_of(value) for value in values]
        in_use = any(cell.strip() for cell in cells)
        for column, (last, text) in list(held.items()):
            if number > last:
                del held[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = text
        for column, last in spans.get(number, ()):
            if column < len(cells):
                held[column] = (last, cells[column])
        if in_use or number in faults:
            yield Raw(number, cells, faulty=faults.get(number, {}))


def _spans(ranges: Sequence[Any]) -> Mapping[int, list[tuple[int, int]]]:
    """By row number: the columns of cells merged over several rows that begin there, and the last row of each."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for (first, column), (last, _) in ranges:
        if last > first:
            spans.setdefault(first + 1, []).append((column, last + 1))
    return spans
