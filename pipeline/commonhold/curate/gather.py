"""From a folder with a datasheet to records: every file read, every problem told at once."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from commonhold.curate.datasheet import DataFile, DatasheetFile
from commonhold.curate.read.open import expand, missing_columns, open_rows
from commonhold.curate.read.row import BadRow, Names, Row
from commonhold.curate.record import Record
from commonhold.curate.step import places
from commonhold.curate.tidy import tidy
from commonhold.digests import keyed_id
from commonhold.errors import FormError, MissingInputError, Problem

MOST_TOLD = 50
"""Rows named when no row at all can be read."""


class Gathered(NamedTuple):
    """The rows of all the files, in the datasheet's order."""

    records: list[Record]
    warnings: list[str]


class Part(NamedTuple):
    """What one file holds."""

    file: DataFile
    header: tuple[str, ...]
    rows: list[Row]
    bad: list[BadRow]
    warnings: tuple[str, ...]


def gather(folder: Path, datasheet: DatasheetFile, key: bytes) -> Gathered:
    """The records of every file that the datasheet names; rows that cannot be read are left out and warned of.

    Raises:
        FormError: files that are missing or not readable, and columns that are not there, all at once; or no row of
            any file can be read.
    """
    parts = settle(read_files(folder, datasheet))
    rows = [row for part in parts for row in part.rows]
    bad = [each for part in parts for each in part.bad]
    if bad and not rows:
        raise FormError([_problem(folder, each) for each in bad[:MOST_TOLD]])
    columns = datasheet.form.columns.named()
    records = [_record(datasheet, columns, row, key) for row in rows]
    warnings = [f"{part.file.name}: {warning}" for part in parts for warning in part.warnings]
    warnings += [_unreadable(part) for part in parts if part.bad]
    warnings += [*_repeated_ids(columns, rows), *_unknown_languages(datasheet, columns, rows, records)]
    return Gathered(records, warnings)


def read_files(folder: Path, datasheet: DatasheetFile) -> list[Part]:
    """Every file with its rows, patterns expanded.

    Raises:
        FormError: files that are missing or not readable, and columns that are not there, all at once.
    """
    mapped = dict(_mapped(datasheet))
    parts: list[Part] = []
    problems: list[Problem] = []
    for index, listed in enumerate(datasheet.form.files):
        try:
            files = expand(folder, listed)
        except MissingInputError:
            problems.append(_no_file(datasheet, index, listed, folder))
            continue
        for file in files:
            try:
                opened = open_rows(folder, file, tuple(mapped.values()))
                problems += _missing(
                    datasheet, mapped, file, opened.columns, missing_columns(opened, (*mapped.values(),))
                )
                rows, bad = list[Row](), list[BadRow]()
                for row in opened.rows:
                    (rows if isinstance(row, Row) else bad).append(row)  # type: ignore[arg-type]
                parts.append(Part(file, opened.header, rows, bad, opened.warnings))
            except MissingInputError:
                problems.append(_no_file(datasheet, index, file, folder))
            except FormError as error:
                problems.extend(error.problems)
    if problems:
        raise FormError(problems)
    return parts


def settle(parts: Sequence[Part]) -> list[Part]:
    """Bad rows that were mended are bad no more, and rows that were mended twice over count once.

    A mended row stands for the bad row whose identity it bears; of a row that is still bad in several files, the last
    listed counts. Where the sheet itself was corrected as well, its row counts and the mended one is left out.
    """
    mended = {row.mends for part in parts for row in part.rows}
    mended |= {bad.mends for part in parts for bad in part.bad if bad.mends != bad.identity}
    last = {bad.identity: bad for part in parts for bad in part.bad}
    taken = {row.origin for part in parts for row in part.rows if not row.mends}
    settled = []
    for part in parts:
        rows = []
        for row in part.rows:
            if row.mends and row.origin in taken:
                continue
            taken.add(row.origin)
            rows.append(row)
        again = len(part.rows) - len(rows)
        told = (f"{again} mended rows can be read in their own file too and count once",) if again else ()
        bad = [each for each in part.bad if each.identity not in mended and last[each.identity] is each]
        settled.append(part._replace(rows=rows, bad=bad, warnings=(*part.warnings, *told)))
    return settled


