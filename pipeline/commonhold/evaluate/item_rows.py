"""A task's table to items: fixed columns, and every mistake at once with its row and column."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from commonhold.errors import MissingInputError, Problem
from commonhold.evaluate.cells import cell_complaints, item_of
from commonhold.evaluate.columns import ALWAYS, COLUMNS
from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS, Complaint, Scorer
from commonhold.evaluate.sheet import FILES, Sheet, SheetRow, read_sheet

MOST_ALIKE = 5
"""Rows with the same mistake that are named one by one."""
UNREAD = ("items.ods", "items.xls", "items.numbers", "items.tsv", "items.txt")


class ReadItems(NamedTuple):
    """The items, what is wrong with the others, and what had to be guessed."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()
    rows: tuple[SheetRow, ...] = ()
    """The row of each item."""


def items_file(folder: Path) -> Path:
    """The table of a task: items.csv, items.xlsx or items.jsonl; items.csv when there is none.

    Raises:
        MissingInputError: there is only a table of another kind, or there are several.
    """
    found = [folder / name for name in FILES if (folder / name).is_file()]
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise MissingInputError(f"{folder}: {names} are both there. Keep the one that counts")
    other = next((folder / name for name in UNREAD if (folder / name).is_file()), None)
    if not found and other:
        raise MissingInputError(f"{other}: this kind of file is not read. Save it as CSV UTF-8: items.csv")
    return found[0] if found else folder / FILES[0]


def read_items(path: Path, scorer: str) -> ReadItems:
    """The rows of a table that the scorer can judge, and a problem for each that it cannot.

    Raises:
        MissingInputError: there is no such file.
    """
    judged = SCORERS.get(scorer).columns
    sheet = read_sheet(path, COLUMNS, {"id", "prompt", *judged})
    meant = _meant(sheet.columns)
    problems = [*sheet.problems, *(_column_problems(sheet, meant, path, scorer) if sheet.columns else ())]
    if not {"id", "prompt"} <= {meant.get(name, name) for name in sheet.columns}:
        return ReadItems((), tuple(problems), sheet.notes)
    renamed = [
        replace(row, cells={meant.get(name, name): cell for name, cell in row.cells.items()}) for row in sheet.rows
    ]
    read = _items(sheet._replace(rows=tuple(renamed)), str(path), SCORERS.get(scorer)())
    return read._replace(problems=tuple(sorted((*problems, *read.problems), key=lambda problem: problem.line)))


def _meant(columns: Sequence[str]) -> Mapping[str, str]:
    """Unknown columns to the known ones that they must be, so that their cells are checked all the same."""
    meant: dict[str, str] = {}
    for name in columns:
        near = [] if name in COLUMNS else difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.6)
        if near and near[0] not in columns and near[0] not in meant.values():
            meant[name] = near[0]
    return meant


def _column_problems(sheet: Sheet, meant: Mapping[str, str], path: Path, scorer: str) -> Iterator[Problem]:
    file, line = str(path), 1 if path.suffix == ".csv" else 0
    known = {*ALWAYS, *SCORERS.get(scorer).columns}
    for name in sheet.columns:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            remedy = "Rename it in the first row" if near else f"Known: {', '.join(COLUMNS)}"
            yield Problem(file, line, f"column {name}", f"unknown column{hint}", remedy)
        elif name not in known and any(row.cells.get(name) for row in sheet.rows):
            yield Problem(file, line, f"column {name}", f"{scorer} does not judge by this column", _other(name))
    for name in sorted({"id", "prompt"} - {meant.get(name, name) for name in sheet.columns}):
        yield Problem(file, line, f"column {name}", "the column is missing", "Add it to the first row")
    if not sheet.rows and not sheet.problems:
        yield Problem(file, line, "", "there are no items", "Write at least one row")


def _other(column: str) -> str:
    scorers = ", ".join(name for name in SCORERS if column in SCORERS.get(name).columns)
    return f"Remove it, or name a scorer in task.yaml that does: {scorers}"


def _items(sheet: Sheet, file: str, scorer: Scorer) -> ReadItems:
    items: list[Item] = []
    problems: list[tuple[SheetRow, Complaint]] = []
    first: dict[str, int] = {}
    for row in sheet.rows:
        item = item_of(row.cells)
        complaints = _one_per_column([*cell_complaints(row.cells), *scorer.complaints(item)])
        if item.id in first:
            message = f"the id {item.id!r} stands in row {first[item.id]} already"
            complaints["id"] = Complaint("id", message, "Give it another")
        elif item.id:
            first[item.id] = row.number
        problems += [(row, complaints[name]) for name in COLUMNS if name in complaints]
        items.append(item)
    return ReadItems(tuple(items), tuple(_gathered(problems, file)), sheet.notes, sheet.rows)


def _one_per_column(complaints: Sequence[Complaint]) -> dict[str, Complaint]:
    # A cell that is spoiled is often empty to the scorer too; the person made one mistake, and the first says which.
    kept: dict[str, Complaint] = {}
    for complaint in complaints:
        kept.setdefault(complaint.column, complaint)
    return kept


def row_problem(file: str, row: SheetRow, complaint: Complaint) -> Problem:
    """A complaint with its place."""
    place = f"row {row.number}, column {complaint.column}"
    return Problem(file, row.line, place, complaint.message, complaint.remedy)


def _gathered(problems: Sequence[tuple[SheetRow, Complaint]], file: str) -> Iterator[Problem]:
    """Problems in the order of rows; the same complaint about many rows is one problem that names some of them."""
    rows: dict[Complaint, list[SheetRow]] = {}
    for row, complaint in problems:
        rows.setdefault(complaint, []).append(row)
    for row, complaint in problems:
        alike = rows[complaint]
        if len(alike) <= MOST_ALIKE:
            yield row_problem(file, row, complaint)
        elif row is alike[0]:
            named = ", ".join(str(other.number) for other in alike[:3])
            place = f"rows {named} and {len(alike) - 3} others, column {complaint.column}"
            yield Problem(file, row.line, place, complaint.message, complaint.remedy)
