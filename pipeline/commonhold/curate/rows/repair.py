"""A volunteer's own sheet back: the rows that could not be read, each with what is wrong and how to fix it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from commonhold.curate.rows.datasheet import DataFile
from commonhold.files import space_needed, write_jsonl, write_text
from commonhold.sheets.delimiter import DEFAULTS
from commonhold.sheets.file_kinds import OBJECTS, PARQUET, WORKBOOKS
from commonhold.sheets.jsonl import LINE
from commonhold.sheets.repair_rows import APOSTROPHED
from commonhold.sheets.row import EXTRA, MAX_SHEET_CELL, PROBLEM, REMEDY, REPAIR_COLUMNS, REPAIRED, BadRow

UNREADABLE_ROWS = "unreadable.jsonl"
"""Beside the folder with the rows to repair: where each of them is, and what is wrong with it."""


def repair_name(file: DataFile) -> str:
    """The file that `write_repair` makes of a data file: `rows.repair.csv`, `book.Slips.repair.xlsx`.

    CSV and its kin keep their ending, so that the delimiter stays; every kind of spreadsheet becomes `.xlsx`, a list of
    JSON objects `.jsonl`.
    """
    path = PurePosixPath(file.path)
    sheet = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in file.sheet or "")
    stem = f"{path.stem}.{sheet}" if sheet else path.stem
    endings = {**dict.fromkeys(WORKBOOKS, ".xlsx"), **dict.fromkeys(PARQUET, ".csv"), ".json": ".jsonl"}
    ending = endings.get(file.suffix, file.suffix)
    return str(path.with_name(f"{stem}.repair{ending}"))


def write_repair(path: Path, header: Sequence[str], bad_rows: Sequence[BadRow]) -> None:
    """Writes the bad rows of one file, with their identity, so that the repaired file can be listed in the datasheet.

    The columns `problem`, `how to fix` and `commonhold row` come first, then the file's own; cells beyond its header
    are in columns of their own. A row counts as repaired when its cells were changed, or its `problem` was emptied.
    The ending says the kind: `.jsonl`, `.xlsx`, or delimited text in UTF-8 with a mark, as Excel needs it.

    Raises:
        NoSpaceError: the disk is full.
    """
    suffix = path.suffix.lower()
    if suffix in OBJECTS:
        write_jsonl(path, (_object(bad) for bad in bad_rows))
        return
    beyond = max((len(bad.cells) - len(header) for bad in bad_rows), default=0)
    extra = [f"{EXTRA}{number}" for number in range(1, beyond + 1)]
    rows = chain([[*REPAIR_COLUMNS, *header, *extra]], (_cells(bad, len(header) + len(extra)) for bad in bad_rows))
    if suffix in WORKBOOKS:
        _write_book(path, rows)
        return
    text = io.StringIO()
    csv.writer(text, delimiter=DEFAULTS[suffix]).writerows([_escaped(cell) for cell in row] for row in rows)
    write_text(path, "\ufeff" + text.getvalue())


def write_unreadable(path: Path, bad_rows: Iterable[BadRow]) -> None:
    """One JSON line for each row that could not be read: where it is, why, and what to do; without its cells."""
    rows = ((bad.origin, bad) for bad in bad_rows)
    write_jsonl(path, ({"file": at.file, "row": at.row, PROBLEM: b.problem, REMEDY: b.remedy} for at, b in rows))


def _cells(bad: BadRow, width: int) -> list[str]:
    return [bad.problem, bad.remedy, bad.identity, *bad.cells, *[""] * (width - len(bad.cells))]


def _object(bad: BadRow) -> dict[str, str]:
    return {PROBLEM: bad.problem, REMEDY: bad.remedy, REPAIRED: bad.identity, LINE: bad.cells[0]}


def _escaped(cell: str) -> str:
    return f"'{cell}" if cell[:1] in APOSTROPHED and cell else cell


def _write_book(path: Path, rows: Iterable[Sequence[str]]) -> None:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Rows to fix")

    def typed(row: Sequence[str]) -> Iterator[Any]:
        for text in row:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:MAX_SHEET_CELL])
            cell.data_type = "s"  # text, also where it starts like a formula
            yield cell

    for row in rows:
        sheet.append(typed(row))
    temporary = path.with_name(f".{path.name}.tmp")
    with space_needed(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(temporary)
        temporary.replace(path)