def _mapped(datasheet: DatasheetFile) -> Iterator[tuple[tuple[str, str], Names]]:
    """Every key of the datasheet that names a column, and the column's names."""
    for field, names in datasheet.form.columns.named().items():
        yield ("columns", field), names
    if datasheet.form.consent.column is not None:
        yield ("consent", "column"), (datasheet.form.consent.column,)


def _no_file(datasheet: DatasheetFile, index: int, file: DataFile, folder: Path) -> Problem:
    line = datasheet.lines.get(("files", index, "path"), 0)
    message = f"there is no file {file.path!r} in {folder}"
    return Problem(str(datasheet.path), line, f"files.{index}.path", message, "Correct the name")


def _missing(
    datasheet: DatasheetFile,
    mapped: Mapping[tuple[str, str], Names],
    file: DataFile,
    columns: Sequence[str],
    missing: Sequence[Names],
) -> Iterator[Problem]:
    for path, names in mapped.items():
        if names in missing:
            column = names[0]
            twice = [each for each in columns if each.startswith(f"{column} (")]
            near = twice or difflib.get_close_matches(column, columns, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(map(repr, columns[:30]))}"
            message = f"{file.name} has no column {column!r}; {hint}"
            yield Problem(str(datasheet.path), datasheet.lines.get(path, 0), ".".join(path), message)


def _problem(folder: Path, bad: BadRow) -> Problem:
    place = str(folder / bad.origin.file)
    return Problem(place, bad.origin.row, f"row {bad.origin.row}", bad.problem, bad.remedy)


def _unreadable(part: Part) -> str:
    named = ", ".join(f"{bad.origin} ({bad.problem})" for bad in part.bad[:5])
    more = f" and {len(part.bad) - 5} more" if len(part.bad) > 5 else ""
    return f"{len(part.bad)} rows of {part.file.name} cannot be read and were left out: {named}{more}"


def _record(datasheet: DatasheetFile, columns: Mapping[str, Names], row: Row, key: bytes) -> Record:
    prompt, completion = row.cells.get(columns["prompt"][0], ""), row.cells.get(columns["completion"][0], "")
    contributor = _cell(row, columns, "contributor").casefold()
    consent = datasheet.form.consent.column
    file, number = row.origin
    return Record(
        record_id=keyed_id(key, file, str(number), prompt, completion),
        prompt=prompt,
        completion=completion,
        file=file,
        row=number,
        contributor=keyed_id(key, "contributor", contributor) if contributor else "",
        language=_language(datasheet, columns, row),
        source=_cell(row, columns, "source"),
        consent=tidy(row.cells.get(consent, "")) if consent is not None else "",
        date=_cell(row, columns, "date"),
    )


def _cell(row: Row, columns: Mapping[str, Names], field: str) -> str:
    return tidy(row.cells.get(columns[field][0], "")) if field in columns else ""


def _language(datasheet: DatasheetFile, columns: Mapping[str, Names], row: Row) -> str:
    declared = datasheet.form.languages
    if "language" not in columns:
        return declared[0] if len(declared) == 1 else ""
    cell = _cell(row, columns, "language").casefold()
    return next((tag for tag in declared if tag.casefold() == cell), "")


def _repeated_ids(columns: Mapping[str, Names], rows: Sequence[Row]) -> Iterator[str]:
    if "id" not in columns:
        return
    column = columns["id"][0]
    seen = Counter(row.cells.get(column, "").strip() for row in rows)
    repeated = sum(count for own_id, count in seen.items() if own_id and count > 1)
    if repeated:
        yield f"{repeated} rows share their id (column {column!r}) with another row, so an id may stand for several"


def _unknown_languages(
    datasheet: DatasheetFile, columns: Mapping[str, Names], rows: Sequence[Row], records: Sequence[Record]
) -> Iterator[str]:
    unknown = [
        record
        for record, row in zip(records, rows, strict=True)
        if "language" in columns and not record.language and _cell(row, columns, "language")
    ]
    if unknown:
        known = ", ".join(datasheet.form.languages)
        yield (
            f"{len(unknown)} rows have a language that the datasheet does not list ({known}) "
            f"and count as undeclared: {places(unknown)}"
        )
