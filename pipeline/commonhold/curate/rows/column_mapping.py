"""Which columns a datasheet asks for, and what to say where a file has them not."""

import difflib
from collections.abc import Iterator, Mapping, Sequence

from commonhold.curate.rows.datasheet import DataFile, Datasheet, DatasheetFile
from commonhold.errors import Problem
from commonhold.number_format import listed
from commonhold.sheets.columns import alike
from commonhold.sheets.row import Names

Key = tuple[str, ...]
Place = tuple[str | int, ...]
"""Keys and places in lists that lead to a value of the datasheet."""


def asked_columns(form: Datasheet) -> dict[Key, Names]:
    """Every key of the datasheet that names a column, with the names that the column goes by."""
    asked: dict[Key, Names] = {("columns", field): names for field, names in form.columns.named().items()}
    asked.update({("consent", *key): (column,) for key, column in form.consent.mapped()})
    asked.update({("personal", kind, column): (column,) for kind, column in form.personal.columns()})
    return asked


def missing_file(datasheet: DatasheetFile, key: Place, name: str) -> Problem:
    """There is no such file; `key` names it in the datasheet."""
    message = f"there is no file {name!r} in {datasheet.path.parent}"
    line = datasheet.lines.get(key, 0)
    return Problem(str(datasheet.path), line, ".".join(map(str, key)), message, "Correct the name")


def listed_twice(datasheet: DatasheetFile, index: int, file: DataFile, first: int) -> Problem:
    """A file that an entry names, by a pattern perhaps, and that the entry `first` named before."""
    line = datasheet.lines.get(("files", index, "path"), 0)
    message = f"{file.name!r} is listed already (files.{first})"
    return Problem(
        str(datasheet.path), line, f"files.{index}.path", message, "Keep one of the two, or narrow the pattern"
    )


def no_sheet(datasheet: DatasheetFile, index: int, message: str) -> Problem:
    """No sheet of the workbook that an entry names has the columns."""
    line = datasheet.lines.get(("files", index, "path"), 0)
    remedy = "Correct the names under columns, or name the sheet (sheet: NAME)"
    return Problem(str(datasheet.path), line, f"files.{index}.path", message, remedy)


def missing_columns_problems(
    datasheet: DatasheetFile, file: DataFile, columns: Sequence[str], missing: Sequence[Names]
) -> Iterator[Problem]:
    """One problem for each key that names a column which a file has not."""
    for key, names in asked_columns(datasheet.form).items():
        if names in missing:
            column = names[0]
            if len(either := alike(column, columns)) > 1:
                message = f"{file.name} has the columns {listed([*map(repr, either)])}; each may be {column!r}"
                remedy = f"Write the one that is meant, such as {either[0]!r}"
                yield Problem(str(datasheet.path), _line(datasheet.lines, key), ".".join(key[:2]), message, remedy)
                continue
            twice = [each for each in columns if each.startswith(f"{column} (")]
            near = twice or difflib.get_close_matches(column, columns, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(map(repr, columns[:30]))}"
            message = f"{file.name} has no column {column!r}; {hint}"
            yield Problem(str(datasheet.path), _line(datasheet.lines, key), ".".join(key[:2]), message)


def _line(lines: Mapping[tuple[str | int, ...], int], key: Key) -> int:
    return next((lines[key[:length]] for length in range(len(key), 0, -1) if key[:length] in lines), 0)
