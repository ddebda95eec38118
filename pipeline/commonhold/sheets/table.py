"""From lines of cells to rows by column: which rows fit the header, and which were repaired."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from commonhold.sheets.columns import Alias, aliased, aliases, find, named, renamed
from commonhold.sheets.csv_rows import respaced
from commonhold.sheets.delimiter import Score
from commonhold.sheets.guesses import SPOKEN, ReadingGuess, alike_columns, hidden_columns, rows_above
from commonhold.sheets.header import HEAD_ROWS, Head, filled, find_header, name_counter
from commonhold.sheets.json_paths import Conversation
from commonhold.sheets.limits import MAX_CELL_CHARACTERS, MAX_COLUMNS, MAX_ROWS
from commonhold.sheets.repair_rows import parse_repair_row, repair_columns, without
from commonhold.sheets.repeat_groups import Parent
from commonhold.sheets.row import EXTRA, BadRow, Check, Names, Origin, Raw, Row
from commonhold.sheets.source import Source, refused
from commonhold.sheets.xlsx import SheetNames


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
    guesses: tuple[ReadingGuess, ...] = ()
    header_row: int = 0
    """Number of the row that names the columns; 0 where the format itself names them."""
    sheets: SheetNames | None = None
    """Of a workbook."""
    conversations: tuple[Conversation, ...] = ()
    """Of a JSON file: where a list of turns is in place of a text."""
    read_as: tuple[str, ...] = ()
    """Encoding, delimiter, sheet and header row, in words, whether they were guessed or declared."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was guessed, in words."""
        return tuple(map(str, self.guesses))


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known of a table before its rows are read."""

    source: Source
    requested: Sequence[Names] = ()
    score: Score | None = None
    """How many known columns a row names, where they are not the requested ones."""
    parent: Parent | None = None
    delimiter: str = ""
    """Of a text file. Its repair file puts an apostrophe before cells that a sheet program would calculate."""
    named_first: bool = False
    """Whether the first line is known to name the columns."""
    encoding: str = ""
    """Of a text file."""
    unreadable: str = ""
    """The encoding, when some bytes are not readable in it and stand as lone surrogates."""
    guesses: tuple[ReadingGuess, ...] = ()
    sheets: SheetNames | None = None
    check: Check | None = None
    strict: bool = False
    """Whether a row must have just as many cells as the header; else cells without text beyond the header are
    forgiven, and spaces before quotation marks."""
    may_lack: Callable[[str], bool] | None = None
    """Whether a row may break off before a column, which is then empty; none may when absent."""
    may_be_repairs: bool = True
    """Whether the table may be a repair file that came back."""
    own: tuple[str, ...] = field(default=())
    """The file's own columns, once the header was found."""

    @property
    def header_score(self) -> Score:
        """How many of the columns that are looked for a row names."""
        return self.score or name_counter(self.requested)


def tabulate(raw: Iterable[Raw], layout: Layout) -> Opened:
    """The rows below the header; lines above it are reported as a guess.

    Raises:
        FormError: no line with text, or too many columns. While rows are read: too many rows.
    """
    text = filled(raw)
    first = list(islice(text, HEAD_ROWS))
    head = Head(first[0]) if layout.named_first and first else find_header(first, layout.header_score)
    if head is None:
        message = "the file is empty; the first row must name the columns"
        raise refused(layout.source, message, "Add a row of names and rows below it", 1)
    if head.line.problem:
        raise refused(layout.source, head.line.problem, head.line.remedy, head.line.number)
    if len(head.line.cells) > MAX_COLUMNS:
        message = f"{len(head.line.cells):,} columns, more than {MAX_COLUMNS:,}"
        raise refused(layout.source, message, "Delete the empty columns", head.line.number)
    added = repair_columns(head.line.cells) if layout.may_be_repairs else {}
    header = without(head.line.cells, added, layout.delimiter)
    layout = replace(layout, own=named(header))
    columns = layout.parent.joined(layout.own) if layout.parent else layout.own
    rest = chain(first[first.index(head.line) + 1 :], text)
    own = tuple(name for name in header if not (added and name.startswith(EXTRA)))
    name, rows = layout.source.origin or layout.source.name, _rows(rest, header, added, columns, layout)
    guesses = tuple(_guesses(layout, head, columns))
    read_as = _read_as(layout, head.line.number)
    return Opened(name, own, columns, rows, guesses, head.line.number, layout.sheets, read_as=read_as)


def _read_as(layout: Layout, header: int) -> tuple[str, ...]:
    words = [f"encoding {layout.encoding}"] if layout.encoding else []
    words += [f"cells separated by {SPOKEN.get(layout.delimiter, repr(layout.delimiter))}"] if layout.delimiter else []
    words += [f"sheet {layout.sheets.read!r}"] if layout.sheets else []
    words += [] if layout.named_first else [f"column names in row {header}"]
    return tuple(words)


