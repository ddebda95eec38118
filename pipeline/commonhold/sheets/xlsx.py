"""Sheets of a spreadsheet (`.xlsx`, `.xls`, `.ods`) as lines of cells; formulas are never calculated."""

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from commonhold.errors import FormError
from commonhold.file_signatures import COMPOUND_START, ZIP_START
from commonhold.sheets.cell_text import text_of
from commonhold.sheets.guesses import ReadingGuess
from commonhold.sheets.limits import (
    BROKEN_ZIP,
    MAX_BOOK_BYTES,
    check_archive,
    check_file,
    check_well_formed,
)
from commonhold.sheets.looks import Looks
from commonhold.sheets.open_document import examine_open_document, is_open_document
from commonhold.sheets.row import Raw
from commonhold.sheets.source import Source, refused
from commonhold.sheets.xls_looks import examine_old_book
from commonhold.sheets.xlsx_formulas import examine

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

SAVE_AGAIN = "Open it and save it as .xlsx again"

Typed = Literal["data", "text"]
"""What becomes of values that are no text. `data`: days as YYYY-MM-DD, `true` and `false`. `text`, for a sheet in which
people type texts: `yes` and `no`, and a date marks its cell faulty, for `3/4` was made `4-Mar` by the program."""


class SheetNames(NamedTuple):
    """The sheets of a workbook, in its order."""

    read: str
    """The one that is read."""
    names: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    guesses: tuple[ReadingGuess, ...] = ()
    """What a person should know of the one that is read."""
    hidden_columns: tuple[int, ...] = ()
    """Of that sheet, by index from 0."""

    @property
    def others(self) -> tuple[str, ...]:
        """Those that a person sees beside the one that is read."""
        return tuple(name for name in self.names if name != self.read and name not in self.hidden)


def sheet_rows(
    source: Source, sheet: str | None = None, typed: Typed = "data", *, names_only: bool = False
) -> Iterator[SheetNames | Raw]:
    """First the names of the sheets, then every row with a cell in use, numbered as the spreadsheet program does.

    The sheet is the named one, or the first that is not hidden. A cell merged over several rows counts in each of
    them, as it is seen; one merged over several columns only in the first. Numbers and times are in the format that
    their cell has. What counts of a formula is the result that the program saved with it; a
    cell with a formula that has none, or an error, is marked faulty (in `.xlsx`; in the other formats it is empty).

    Raises:
        MissingInputError: there is no such file.
        FormError: it has a password, is broken or too large, or has no such sheet.
    """
    from python_calamine import CalamineError, PasswordError

    check_file(source, MAX_BOOK_BYTES)
    try:
        if packed := is_zip(source):
            check_archive(source)
            check_well_formed(source)
        elif not is_compound(source):
            raise refused(source, "not readable as a spreadsheet: it is a file of another kind", SAVE_AGAIN)
        with _workbook(source) as workbook:
            names = _names(workbook, source, sheet)
            if names_only:
                yield names
                return
            looks = _looks(source, names.read, packed)
            yield names._replace(guesses=looks.guesses, hidden_columns=looks.hidden_columns)
            yield from _rows(workbook.get_sheet_by_name(names.read), looks, typed)
    except FormError:
        raise
    except PasswordError as error:
        raise refused(source, "it is protected by a password", "Save it without a password") from error
    except (CalamineError, *BROKEN_ZIP) as error:
        raise refused(source, "not readable as a spreadsheet: it is damaged", SAVE_AGAIN) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a bug in calamine's Rust arrives; no subclass of Exception
            raise
        raise refused(source, "not readable as a spreadsheet: it is damaged", SAVE_AGAIN) from error


def is_zip(source: Source) -> bool:
    """Whether a file is packed as `.xlsx` and `.ods` are."""
    return _starts_with(source, ZIP_START)


def is_compound(source: Source) -> bool:
    """Whether a file is laid out as `.xls` is, and any workbook with a password."""
    return _starts_with(source, COMPOUND_START)


def _starts_with(source: Source, mark: bytes) -> bool:
    with source.path.open("rb") as stream:
        return stream.read(len(mark)) == mark


def _looks(source: Source, sheet: str, packed: bool) -> Looks:
    if not packed:
        return examine_old_book(source, sheet)
    return examine_open_document(source, sheet) if is_open_document(source) else examine(source, sheet)


def _workbook(source: Source) -> "CalamineWorkbook":
    from python_calamine import CalamineWorkbook

    if source.path.suffix.lower() == source.suffix:
        return CalamineWorkbook.from_path(source.path)
    return CalamineWorkbook.from_filelike(io.BytesIO(source.path.read_bytes()))  # whatever a copy is called


def _names(workbook: "CalamineWorkbook", source: Source, sheet: str | None) -> SheetNames:
    from python_calamine import SheetVisibleEnum

    if not workbook.sheet_names:
        raise refused(source, "it has no sheet", "Add one with a row of column names")
    seen = [each.name for each in workbook.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
    read = (seen or workbook.sheet_names)[0] if sheet is None else sheet
    if read not in workbook.sheet_names:
        existing = ", ".join(map(repr, workbook.sheet_names))
        remedy = f"Correct 'sheet' in {source.settings}" if source.settings else "Rename the sheet"
        raise refused(source, f"there is no sheet {sheet!r}; it has {existing}", remedy)
    hidden = tuple(name for name in workbook.sheet_names if name not in seen)
    return SheetNames(read, tuple(workbook.sheet_names), hidden)


def _rows(sheet: "CalamineSheet", looks: Looks, typed: Typed) -> Iterator[Raw]:
    left = sheet.start[1] if sheet.start else 0  # iter_rows leaves out the empty columns before, not the empty rows
    spans = _spans(sheet.merged_cell_ranges or ())
    held: dict[int, tuple[int, str]] = {}  # by column: the last row that a merged cell reaches, and its text
    for number, values in enumerate(sheet.iter_rows(), start=1):
        faulty = looks.faults.get(number, {})
        if typed == "data":
            cells = [""] * left + [text_of(value) for value in values]
        else:
            cells, faulty = _as_typed(values, left, faulty)
        for column, text in looks.texts(number, values, left).items():
            cells[column] = text
        in_use = any(cell.strip() for cell in cells)
        for column, (last, text) in list(held.items()):
            if number > last:
                del held[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = text
        for column, last in spans.get(number, ()):
            if column < len(cells):
                held[column] = (last, cells[column])
        if in_use or number in looks.faults:
            yield Raw(number, cells, faulty=faulty)


def _as_typed(
    values: Sequence[Any], left: int, faulty: Mapping[int, tuple[str, str]]
) -> tuple[list[str], Mapping[int, tuple[str, str]]]:
    """Cells with truth as yes and no, and with what the program took for a date as a fault."""
    dates = {
        left + index: (f"{text_of(value)} is stored as a date, not as text", "Format the column as text")
        for index, value in enumerate(values)
        if isinstance(value, (dt.date, dt.time, dt.timedelta))
    }
    words = ["yes" if value is True else "no" if value is False else text_of(value) for value in values]
    return [""] * left + words, {**faulty, **dates} if dates else faulty


def _spans(ranges: Sequence[Any]) -> Mapping[int, list[tuple[int, int]]]:
    """By row number: the columns of cells merged over several rows that begin there, and the last row of each."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for (first, column), (last, _) in ranges:
        if last > first:
            spans.setdefault(first + 1, []).append((column, last + 1))
    return spans
