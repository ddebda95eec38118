"""A table of people's texts read as a whole: tasks, ratings, another program's tests; every mistake at once."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from commonhold.errors import FormError, Problem
from commonhold.number_format import count
from commonhold.sheets.column_letters import column_letter
from commonhold.sheets.encodings import find_encoding
from commonhold.sheets.file_kinds import OBJECTS, PARQUET, WORKBOOKS
from commonhold.sheets.guesses import OtherSheet, one_of_sheets
from commonhold.sheets.header import HEAD_ROWS, filled, head_of
from commonhold.sheets.json_cells import Cell, object_cells
from commonhold.sheets.json_elements import fault_of
from commonhold.sheets.jsonl import REMEDY, object_texts
from commonhold.sheets.limits import check_file
from commonhold.sheets.open_rows import FileSettings, open_sheet, open_table
from commonhold.sheets.row import BadRow, Raw, Row
from commonhold.sheets.source import Source, refused
from commonhold.sheets.table import Layout, Opened, tabulate
from commonhold.sheets.wrong_kind import check_kind

MAX_FILE_BYTES = 50_000_000
MAX_ROWS = 100_000
_EDGES = " \t\r\n\x0b\x0c\u00a0\u200b\u2060\ufeff"
"""White space and what looks like none, at the ends of cells."""


def tidy(cell: str) -> str:
    """A cell without what is unseen at its ends."""
    return cell.strip(_EDGES)


def column_name(cell: str) -> str:
    """A column's name as it is known: `Must Include ` is must_include."""
    return re.sub(r"[\s-]+", "_", tidy(unicodedata.normalize("NFKC", cell)).casefold())


@dataclass(frozen=True, slots=True)
class Expected:
    """What a table should hold."""

    known: Callable[[str], bool]
    """Whether a column is known by this name; tells header, delimiter and sheet."""
    needed: frozenset[str] = frozenset()
    """Columns before which no row may break off; all of them when empty."""
    sheet: str = ""
    """The sheet of a workbook that goes before the others."""
    essential: frozenset[str] = frozenset()
    """Columns by which its sheet is distinguished from others, when none is called so."""
    json_keys: frozenset[str] = frozenset()
    """Columns whose cells are JSON, which a JSON file may hold as it is."""
    leave_out_ragged: bool = False
    """Whether rows with too many or too few cells are left out and reported, as long as others can be read."""
    strict: bool = False
    """Nothing is forgiven, as nobody looks at what was read: no lines above the header, the same number of cells in
    every row."""
    most_bytes: int = MAX_FILE_BYTES
    name: Callable[[str], str] = column_name


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row with text, by column."""

    number: int
    """As the spreadsheet program shows it, 1-based."""
    line: int
    """Line of the file on which it starts; 0 where files have no lines."""
    cells: Mapping[str, Cell]
    """As they stand; those of texts untouched."""


class WholeTable(NamedTuple):
    """What a file holds, what is wrong with it, and what was guessed."""

    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    left_out: tuple[Problem, ...] = ()
    """Rows that were left out, which whoever uses the rest has to report."""
    header: TableRow = TableRow(0, 0, {})
    """Where the columns are named."""


class _Location(NamedTuple):
    """Where a line of cells is, and what it was before anything was forgiven."""

    number: int
    line: int
    raw: Raw


def read_table(source: Source, expected: Expected) -> WholeTable:
    """The rows of a table. Rows and columns without any text are left out.

    Raises:
        MissingInputError: there is no such file.
    """
    check_file(source)
    try:
        check_file(source, expected.most_bytes)
        check_kind(source)
        if source.suffix in OBJECTS:
            return _objects(source, expected)
        return _cells(source, expected)
    except FormError as error:
        return WholeTable((), (), error.problems)


def _cells(source: Source, expected: Expected) -> WholeTable:
    def score(cells: Sequence[str]) -> int:
        return sum(expected.known(name) for name in {expected.name(cell) for cell in cells})

    may_lack = (lambda cell: expected.name(cell) not in expected.needed) if expected.needed else None
    layout = Layout(source, score=score, strict=expected.strict, named_first=expected.strict, may_lack=may_lack)
    raw, layout = _lines(source, replace(layout, may_be_repairs=False), expected)
    locations: dict[int, _Location] = {}
    opened = tabulate(_located(raw, source, locations), layout)
    rows = list(opened.rows)
    if len(rows) > MAX_ROWS:
        raise refused(source, f"{len(rows):,} rows, more than {MAX_ROWS:,}", "Split it")
    names = [expected.name(cell) for cell in opened.header]
    good = [row for row in rows if isinstance(row, Row) and any(map(tidy, row.cells.values()))]
    head = locations[opened.header_row]
    problems = list(_header_problems(source, head, names, opened, [(locations[row.number], row) for row in good]))
    left_out: list[Problem] = []
    for bad in (row for row in rows if isinstance(row, BadRow)):
        location = locations[bad.number]
        if expected.leave_out_ragged and good and _is_no_row(location.raw, opened.header):
            left_out.append(_problem(source, location, f"{bad.problem}; the row is left out", bad.remedy))
        else:
            problems += _faults(source, location, bad)
    return WholeTable(
        columns=tuple(name for name in names if name),
        rows=tuple(_row(locations[row.number], row, names, opened.columns) for row in good),
        problems=tuple(problems),
        notes=tuple(_notes(source, opened, [locations[row.number] for row in good], len(names))),
        left_out=tuple(left_out),
        header=TableRow(head.number, head.line, {}),
    )


def _is_no_row(line: Raw, header: Sequence[str]) -> bool:
    """Whether a line can be read but has not the header's form, or is the header once more."""
    return not (line.problem or line.faulty) and (len(line.cells) != len(header) or list(line.cells) == list(header))


