"""A table as a spreadsheet program leaves it: CSV with whatever separator and encoding, JSONL or XLSX."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from commonhold.errors import FormError, Problem
from commonhold.evaluate.sheet_text import decoded
from commonhold.evaluate.workbook import workbook_lines

Cell = str | tuple[str, ...]
"""Text; in JSONL also a list of texts."""
FILES = ("items.csv", "items.xlsx", "items.jsonl")
MAX_FILE_BYTES = 50_000_000
MAX_ROWS = 100_000
MAX_CELL_CHARACTERS = 100_000
DELIMITERS = ",;\t"
_SEPARATOR_LINE = re.compile(r'"?sep=.?"?\r?\n', re.IGNORECASE)
_EDGES = " \t\r\n\x0b\x0c\u00a0\u200b\u2060\ufeff"
"""White space and what looks like none, at the ends of cells."""


class Line(NamedTuple):
    """One row before its columns are known."""

    number: int
    """As the spreadsheet program shows it, 1-based."""
    line: int
    """Line of the file on which it begins; 0 where files have no lines."""
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row with text, by column."""

    number: int
    line: int
    cells: Mapping[str, Cell]


class Sheet(NamedTuple):
    """What a file holds, what is wrong with it, and what was guessed."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def read_sheet(path: Path, known: Iterable[str], needed: Iterable[str]) -> Sheet:
    """The rows of a table; `known` tells header and separator, `needed` are columns that no row may break off before.

    Rows and columns without any text are left out, white space at the ends of cells too.

    Raises:
        MissingInputError: there is no such file.
    """
    try:
        if path.suffix == ".jsonl":
            return _objects(path)
        if path.suffix == ".csv":
            text, notes = decoded(path, MAX_FILE_BYTES)
            lines = _csv_lines(text, str(path), known)
        else:
            lines, notes = workbook_lines(path, MAX_FILE_BYTES), ()
        return _tabulated([Line(*line) for line in lines], str(path), frozenset(needed))._replace(notes=notes)
    except FormError as error:
        return Sheet((), (), error.problems)


def column_name(cell: str) -> str:
    """A column's name as it is known: `Must Include ` is must_include."""
    return re.sub(r"[\s-]+", "_", tidy(cell).casefold())


def tidy(cell: str) -> str:
    """A cell without what stands unseen at its ends."""
    return cell.strip(_EDGES)


def _csv_lines(text: str, file: str, known: Iterable[str]) -> Iterator[tuple[int, int, list[str]]]:
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    line = 1
    if hint := _SEPARATOR_LINE.match(text):  # a line for Excel alone, which it does not show as a row
        text, line = text[hint.end() :], 2
    before = line - 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, frozenset(known)), strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, line, cells
            line = before + reader.line_num + 1
    except csv.Error as error:
        remedy = 'A cell that begins with " must end with one; the row above may have the mistake'
        raise FormError([Problem(file, line, "", f"not readable as CSV: {error}", remedy)]) from error


def _delimiter(text: str, known: frozenset[str]) -> str:
    """The separator that makes the most known names of the first line; a comma when none does."""
    first = next((line for line in text.splitlines() if line.strip(f"{_EDGES}{DELIMITERS}")), "")

    def names(delimiter: str) -> int:
        return sum(column_name(cell.strip('"')) in known for cell in first.split(delimiter))

    return max(DELIMITERS, key=names)


def _tabulated(lines: Sequence[Line], file: str, needed: frozenset[str]) -> Sheet:
    filled = [line._replace(cells=[tidy(cell) for cell in line.cells]) for line in lines]
    filled = [line for line in filled if any(line.cells)]
    if not filled:
        raise FormError([Problem(file, 1, "", "the file is empty; the first row must name the columns")])
    if len(filled) > MAX_ROWS:
        raise FormError([Problem(file, 0, "", f"{len(filled):,} rows, more than {MAX_ROWS:,}")])
    head, *body = filled
    names = [column_name(cell) for cell in head.cells]
    problems = list(_header_problems(head, names, body, file))
    rows: list[SheetRow] = []
    for line in body:
        try:
            rows.append(_row(line, names, file, needed))
        except FormError as error:
            problems += error.problems
    return Sheet(tuple(name for name in names if name), tuple(rows), tuple(problems))


def _header_problems(head: Line, names: Sequence[str], body: Sequence[Line], file: str) -> Iterator[Problem]:
    for place, name in enumerate(names):
        letter = column_letter(place)
        if name and name in names[:place]:
            message = f"the column {name!r} stands twice, the second time as column {letter}"
            yield Problem(file, head.line, f"row {head.number}", message, "Delete or rename one of the two")
        below = next((line for line in body if place < len(line.cells) and line.cells[place]), None)
        if not name and below:
            message = f"column {letter} has no name, but row {below.number} has text in it"
            yield Problem(file, head.line, f"row {head.number}", message, "Write the column's name on top of it")


def _row(line: Line, names: Sequence[str], file: str, needed: frozenset[str]) -> SheetRow:
    cells = list(line.cells)
    while len(cells) > len(names) and not cells[-1]:
        cells.pop()
    if len(cells) > len(names) or needed & set(names[len(cells) :]):  # some programs leave out empty cells at the end
        message = f"{len(cells)} cells where the header has {len(names)}"
        remedy = "Put cells that hold commas or line breaks in double quotes, or save from a spreadsheet program"
        raise FormError([Problem(file, line.line, f"row {line.number}", message, remedy)])
    cells += [""] * (len(names) - len(cells))
    return SheetRow(line.number, line.line, {name: cell for name, cell in zip(names, cells, strict=True) if name})


def column_letter(place: int) -> str:
    """What a spreadsheet program writes above the column: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _objects(path: Path) -> Sheet:
    """JSONL: an object a line, with the columns' names as keys."""
    text, notes = decoded(path, MAX_FILE_BYTES)
    columns: dict[str, None] = {}
    rows: list[SheetRow] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        here = Problem(str(path), number, f"row {number}", "")
        if not line.strip(_EDGES):
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(replace(here, message=f"not readable as JSON: {error}", remedy="One object a line"))
            continue
        if not isinstance(value, dict):
            problems.append(replace(here, message="this is not an object", remedy='Write {"id": "1", "prompt": "…"}'))
            continue
        cells = {}
        for key, entry in value.items():
            name = column_name(key)
            try:
                cells[name] = _cell(name, entry)
            except ValueError as error:
                problems.append(replace(here, place=f"row {number}, column {name}", message=str(error)))
        columns.update(dict.fromkeys(cells))
        rows.append(SheetRow(number, number, cells))
    return Sheet(tuple(columns), tuple(rows), tuple(problems), notes)


def _cell(name: str, value: Any) -> Cell:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return tidy(value)
        case int() | float():
            return f"{value:g}" if isinstance(value, float) else str(value)
        case _ if name == "json_schema":
            return json.dumps(value, ensure_ascii=False)
        case list() if all(isinstance(entry, str) for entry in value):
            return tuple(tidy(entry) for entry in value)
    raise ValueError("a cell is text, a number, true or false, or a list of texts")
