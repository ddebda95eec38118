"""The files that a datasheet names: which they are, and each one opened as rows."""

from collections.abc import Sequence
from pathlib import Path

from commonhold.curate.rows.datasheet import FILE_NAME, DataFile
from commonhold.errors import MissingInputError
from commonhold.sheets.file_kinds import DOCUMENTS, WORKBOOKS
from commonhold.sheets.open_rows import FileSettings
from commonhold.sheets.open_rows import open_rows as open_source
from commonhold.sheets.row import Check, Names
from commonhold.sheets.source import Source, SourceFolder
from commonhold.sheets.table import Opened


def source_of(folder: SourceFolder, file: DataFile) -> Source:
    """Where a data file is, and what it is called; rows say that they come from its name in the datasheet."""
    return folder.source(file.path, file.name, FILE_NAME)


def open_rows(
    folder: Path | SourceFolder,
    file: DataFile,
    columns: Sequence[Names] = (),
    check: Check | None = None,
    languages: Sequence[str] = (),
) -> Opened:
    """The rows of one file of a folder, read as the datasheet says; see `commonhold.sheets.open_rows`.

    Raises:
        MissingInputError: there is no such file.
        FormError: the file as a whole cannot be read. While rows are read: it is too long, or breaks off.
    """
    source = SourceFolder.at(folder)
    parent = None
    if file.parent is not None and file.suffix not in WORKBOOKS:
        parent = source_of(source, file.model_copy(update={"parent": None, "path": file.parent}))
    declared = FileSettings(file.encoding, file.delimiter, file.sheet, parent, file.parent, tuple(languages))
    return open_source(source_of(source, file), declared, columns, check)


def expand(folder: Path | SourceFolder, file: DataFile) -> tuple[DataFile, ...]:
    """The single files behind `documents/*.docx` or `documents/`, in the order of their names; else the file itself.

    Raises:
        MissingInputError: nothing matches.
    """
    source = SourceFolder.at(folder)
    if file.path.endswith("/"):
        matches = [path for path in (source.path / file.path).rglob("*") if path.suffix.lower() in DOCUMENTS]
    elif "*" in file.path or "?" in file.path:
        matches = list(source.path.glob(file.path))
    else:
        return (file,)
    base = source.path.resolve()
    inside = (path for path in matches if path.is_file() and path.resolve().is_relative_to(base))
    seen = (path.relative_to(source.path) for path in inside)
    names = sorted(path.as_posix() for path in seen if not path.name.startswith(("~$", ".")))
    if not names:
        raise MissingInputError(f"{source.shown / file.path}: no file matches. Check the name in {FILE_NAME}")
    return tuple(file.model_copy(update={"path": name}) for name in names)