def _lines(source: Source, layout: Layout, expected: Expected) -> tuple[Iterator[Raw], Layout]:
    """The lines of a table; of a workbook those of the named sheet, else of the first with the essential columns."""
    if source.suffix not in WORKBOOKS:
        return open_table(source, FileSettings(), layout)
    names, rows = open_sheet(source, None, "text")
    seen = [name for name in names.names if name not in names.hidden]
    called = [name for name in (*seen, *names.hidden) if tidy(name).casefold() == expected.sheet]
    if called and called[0] in seen:
        return _sheet(source, layout, called[0])
    if not names.others:
        return rows, replace(layout, sheets=names)

    def has_columns(line: Raw) -> bool:
        return expected.essential <= set(map(expected.name, line.cells))

    fitting = (name for name in seen if any(map(has_columns, head_of(_sheet(source, layout, name)[0])[0])))
    chosen = next(fitting, (called or [names.read])[0])
    lines, layout = _sheet(source, layout, chosen)
    others = [_other(_sheet(source, layout, name)[0], name, has_columns) for name in seen if name != chosen]
    told = [other for other in others if other.rows]
    return lines, replace(layout, guesses=(one_of_sheets(source, chosen, told),) if told else ())


def _other(lines: Iterator[Raw], name: str, has_columns: Callable[[Raw], bool]) -> OtherSheet:
    """A sheet that is not read, with how many rows it has."""
    rows = list(filled(lines))
    same = bool(rows) and any(map(has_columns, rows[:HEAD_ROWS]))
    return OtherSheet(name, len(rows) - same, "the same columns" if same else "")


def _sheet(source: Source, layout: Layout, name: str) -> tuple[Iterator[Raw], Layout]:
    names, rows = open_sheet(source, name, "text")
    return rows, replace(layout, sheets=names)


def _located(lines: Iterator[Raw], source: Source, locations: dict[int, _Location]) -> Iterator[Raw]:
    """The lines, each noted with its row number: a text file's rows are counted, a line that starts one is known."""
    numbered = source.suffix in (*WORKBOOKS, *PARQUET)
    for number, raw in enumerate(lines, start=1):
        locations[raw.number] = _Location(raw.number, 0, raw) if numbered else _Location(number, raw.number, raw)
        yield raw