def _guesses(layout: Layout, head: Head, columns: Sequence[str]) -> Iterator[ReadingGuess]:
    yield from layout.guesses
    if head.skipped:
        yield rows_above(head.skipped, head.line.number)
    if other := renamed(layout.requested, columns):
        yield alike_columns(other)
    if layout.sheets:
        yield from layout.sheets.guesses
        hidden = [layout.own[index] for index in sorted(_used(layout)) if index in layout.sheets.hidden_columns]
        if hidden and layout.requested:
            yield hidden_columns(hidden)


def _rows(
    lines: Iterable[Raw], header: Sequence[str], added: Mapping[str, int], columns: Sequence[str], layout: Layout
) -> Iterator[Row | BadRow]:
    also = aliases(layout.requested, columns)
    used = _used(layout)
    width, least = len(header), _least(header, layout)
    name = layout.source.origin or layout.source.name
    for count, read in enumerate(lines, start=1):
        if count > MAX_ROWS:
            raise refused(layout.source, f"more than {MAX_ROWS:,} rows", "Split it into several files", read.number)
        line, identity, repairs = parse_repair_row(read, header, added, layout.delimiter) if added else (read, None, "")
        if len(line.cells) != width and not (line.problem or layout.strict):
            line = _fitted(line, least, width, layout.delimiter)
        origin = identity or Origin(name, line.number)
        problem = _problem(line, header, used, layout)
        if problem is None:
            try:
                cells = _cells(line, also, layout)
                problem = layout.check(cells) if layout.check else None
            except ValueError as error:
                problem = (str(error), "Correct the cell")
        if problem is None:
            yield Row(line.number, cells, origin, repairs)
            continue
        yield BadRow(line.number, tuple(map(_shown, line.cells)), *problem, origin, repairs)


def _least(header: Sequence[str], layout: Layout) -> int:
    """How many cells a row must have."""
    least = len(header)
    while least and layout.may_lack and layout.may_lack(header[least - 1]):
        least -= 1
    return least


def _fitted(line: Raw, least: int, width: int, delimiter: str) -> Raw:
    """A row with another number of cells than the header, as far as it can be repaired without doubt."""
    cells = respaced(line.cells, delimiter) if delimiter else line.cells
    if least <= len(cells) < width:
        cells = [*cells, *[""] * (width - len(cells))]
    return line._replace(cells=cells)


def _problem(line: Raw, header: Sequence[str], used: frozenset[int], layout: Layout) -> tuple[str, str] | None:
    """Why a line cannot be used, and the remedy."""
    if line.problem:
        return line.problem, line.remedy
    for index, fault in sorted(line.faulty.items()) if line.faulty else ():
        if index in used:
            return fault
    return _fault(line.cells, header, layout)


def _used(layout: Layout) -> frozenset[int]:
    """Indices of the requested columns; of all when none is requested."""
    sources = [source for names in layout.requested for name in names if (source := find(name, layout.own)) is not None]
    columns = {column for source in sources for column in (source.column, *source.options)}
    return frozenset(index for index, column in enumerate(layout.own) if not layout.requested or column in columns)


def _cells(line: Raw, also: Sequence[Alias], layout: Layout) -> dict[str, str]:
    own = dict(zip(layout.own, line.cells, strict=False))
    cells = layout.parent.join(own) if layout.parent else own
    if also:
        cells.update({alias.key: aliased(cells, alias) for alias in also})
    return cells


def _fault(cells: Sequence[str], header: Sequence[str], layout: Layout) -> tuple[str, str] | None:
    width = len(header)
    if len(cells) != width and (layout.strict or len(cells) < width or any(cell.strip() for cell in cells[width:])):
        settings = layout.source.settings
        other = f"check the delimiter in {settings}" if settings else "save the table as CSV again"
        remedy = f"Quote cells that hold the delimiter or line breaks, or {other}"
        return f"{len(cells)} cells where the header has {width}", remedy
    if layout.unreadable or max(map(len, cells), default=0) > MAX_CELL_CHARACTERS:
        for cell in cells:
            if len(cell) > MAX_CELL_CHARACTERS:
                return (
                    f"a cell of more than {MAX_CELL_CHARACTERS:,} characters",
                    "Shorten it, or split it into several rows",
                )
            if layout.unreadable and any("\udc80" <= character <= "\udcff" for character in cell):
                return f"letters that are not readable as {layout.unreadable}", "Type again what is shown as \ufffd"
    if width > 1 and cells[0] == header[0] and list(cells[:width]) == list(header):
        return "the row repeats the column names", "Delete it"
    return None


def _shown(cell: str) -> str:
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:MAX_CELL_CHARACTERS]
