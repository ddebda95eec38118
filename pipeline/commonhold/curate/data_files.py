"""The door of this folder: a file that a datasheet names, opened as rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path, PurePosixPath

from commonhold.curate.datasheet import DOCUMENTS, OBJECTS, PARQUET, PLAIN, WORKBOOKS, DataFile
from commonhold.errors import MissingInputError
from commonhold.sheets.columns import missing
from commonhold.sheets.csv_rows import delimited_rows, find_delimiter
from commonhold.sheets.encodings import find_encoding
from commonhold.sheets.isolated import Kind, isolated_rows
from commonhold.sheets.jsonl import open_objects
from commonhold.sheets.limits import check_file, refused
from commonhold.sheets.parquet import parquet_rows
from commonhold.sheets.plain_text import plain_sections
from commonhold.sheets.repeat_groups import PARENT_TABLE, Parent, parent_of
from commonhold.sheets.row import Check, Names, Raw
from commonhold.sheets.table import HEAD_ROWS, Opened, Sheet, find_header, tabulate
from commonhold.sheets.xlsx import is_zip, sheet_names, sheet_rows

DOCUMENT_COLUMNS = ("document", "heading", "text", "page", "number")
KINDS: dict[str, Kind] = {".docx": "docx", ".html": "html", ".htm": "html", ".pdf": "pdf"}
MAX_GENERATIONS = 8
"""Repeat groups inside repeat groups."""


def open_rows(folder: Path, file: DataFile, wanted: Sequence[Names] = (), check: Check | None = None) -> Opened:
    """The rows of one file, cells as text: usable ones and bad ones, in the order of the file.

    `wanted` are the columns that the datasheet maps. They tell where the header stands and what separates the cells,
    and each one's cell is found under its first name, whichever of its names the file has; `missing_columns` says which
    are not there. `check` looks at every row's cells. CSV, JSON lines, Parquet and text files are read as a stream, the
    rest as a whole.

    Raises:
        MissingInputError: there is no such file.
        FormError: the file as a whole cannot be read. While rows are read: it is too long, or breaks off.
    """
    path = folder / file.path
    check_file(path)
    if file.suffix in OBJECTS:
        return open_objects(path, file.name, find_encoding(path, file.encoding), wanted, check)
    if file.suffix in DOCUMENTS:
        return _document(path, file, Sheet(path, file.name, wanted, named_first=True, check=check))
    raw, sheet = _table(path, file, wanted)
    first, raw = _look(raw)
    head = find_header(first, wanted)
    own = tuple(cell.strip() for cell in head.line.cells) if head else ()
    parent = _parent(folder, file, own, first[head.skipped + 1 :] if head else [])
    return tabulate(raw, replace(sheet, parent=parent, check=check))


def expand(folder: Path, file: DataFile) -> tuple[DataFile, ...]:
    """The single files behind `documents/*.docx` or `documents/`, in the order of their names; else the file itself.

    Raises:
        MissingInputError: nothing matches.
    """
    if file.path.endswith("/"):
        found = [path for path in (folder / file.path).rglob("*") if path.suffix.lower() in DOCUMENTS]
    elif "*" in file.path or "?" in file.path:
        found = list(folder.glob(file.path))
    else:
        return (file,)
    base = folder.resolve()
    inside = (path for path in found if path.is_file() and path.resolve().is_relative_to(base))
    seen = (path.relative_to(folder) for path in inside)
    names = sorted(path.as_posix() for path in seen if not path.name.startswith(("~$", ".")))
    if not names:
        raise MissingInputError(f"{folder / file.path}: no file matches. Check the name in datasheet.yaml")
    return tuple(file.model_copy(update={"path": name}) for name in names)


def missing_columns(opened: Opened, wanted: Sequence[Names]) -> list[Names]:
    """The wanted columns that an opened file has under none of their names."""
    return missing(wanted, opened.columns)


def _table(path: Path, file: DataFile, wanted: Sequence[Names]) -> tuple[Iterator[Raw], Sheet]:
    if file.suffix in PARQUET:
        return parquet_rows(path, wanted), Sheet(path, file.name, wanted, named_first=True)
    if file.suffix in WORKBOOKS:
        return _sheet(path, file.sheet), Sheet(path, file.name, wanted)
    encoding = find_encoding(path, file.encoding)
    warnings = [encoding.warning]
    if (delimiter := file.delimiter) is None:
        delimiter, warning = find_delimiter(path, encoding, file.suffix, wanted)
        warnings.append(warning)
    told = tuple(warning for warning in warnings if warning)
    unreadable = encoding.name if encoding.errors != "strict" else ""
    sheet = Sheet(path, file.name, wanted, delimiter=delimiter, unreadable=unreadable, warnings=told)
    return delimited_rows(path, encoding, delimiter), sheet


def _sheet(path: Path, sheet: str | None) -> Iterator[Raw]:
    """An `.xlsx` or `.xlsm` is read here, once its XML was looked through; the others where they can do no harm."""
    if path.suffix.lower() in (".xlsx", ".xlsm") and is_zip(path):
        return sheet_rows(path, sheet)
    return isolated_rows("sheet", path, sheet or "")


def _look(raw: Iterable[Raw]) -> tuple[list[Raw], Iterator[Raw]]:
    """The lines among which the header is, and all lines again."""
    lines = iter(raw)
    first = list(
        islice((line for line in lines if line.problem or line.faulty or any(map(str.strip, line.cells))), HEAD_ROWS)
    )
    return first, chain(first, lines)


def _parent(folder: Path, file: DataFile, own: Sequence[str], rows: Sequence[Raw], above: int = 0) -> Parent | None:
    """The table that the datasheet names as parent, or that the rows themselves name."""
    path = folder / file.path
    name = file.parent
    if name is None and file.suffix in WORKBOOKS and PARENT_TABLE in own:
        named = next((row.cells[own.index(PARENT_TABLE)] for row in rows if not row.problem), "")
        name = next((each for each in sheet_names(path) if named and named.startswith(each)), None)
    if name is None or above >= MAX_GENERATIONS:
        return None
    other = file.model_copy(
        update={"parent": None, "sheet": name} if file.suffix in WORKBOOKS else {"parent": None, "path": name}
    )
    raw, sheet = _table(folder / other.path, other, ())
    first, raw = _look(raw)
    head = find_header(first)
    columns = tuple(cell.strip() for cell in head.line.cells) if head else ()
    grandparent = _parent(folder, other, columns, first[head.skipped + 1 :] if head else [], above + 1)
    opened = tabulate(raw, replace(sheet, parent=grandparent))
    found = parent_of(name, opened.columns, opened.rows, own)
    if found is None:
        message = f"no column links its rows to those of {name!r}"
        remedy = "Export _parent_index and _index (KoboToolbox) or PARENT_KEY and KEY (ODK), or remove 'parent'"
        raise refused(path, message, remedy)
    return found


def _document(path: Path, file: DataFile, sheet: Sheet) -> Opened:
    if file.suffix not in PLAIN:
        return tabulate(_document_rows(path, file, isolated_rows(KINDS[file.suffix], path)), sheet)
    encoding = find_encoding(path, file.encoding)
    unreadable = encoding.name if encoding.errors != "strict" else ""
    warnings = (encoding.warning,) if encoding.warning else ()
    rows = _document_rows(path, file, plain_sections(path, encoding))
    return tabulate(rows, replace(sheet, unreadable=unreadable, warnings=warnings))


def _document_rows(path: Path, file: DataFile, sections: Iterable[Raw]) -> Iterator[Raw]:
    yield Raw(0, DOCUMENT_COLUMNS)
    empty = True
    for number, (heading, text, page), *_ in sections:
        empty = False
        yield Raw(number, (PurePosixPath(file.path).as_posix(), heading, text, page, str(number)))
    if empty:
        raise refused(path, "no text is in it", "Remove it from datasheet.yaml, or check that it is the right file")
