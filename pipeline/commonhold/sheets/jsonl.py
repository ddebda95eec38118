"""Rows of a JSON lines file: one flat object a line, numbers as they are written, null as an empty cell."""

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from commonhold.sheets.columns import aliased, aliases, missing
from commonhold.sheets.csv_rows import text_lines
from commonhold.sheets.encodings import Encoding
from commonhold.sheets.limits import MAX_CELL_CHARACTERS, MAX_ROWS, refused
from commonhold.sheets.row import REPAIRED, BadRow, Check, Names, Origin, Row, read_identity
from commonhold.sheets.table import Opened

LINE = "line"
"""The one column of a repair file of JSON lines: the line as it stood."""
REMEDY = "Write one JSON object a line"


def open_objects(
    path: Path, name: str, encoding: Encoding, wanted: Sequence[Names] = (), check: Check | None = None
) -> Opened:
    """The rows of a JSON lines file; streams, after a look at as many lines as it takes to see every wanted column.

    A list or an object inside the object is left out, unless a wanted column holds it or none is wanted: then the row
    is a bad one. Columns are the keys seen in that look; all of them when none is wanted or one is missing.

    Raises:
        FormError: the file has no line with text. While rows are read: too many rows, or a line that is too long.
    """
    columns = _look(path, encoding, wanted)
    if columns is None:
        raise refused(path, "the file is empty", REMEDY)
    also = aliases(wanted, columns)
    used = {name for names in wanted for name in names} | {source.column for alias in also for source in alias.sources}

    def rows() -> Iterator[Row | BadRow]:
        for count, (number, line) in enumerate(_lines(path, encoding), start=1):
            if count > MAX_ROWS:
                raise refused(path, f"more than {MAX_ROWS:,} rows", "Split it into several files", number)
            try:
                cells = _cells(line, used)
                origin, mends = _identity(cells) or (Origin(name, number), "")
                cells.update({alias.key: aliased(cells, alias) for alias in also})
            except (ValueError, RecursionError) as error:
                yield BadRow(number, (_shown(line),), _cause(error), REMEDY, Origin(name, number))
                continue
            if problem := check(cells) if check else None:
                yield BadRow(number, (_shown(line),), *problem, origin, mends)
            else:
                yield Row(number, cells, origin, mends)

    return Opened(name, (LINE,), columns, rows(), (encoding.warning,) if encoding.warning else ())


def _shown(line: str) -> str:
    return line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:MAX_CELL_CHARACTERS]


def _lines(path: Path, encoding: Encoding) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text_lines(path, encoding, newline="\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r\n")


def _look(path: Path, encoding: Encoding, wanted: Sequence[Names]) -> tuple[str, ...] | None:
    columns: dict[str, None] = {}
    empty = True
    for _, line in _lines(path, encoding):
        empty = False
        try:
            keys = _object(line).keys() - columns.keys()
        except (ValueError, RecursionError):
            continue
        if keys:
            columns.update(dict.fromkeys(_object(line)))
            if wanted and not missing(wanted, tuple(columns)):
                break
    return None if empty else tuple(columns)


def _cause(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"not readable as JSON at character {error.pos + 1}: {error.msg}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _object(line: str) -> dict[str, Any]:
    value = json.loads(line, object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    if not isinstance(value, dict):
        raise ValueError("not an object with keys and values")
    return value


def _cells(line: str, used: Collection[str]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for key, content in _object(line).items():
        if isinstance(content, (list, dict)) and used and key not in used:
            continue
        cells[key] = _cell(key, content)
    for text in (*cells, *cells.values()):
        if len(text) > MAX_CELL_CHARACTERS:
            raise ValueError(f"a text of more than {MAX_CELL_CHARACTERS:,} characters")
        if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            raise ValueError("half of a character (a lone surrogate such as \\ud83d), or a byte that is not UTF-8")
    return cells


def _cell(key: str, content: Any) -> str:
    if isinstance(content, bool):
        return "true" if content else "false"
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    raise ValueError(f"the value of {key!r} is a list or an object; a cell holds text, a number, true, false or null")


def _identity(cells: dict[str, str]) -> tuple[Origin, str] | None:
    text = cells.get(REPAIRED, "").strip()
    if not text:
        return None
    if LINE in cells:
        raise ValueError(f"the row is not mended: write its keys and values in place of {LINE!r}")
    identity = read_identity(text)
    if identity is None:
        raise ValueError(f"{text!r} names no row; leave {REPAIRED!r} as it was")
    return identity[0], text


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice")
    return value


def _refuse_constant(name: str) -> str:
    raise ValueError(f"{name} is not a number of JSON")
