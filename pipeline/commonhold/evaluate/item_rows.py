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
from commonhold.sheets.file_kinds import OBJECTS, PARQUET, TABLES, WORKBOOKS
from commonhold.sheets.json_cells import Cell
from commonhold.sheets.source import Source, SourceFolder
from commonhold.sheets.whole_table import Expected, TableRow, WholeTable, read_table, tidy

MOST_ALIKE = 5
"""Rows with the same mistake that are named one by one."""
STEM = "items"
FILES = tuple(f"{STEM}{ending}" for ending in (*TABLES, *WORKBOOKS, *OBJECTS, *PARQUET))
TEXT = f"{STEM}.txt"
"""What Excel calls 'Unicode Text'; beside another table it may be anybody's notes."""
UNREAD = ("items.numbers", "items.docx", "items.pdf", "items.gsheet")
ESSENTIAL = frozenset({"id", "prompt"})
"""Columns that every table of items has."""


class ReadItems(NamedTuple):
    """The items, what is wrong with the others, and what had to be guessed."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()
    left_out: tuple[Problem, ...] = ()
    """Rows with too many or too few cells, which are no items."""
    rows: tuple[TableRow, ...] = ()
    """The row of each item."""
    file: str = ""
    """What messages call the table."""


def items_file(folder: SourceFolder) -> Source:
    """The table of a task: items.csv, items.xlsx and the like; items.csv when there is none.

    Raises:
        MissingInputError: there is only a table of another kind, or there are several.
    """
    tables = item_tables(folder.path)
    if len(tables) > 1:
        raise MissingInputError(f"{folder.shown}: {' and '.join(tables)} are both there. Keep the one that counts")
    if not tables and (folder.path / TEXT).is_file():
        tables = [TEXT]
    other = next((name for name in UNREAD if (folder.path / name).is_file()), None)
    if not tables and other:
        message = f"{folder.shown / other}: this kind of file is not read. Save it as CSV UTF-8: items.csv"
        raise MissingInputError(message)
    return folder.source(tables[0] if tables else FILES[0])


def item_tables(folder: Path) -> list[str]:
    """The tables of items in a folder, in the order of `FILES`; capitals in their endings do not matter."""
    files = [path.name for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    named = {name[: len(STEM)] + name[len(STEM) :].lower(): name for name in sorted(files)}
    return [named[name] for name in FILES if name in named]


def read_items(source: Source, scorer: str) -> ReadItems:
    """The rows of a table that the scorer can judge, and a problem for each that it cannot.

    Raises:
        MissingInputError: there is no such file.
    """
    judged = SCORERS.get(scorer).columns
    expected = Expected(
        known=COLUMNS.__contains__,
        needed=frozenset({*ESSENTIAL, *judged}),
        sheet=STEM,
        essential=ESSENTIAL,
        json_keys=frozenset({"json_schema"}),
        leave_out_ragged=True,
    )
    table = read_table(source, expected)
    meant = _meant(table.columns)
    problems = [*table.problems, *(_column_problems(table, meant, source.name, scorer) if table.columns else ())]
    notes, left_out = table.notes, table.left_out
    if not {meant.get(name, name) for name in table.columns} >= ESSENTIAL:
        return ReadItems((), tuple(problems), notes, left_out, file=source.name)
    rows = tuple(
        replace(row, cells={meant.get(name, name): tidied(cell) for name, cell in row.cells.items()})
        for row in table.rows
    )
    read = _items(rows, source.name, SCORERS.get(scorer)())
    every_problem = sorted((*problems, *read.problems), key=lambda problem: problem.line)
    return read._replace(problems=tuple(every_problem), notes=notes, left_out=left_out, file=source.name)


def tidied(cell: Cell) -> Cell:
    """A cell, or each text of it, without what is unseen at its ends."""
    return tidy(cell) if isinstance(cell, str) else tuple(map(tidy, cell))


def _meant(columns: Sequence[str]) -> Mapping[str, str]:
    """Unknown columns to the known ones that they must be, so that their cells are checked all the same."""
    meant: dict[str, str] = {}
    for name in columns:
        near = [] if name in COLUMNS else difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.6)
        if near and near[0] not in columns and near[0] not in meant.values():
            meant[name] = near[0]
    return meant


def _column_problems(table: WholeTable, meant: Mapping[str, str], file: str, scorer: str) -> Iterator[Problem]:
    line, first = table.header.line, _header_words(table)
    judged = {*ALWAYS, *SCORERS.get(scorer).columns}
    for name in table.columns:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            remedy = f"Rename it in {first}" if near else f"Known: {', '.join(COLUMNS)}"
            yield Problem(file, line, f"column {name}", f"unknown column{hint}", remedy)
        elif name not in judged and any(row.cells.get(name) for row in table.rows):
            yield Problem(file, line, f"column {name}", f"{scorer} does not judge by this column", _other(name))
    for name in sorted(ESSENTIAL - {meant.get(name, name) for name in table.columns}):
        yield Problem(file, line, f"column {name}", "the column is missing", f"Add it to {first}")
    if not table.rows and not table.problems:
        yield Problem(file, line, "", "there are no items", "Write at least one row")


def _header_words(table: WholeTable) -> str:
    return "the first row" if table.header.number <= 1 else f"row {table.header.number}"


def _other(column: str) -> str:
    scorers = ", ".join(name for name in SCORERS if column in SCORERS.get(name).columns)
    return f"Remove it, or name a scorer in task.yaml that does: {scorers}"


def _items(rows: Sequence[TableRow], file: str, scorer: Scorer) -> ReadItems:
    items: list[Item] = []
    problems: list[tuple[TableRow, Complaint]] = []
    first: dict[str, int] = {}
    for row in rows:
        item = item_of(row.cells)
        complaints = _one_per_column([*cell_complaints(row.cells), *scorer.complaints(item)])
        if item.id in first:
            message = f"the id {item.id!r} is in row {first[item.id]} already"
            complaints["id"] = Complaint("id", message, "Give it another")
        elif item.id:
            first[item.id] = row.number
        problems += [(row, complaints[name]) for name in COLUMNS if name in complaints]
        items.append(item)
    return ReadItems(tuple(items), tuple(_gathered(problems, file)), rows=tuple(rows))


def _one_per_column(complaints: Sequence[Complaint]) -> dict[str, Complaint]:
    # A cell that is spoiled is often empty to the scorer too; the person made one mistake, and the first says which.
    kept: dict[str, Complaint] = {}
    for complaint in complaints:
        kept.setdefault(complaint.column, complaint)
    return kept


def row_problem(file: str, row: TableRow, complaint: Complaint) -> Problem:
    """A complaint with its location."""
    location = f"row {row.number}, column {complaint.column}"
    return Problem(file, row.line, location, complaint.message, complaint.remedy)


def _gathered(problems: Sequence[tuple[TableRow, Complaint]], file: str) -> Iterator[Problem]:
    """Problems in the order of rows; the same complaint about many rows is one problem that names some of them."""
    rows: dict[Complaint, list[TableRow]] = {}
    for row, complaint in problems:
        rows.setdefault(complaint, []).append(row)
    for row, complaint in problems:
        alike = rows[complaint]
        if len(alike) <= MOST_ALIKE:
            yield row_problem(file, row, complaint)
        elif row is alike[0]:
            named = ", ".join(str(other.number) for other in alike[:3])
            location = f"rows {named} and {len(alike) - 3} others, column {complaint.column}"
            yield Problem(file, row.line, location, complaint.message, complaint.remedy)
