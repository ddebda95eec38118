"""The door of this room: a file of any kind, opened as rows."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePath

from commonhold.sheets.columns import missing
from commonhold.sheets.csv_rows import delimited_rows
from commonhold.sheets.delimiter import find_delimiter
from commonhold.sheets.encodings import find_encoding
from commonhold.sheets.file_kinds import DOCUMENTS, OBJECTS, PARQUET, PLAIN, WORKBOOKS
from commonhold.sheets.guesses import spoken
from commonhold.sheets.header import find_header, head_of, name_counter
from commonhold.sheets.isolated import DocumentKind, isolated_sections, isolated_sheet
from commonhold.sheets.jsonl import open_objects
from commonhold.sheets.limits import check_file
from commonhold.sheets.parquet import parquet_rows
from commonhold.sheets.plain_text import plain_sections
from commonhold.sheets.repeat_groups import PARENT_TABLE, Parent, parent_of
from commonhold.sheets.row import Check, Names, Raw
from commonhold.sheets.source import Source, refused
from commonhold.sheets.table import Layout, Opened, tabulate
from commonhold.sheets.wrong_kind import check_kind
from commonhold.sheets.xlsx import SheetNames, Typed, is_compound, is_zip, sheet_rows

DOCUMENT_COLUMNS = ("document", "heading", "text", "page", "number")
KINDS: dict[str, DocumentKind] = {".docx": "docx", ".html": "html", ".htm": "html", ".pdf": "pdf"}
MAX_GENERATIONS = 8
"""Repeat groups inside repeat groups."""


@dataclass(frozen=True, slots=True)
class FileSettings:
    """What a person has declared of a file; what is left out is found, and reported where it may be wrong."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    parent: Source | None = None
    """The table to whose rows these rows belong, where it is a file of its own."""
    parent_name: str | None = None
    """That table's name in messages, or the sheet of the same workbook that it is."""
    languages: tuple[str, ...] = ()
    """BCP 47 tags, by whose letters an encoding is guessed; every language when empty."""


def open_rows(
    source: Source, declared: FileSettings | None = None, requested: Sequence[Names] = (), check: Check | None = None
) -> Opened:
    """The rows of one file, cells as text: usable ones and bad ones, in the order of the file.

    `requested` are the columns that are looked for. They tell where the header is and what separates the cells, and
    each one's cell is found under its first name, whichever of its names the file has; `missing_columns` says which
    are not there. `check` looks at every row's cells. CSV, JSON lines, Parquet and text files are read as a stream, the
    rest as a whole.

    Raises:
        MissingInputError: there is no such file.
        FormError: the file as a whole cannot be read. While rows are read: it is too long, or breaks off.
    """
    declared = declared or FileSettings()
    check_file(source)
    check_kind(source)
    if source.suffix in OBJECTS:
        return open_objects(source, find_encoding(source, declared.encoding, declared.languages), requested, check)
    if source.suffix in DOCUMENTS:
        return _document(source, declared, Layout(source, requested, named_first=True, check=check))
    raw, layout = open_table(source, declared, Layout(source, requested))
    first, raw = head_of(raw)
    head = find_header(first, layout.header_score)
    own = tuple(cell.strip() for cell in head.line.cells) if head else ()
    parent = _parent(layout, declared, own, first[head.skipped + 1 :] if head else [])
    return tabulate(raw, replace(layout, parent=parent, check=check))


def missing_columns(opened: Opened, requested: Sequence[Names]) -> list[Names]:
    """The requested columns that an opened file has under none of their names."""
    return missing(requested, opened.columns)


def open_table(source: Source, declared: FileSettings, layout: Layout) -> tuple[Iterator[Raw], Layout]:
    """The lines of a table, header and all, and what had to be found out about it."""
    if source.suffix in PARQUET:
        return parquet_rows(source, layout.requested), replace(layout, named_first=True)
    if source.suffix in WORKBOOKS:
        names, lines = open_sheet(source, declared.sheet)
        return lines, replace(layout, sheets=names)
    encoding = find_encoding(source, declared.encoding, declared.languages)
    delimiter = find_delimiter(source, encoding, layout.header_score, declared.delimiter)
    rows = delimited_rows(source, encoding, delimiter.character)
    unreadable = encoding.name if encoding.errors != "strict" else ""
    guesses = tuple(guess for guess in (encoding.guess, delimiter.guess) if guess)
    layout = replace(
        layout, delimiter=delimiter.character, encoding=spoken(encoding.name), unreadable=unreadable, guesses=guesses
    )
    return islice(rows, 1, None) if delimiter.line_above else rows, layout


