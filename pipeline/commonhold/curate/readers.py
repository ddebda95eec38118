"""Files of rows as people send them: CSV, JSON lines and spreadsheets, all as one kind of table of text."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commonhold.curate.datasheet import OBJECTS, TABLES, DataFile
from commonhold.curate.workbook import read_workbook
from commonhold.errors import FormError, Problem
from commonhold.forms import Row, Table, read_csv, read_text

UTF_8 = "utf-8-sig"


def read_table(folder: Path, file: DataFile) -> Table:
    """The rows of one file, cells as text.

    Raises:
        MissingInputError: there is no such file.
        FormError: it is not readable, with every row that is wrong.
    """
    path = folder / file.path
    if file.suffix in TABLES:
        delimiter = file.delimiter or ("\t" if file.suffix == ".tsv" else ",")
        return read_csv(path, file.encoding or UTF_8, delimiter)
    if file.suffix in OBJECTS:
        return read_objects(path, file.encoding or UTF_8)
    return read_workbook(path, file.sheet)


def read_objects(path: Path, encoding: str = UTF_8) -> Table:
    """Rows of a JSON lines file: one flat object a line, numbers as they are written, null as an empty cell.

    The columns are the keys of all the objects; a key that a line leaves out is an empty cell.

    Raises:
        MissingInputError: there is no such file.
        FormError: lines that are not JSON, not an object, repeat a key, nest, or hold NaN; all of them at once.
    """
    problems: list[Problem] = []
    found: list[tuple[int, dict[str, str]]] = []
    for number, line in enumerate(read_text(path, encoding).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append((number, _cells(line)))
        except (ValueError, RecursionError) as error:
            problems.append(Problem(str(path), number, f"row {number}", _cause(error), "Write one JSON object a line"))
    if problems:
        raise FormError(problems)
    if not found:
        raise FormError([Problem(str(path), 0, "", "the file is empty", "Write one JSON object a line")])
    columns = tuple(dict.fromkeys(key for _, cells in found for key in cells))
    return Table(columns, tuple(Row(number, {**dict.fromkeys(columns, ""), **cells}) for number, cells in found))


def _cause(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not readable as JSON at character {error.pos + 1}: {error.msg}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _cells(line: str) -> dict[str, str]:
    value = json.loads(line, object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    if not isinstance(value, dict):
        raise ValueError("not an object with keys and values")
    cells = {key: _cell(key, content) for key, content in value.items()}
    for text in (*cells, *cells.values()):
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise ValueError("half of a character (a lone surrogate such as \\ud83d)")
    return cells


def _cell(key: str, content: Any) -> str:
    if isinstance(content, bool):
        return "true" if content else "false"
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    raise ValueError(f"the value of {key!r} is a list or an object; a cell holds text, a number, true, false or null")


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for key, content in pairs:
        if key in value:
            raise ValueError(f"the key {key!r} stands twice")
        value[key] = content
    return value


def _refuse_constant(name: str) -> str:
    raise ValueError(f"{name} is not a number of JSON")
