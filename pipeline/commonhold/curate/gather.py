"""From a folder with a datasheet to records: every file read, every problem told at once."""

import difflib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from commonhold.curate.datasheet import DatasheetFile
from commonhold.curate.readers import read_table
from commonhold.curate.record import Record
from commonhold.curate.step import places
from commonhold.curate.tidy import tidy
from commonhold.digests import keyed_id
from commonhold.errors import FormError, MissingInputError, Problem
from commonhold.forms import Row, Table


class Gathered(NamedTuple):
    """The rows of all the files, in the datasheet's order."""

    records: list[Record]
    warnings: list[str]


def gather(folder: Path, datasheet: DatasheetFile, key: bytes) -> Gathered:
    """The records of every file that the datasheet names.

    Raises:
        FormError: files that are missing or not readable, and columns that are not there, all at once.
    """
    tables: list[tuple[str, Table]] = []
    problems: list[Problem] = []
    for index, file in enumerate(datasheet.form.files):
        try:
            table = read_table(folder, file)
        except MissingInputError:
            line = datasheet.lines.get(("files", index, "path"), 0)
            message = f"there is no file {file.path!r} in {folder}"
            problems.append(Problem(str(datasheet.path), line, f"files.{index}.path", message, "Correct the name"))
        except FormError as error:
            problems.extend(error.problems)
        else:
            tables.append((file.name, table))
            problems.extend(_missing_columns(datasheet, file.name, table))
    if problems:
        raise FormError(problems)
    rows = [(name, row) for name, table in tables for row in table.rows]
    records = [_record(datasheet, name, row, key) for name, row in rows]
    return Gathered(records, [*_repeated_ids(datasheet, rows), *_unknown_languages(datasheet, rows, records)])


def _mapped(datasheet: DatasheetFile) -> Iterator[tuple[tuple[str, str], str]]:
    """Every key of the datasheet that names a column, and the column."""
    for field, column in datasheet.form.columns:
        if column is not None:
            yield ("columns", field), column
    if datasheet.form.consent.column is not None:
        yield ("consent", "column"), datasheet.form.consent.column


def _missing_columns(datasheet: DatasheetFile, name: str, table: Table) -> Iterator[Problem]:
    for path, column in _mapped(datasheet):
        if column not in table.columns:
            near = difflib.get_close_matches(column, table.columns, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(map(repr, table.columns))}"
            message = f"{name} has no column {column!r}; {hint}"
            yield Problem(str(datasheet.path), datasheet.lines.get(path, 0), ".".join(path), message)


def _record(datasheet: DatasheetFile, name: str, row: Row, key: bytes) -> Record:
    columns, consent = datasheet.form.columns, datasheet.form.consent
    prompt, completion = row.cells[columns.prompt], row.cells[columns.completion]
    contributor = _cell(row, columns.contributor).casefold()
    return Record(
        record_id=keyed_id(key, name, str(row.number), prompt, completion),
        prompt=prompt,
        completion=completion,
        file=name,
        row=row.number,
        contributor=keyed_id(key, "contributor", contributor) if contributor else "",
        language=_language(datasheet, row),
        source=_cell(row, columns.source),
        consent=_cell(row, consent.column),
        date=_cell(row, columns.date),
    )


def _cell(row: Row, column: str | None) -> str:
    return tidy(row.cells[column]) if column is not None else ""


def _language(datasheet: DatasheetFile, row: Row) -> str:
    declared = datasheet.form.languages
    if datasheet.form.columns.language is None:
        return declared[0] if len(declared) == 1 else ""
    cell = _cell(row, datasheet.form.columns.language).casefold()
    return next((tag for tag in declared if tag.casefold() == cell), "")


def _repeated_ids(datasheet: DatasheetFile, rows: list[tuple[str, Row]]) -> Iterator[str]:
    column = datasheet.form.columns.id
    seen = Counter(row.cells[column].strip() for _, row in rows) if column is not None else Counter()
    repeated = sum(count for own_id, count in seen.items() if own_id and count > 1)
    if repeated:
        yield f"{repeated} rows share their id (column {column!r}) with another row, so an id may stand for several"


def _unknown_languages(datasheet: DatasheetFile, rows: list[tuple[str, Row]], records: list[Record]) -> Iterator[str]:
    column = datasheet.form.columns.language
    if column is None:
        return
    unknown = [
        record
        for record, (_, row) in zip(records, rows, strict=True)
        if not record.language and row.cells[column].strip()
    ]
    if unknown:
        known = ", ".join(datasheet.form.languages)
        yield (
            f"{len(unknown)} rows have a language that the datasheet does not list ({known}) "
            f"and count as undeclared: {places(unknown)}"
        )