def open_sheet(
    source: Source, sheet: str | None, typed: Typed = "data"
) -> tuple[SheetNames, Generator[Raw, None, None]]:
    """One sheet of a workbook, and the names of the others.

    An `.xlsx` or `.xlsm` is read here, once its XML was looked through; the others where they can do no harm.
    """
    packed = is_zip(source)
    apart = is_compound(source) or (packed and source.suffix not in (".xlsx", ".xlsm"))
    parts = isolated_sheet(source, sheet, typed) if apart else sheet_rows(source, sheet, typed)
    names = next(parts)
    assert isinstance(names, SheetNames)
    return names, (row for row in parts if isinstance(row, Raw))


def sheet_names(source: Source) -> SheetNames:
    """The names of a workbook's sheets, and which one is read when none is named.

    Raises:
        MissingInputError: there is no such file.
        FormError: it cannot be read.
    """
    if is_zip(source) and source.suffix in (".xlsx", ".xlsm"):
        names = next(sheet_rows(source, names_only=True))
        assert isinstance(names, SheetNames)
        return names
    names, rows = open_sheet(source, None)
    rows.close()
    return names


def _parent(
    layout: Layout, declared: FileSettings, own: Sequence[str], rows: Sequence[Raw], above: int = 0
) -> Parent | None:
    """The table that a person names as parent, or that the rows themselves name."""
    source, name = layout.source, declared.parent_name
    if name is None and layout.sheets and PARENT_TABLE in own:
        named = next((row.cells[own.index(PARENT_TABLE)] for row in rows if not row.problem), "")
        name = next((each for each in layout.sheets.names if named and named.startswith(each)), None)
    if name is None or above >= MAX_GENERATIONS:
        return None
    other = declared.parent or source
    settings = replace(declared, parent=None, parent_name=None, sheet=None if declared.parent else name)
    check_file(other)
    check_kind(other)
    raw, layout = open_table(other, settings, Layout(other))
    first, raw = head_of(raw)
    head = find_header(first, name_counter(()))
    columns = tuple(cell.strip() for cell in head.line.cells) if head else ()
    grandparent = _parent(layout, settings, columns, first[head.skipped + 1 :] if head else [], above + 1)
    opened = tabulate(raw, replace(layout, parent=grandparent))
    parent = parent_of(name, opened.columns, opened.rows, own)
    if parent is None:
        message = f"no column links its rows to those of {name!r}"
        remedy = "Export _parent_index and _index (KoboToolbox) or PARENT_KEY and KEY (ODK), or remove 'parent'"
        raise refused(source, message, remedy)
    return parent


def _document(source: Source, declared: FileSettings, layout: Layout) -> Opened:
    if source.suffix not in PLAIN:
        return tabulate(_document_rows(source, isolated_sections(source, KINDS[source.suffix])), layout)
    encoding = find_encoding(source, declared.encoding, declared.languages)
    unreadable = encoding.name if encoding.errors != "strict" else ""
    rows = _document_rows(source, plain_sections(source, encoding))
    guesses = (encoding.guess,) if encoding.guess else ()
    return tabulate(rows, replace(layout, encoding=spoken(encoding.name), unreadable=unreadable, guesses=guesses))


def _document_rows(source: Source, sections: Iterable[Raw]) -> Iterator[Raw]:
    yield Raw(0, DOCUMENT_COLUMNS)
    empty, document = True, PurePath(source.origin or source.name).as_posix()
    for number, (heading, text, page), *_ in sections:
        empty = False
        yield Raw(number, (document, heading, text, page, str(number)))
    if empty:
        remove = f"Remove it from {source.settings}" if source.settings else "Remove it"
        raise refused(source, "no text is in it", f"{remove}, or check that it is the right file")
