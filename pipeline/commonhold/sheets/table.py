"""From lines of cells to rows by column: where the header stands, which rows fit it, which were mended."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from commonhold.sheets.columns import Alias, aliased, aliases, find, matches, named
from commonhold.sheets.csv_rows import respaced
from commonhold.sheets.limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS, refused
from commonhold.sheets.repair_rows import repair_columns, take_apart, without
from commonhold.sheets.repeat_groups import Parent
from commonhold.sheets.row import EXTRA, BadRow, Check, Names, Origin, Raw, Row

HEAD_ROWS = 50
"""Rows with text among which the header is looked for."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is being read: its columns, and its rows once, in order."""

    name: str
    """As the datasheet calls it."""
    header: tuple[str, ...]
    """Column names as they stand in the file; what a repair file repeats."""
    columns: tuple[str, ...]
    """Names under which cells are found: every one its own, those of a parent row included."""
    rows: Iterator[Row | BadRow]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The line that names the columns."""

    line: Raw
    skipped: int = 0
    """Lines with text above it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of a table before its rows are read."""

    path: Path
    name: str
    wanted: Sequence[Names] = ()
    parent: Parent | None = None
    delimiter: str = ""
    """Of a text file. Its repair file puts an apostrophe before cells that a sheet program would calculate."""
    named_first: bool = False
    """Whether the first line is known to name the columns."""
    unreadable: str = ""
    """The encoding, when some bytes are not readable in it and stand as lone surrogates."""
    warnings: tuple[str, ...] = ()
    check: Check | None = None
    own: tuple[str, ...] = field(default=())
    """The file's own columns, once the header was found."""


def tabulate(raw: Iterable[Raw], sheet: Sheet) -> Opened:
    """The rows below the header; lines above it are told in a warning.

    Raises:
        FormError: no line with text, or too many columns. While rows are read: too many rows.
    """
    lines = iter(raw)
    filled = (line for line in lines if line.problem or line.faulty or any(map(str.strip, line.cells)))
    first = list(islice(filled, HEAD_ROWS))
    head = Head(first[0]) if sheet.named_first else find_header(first, sheet.wanted)
    if head is None:
        message = "the file is empty; the first row must name the columns"
        raise refused(sheet.path, message, "Add a row of names and rows below it", 1)
    if len(head.line.cells) > MAX_COLUMNS:
        message = f"{len(head.line.cells):,} columns, more than {MAX_COLUMNS:,}"
        raise refused(sheet.path, message, "Delete the empty columns", head.line.number)
    warnings = list(sheet.warnings)
    if head.skipped:
        above = "1 row" if head.skipped == 1 else f"{head.skipped} rows"
        warnings.append(f"{above} above the column names in row {head.line.number} left out")
    added = repair_columns(head.line.cells)
    header = without(head.line.cells, added, sheet.delimiter)
    sheet = replace(sheet, own=named(header))
    columns = sheet.parent.joined(sheet.own) if sheet.parent else sheet.own
    rest = chain(first[first.index(head.line) + 1 :], filled)
    own = tuple(name for name in header if not (added and name.startswith(EXTRA)))
    return Opened(sheet.name, own, columns, _rows(rest, header, added, columns, sheet), tuple(warnings))


def find_header(lines: Sequence[Raw], wanted: Sequence[Names] = ()) -> Head | None:
    """The line with most of the wanted columns; when none has any, the first that is about as full as most lines.

    Absent when no line can be read.
    """
    sound = [line for line in lines if not line.problem]
    if not sound:
        return None
    found = [sum(matches(names, line.cells) for names in wanted) for line in sound]
    best = sound[found.index(max(found))] if max(found) else _first_full(sound)
    return Head(best, lines.index(best))


def _first_full(lines: Sequence[Raw]) -> Raw:
    filled = [sum(bool(cell.strip()) for cell in line.cells) for line in lines]
    times = Counter(filled)
    usual = max(times, key=lambda number: (times[number], number))
    enough = usual - 1 if usual > 2 else usual  # the corner above a column of row labels is often empty
    return next(line for line, number in zip(lines, filled, strict=True) if number >= enough)


def _rows(
    lines: Iterable[Raw], header: Sequence[str], added: Mapping[str, int], columns: Sequence[str], sheet: Sheet
) -> Iterator[Row | BadRow]:
    also = aliases(sheet.wanted, columns)
    used = _used(sheet)
    for count, read in enumerate(lines, start=1):
        if count > MAX_ROWS:
            raise refused(sheet.path, f"more than {MAX_ROWS:,} rows", "Split it into several files", read.number)
        line, known, mends = take_apart(read, header, added, sheet.delimiter) if added else (read, None, "")
        if sheet.delimiter and len(line.cells) != len(header) and not line.problem:
            line = line._replace(cells=respaced(line.cells, sheet.delimiter))
        origin = known or Origin(sheet.name, line.number)
        problem = _problem(line, header, used, sheet)
        if problem is None:
            try:
                cells = _cells(line, also, sheet)
                problem = sheet.check(cells) if sheet.check else None
            except ValueError as error:
                problem = (str(error), "Correct the cell")
        if problem is None:
            yield Row(line.number, cells, origin, mends)
            continue
        yield BadRow(line.number, tuple(map(_shown, line.cells)), *problem, origin, mends)


def _problem(line: Raw, header: Sequence[str], used: frozenset[int], sheet: Sheet) -> tuple[str, str] | None:
    """Why a line cannot be used, and the remedy."""
    if line.problem:
        return line.problem, line.remedy
    for place, told in sorted(line.faulty.items()) if line.faulty else ():
        if place in used:
            return told
    return _fault(line.cells, header, sheet)


def _used(sheet: Sheet) -> frozenset[int]:
    """Places of the wanted columns; of all when none is wanted."""
    sources = [source for names in sheet.wanted for name in names if (source := find(name, sheet.own)) is not None]
    columns = {column for source in sources for column in (source.column, *source.options)}
    return frozenset(place for place, column in enumerate(sheet.own) if not sheet.wanted or column in columns)


def _cells(line: Raw, also: Sequence[Alias], sheet: Sheet) -> dict[str, str]:
    own = dict(zip(sheet.own, line.cells, strict=False))
    cells = sheet.parent.join(own) if sheet.parent else own
    if also:
        cells.update({alias.key: aliased(cells, alias) for alias in also})
    return cells


def _fault(cells: Sequence[str], header: Sequence[str], sheet: Sheet) -> tuple[str, str] | None:
    width = len(header)
    if len(cells) != width and (len(cells) < width or any(cell.strip() for cell in cells[width:])):
        remedy = "Quote cells that hold the delimiter or line breaks, or check the delimiter in datasheet.yaml"
        return f"{len(cells)} cells where the header has {width}", remedy
    if sheet.unreadable or max(map(len, cells), default=0) > MAX_CELL_CHARACTERS:
        for cell in cells:
            if len(cell) > MAX_CELL_CHARACTERS:
                return (
                    f"a cell of more than {MAX_CELL_CHARACTERS:,} characters",
                    "Shorten it, or split it into several rows",
                )
            if sheet.unreadable and any("\udc80" <= character <= "\udcff" for character in cell):
                return f"letters that are not readable as {sheet.unreadable}", "Type again what is shown as \ufffd"
    if width > 1 and cells[0] == header[0] and list(cells[:width]) == list(header):
        return "the row repeats the column names", "Delete it"
    return None


def _shown(cell: str) -> str:
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:MAX_CELL_CHARACTERS]