def _row(location: _Location, row: Row, names: Sequence[str], columns: Sequence[str]) -> TableRow:
    cells = {name: row.cells[column] for name, column in zip(names, columns, strict=True) if name}
    return TableRow(location.number, location.line, cells)


def _header_problems(
    source: Source, head: _Location, names: Sequence[str], opened: Opened, rows: Sequence[tuple[_Location, Row]]
) -> Iterator[Problem]:
    for index, (name, column) in enumerate(zip(names, opened.columns, strict=True)):
        letter = column_letter(index)
        if name and name in names[:index]:
            message = f"the column {name!r} appears twice, the second time as column {letter}"
            yield _problem(source, head, message, "Delete or rename one of the two")
        below = None if name else next((where for where, row in rows if tidy(row.cells[column])), None)
        if below:
            message = f"column {letter} has no name, but row {below.number} has text in it"
            yield _problem(source, head, message, "Write the column's name on top of it")


def _notes(source: Source, opened: Opened, locations: Sequence[_Location], width: int) -> Iterator[Problem]:
    """What was guessed, and the rows that were repaired: with too few cells, or spaces before quotation marks."""
    yield from (guess.note(source) for guess in opened.guesses)
    short = [location for location in locations if len(location.raw.cells) < width]
    spaced = [location for location in locations if any(map(tidy, location.raw.cells[width:]))]
    repaired = ((short, "the last ones count as empty"), (spaced, "spaces before quotation marks were left out"))
    for lines, how in repaired:
        for first in lines[:1]:
            rows = f"row {first.number}" + (f" and {count(len(lines) - 1, 'other')}" if len(lines) > 1 else "")
            message = f"{len(first.raw.cells)} cells where the header has {width}; {how}"
            yield Problem(source.name, first.line, rows, message)


def _faults(source: Source, location: _Location, bad: BadRow) -> Iterator[Problem]:
    """What is wrong with a row: every cell that cannot be used, or the row as a whole."""
    cells = [fault for _, fault in sorted(location.raw.faulty.items())]
    for message, remedy in cells or [(bad.problem, bad.remedy)]:
        yield _problem(source, location, message, remedy)


def _problem(source: Source, location: _Location, message: str, remedy: str) -> Problem:
    return Problem(source.name, location.line, f"row {location.number}", message, remedy)


def _objects(source: Source, expected: Expected) -> WholeTable:
    """JSON: an object a line, or a list of them, with the columns' names as keys."""
    encoding = find_encoding(source)
    columns: dict[str, None] = {}
    rows: list[TableRow] = []
    problems: list[Problem] = []
    for number, line, text in object_texts(source, encoding):
        at_row = Problem(source.name, line, f"row {number}", "")
        if number > MAX_ROWS:
            raise refused(source, f"more than {MAX_ROWS:,} rows", "Split it", line)
        try:
            values, faults = object_cells(text, expected.json_keys)
        except (ValueError, RecursionError) as error:
            problems.append(replace(at_row, message=fault_of(error), remedy='Write {"id": "1", "prompt": "…"}'))
            continue
        cells: dict[str, Cell] = {}
        for key, cell in values.items():
            name = expected.name(key)
            if name in cells:
                message = f"the key {name!r} appears twice"
                problems.append(replace(at_row, message=message, remedy="Keep one of the two"))
            cells[name] = cell
        for key, message in faults:
            problems.append(replace(at_row, place=f"row {number}, column {expected.name(key)}", message=message))
            cells[expected.name(key)] = ""
        columns.update(dict.fromkeys(cells))
        rows.append(TableRow(number, line, cells))
    notes = (encoding.guess.note(source),) if encoding.guess else ()
    if not (rows or problems):
        raise refused(source, "the file is empty", REMEDY, 1)
    return WholeTable(tuple(columns), tuple(rows), tuple(problems), notes)
