"""Rows of JSON lines, one flat object a line, and of one JSON list of objects.

Numbers stay as they are written; null is an empty cell.
"""

import contextlib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from commonhold.sheets.columns import aliased, aliases, missing, renamed
from commonhold.sheets.encodings import Encoding
from commonhold.sheets.guesses import alike_columns, first_exchange, list_inside, spoken
from commonhold.sheets.json_elements import ObjectText, elements, fault_of
from commonhold.sheets.json_paths import CHOSEN, MAX_PATHS, SEVERAL, Conversation, chosen, conversation, paths, reach
from commonhold.sheets.limits import MAX_BOOK_BYTES, MAX_CELL_CHARACTERS, MAX_ROWS
from commonhold.sheets.row import REPAIRED, BadRow, Check, Names, Origin, Row, read_identity
from commonhold.sheets.source import Source, refused
from commonhold.sheets.table import Opened
from commonhold.sheets.text_lines import text_chunks, text_lines

LINE = "line"
"""The one column of a repair file of JSON lines: the line as it stood."""
REMEDY = "Write one JSON object a line"
HALF = re.compile("[\ud800-\udfff]")
OPENS = re.compile(r"\{[ \t\r]*\n")
"""An object over several lines."""


def open_objects(
    source: Source, encoding: Encoding, requested: Sequence[Names] = (), check: Check | None = None
) -> Opened:
    """The rows of a JSON lines file; streams, after a look at as many lines as it takes to see every requested column.

    A file that is one list of objects is read as a whole. A list or an object inside the object is left out, unless a
    requested column holds it or none is requested: then the row is a bad one. A requested column may also be a path
    that leads to a text inside (see `json_paths`). Columns are the keys and paths seen in that look; all of them when
    none is requested or one is missing.

    Raises:
        FormError: the file has no line with text. While rows are read: too many rows, or a line that is too long.
    """
    listed, key = _listed(source, encoding)
    look = _look(object_texts(source, encoding, listed), requested)
    if look is None:
        raise refused(source, "the file is empty", REMEDY)
    columns, conversations = look
    also = aliases(requested, columns)
    used = dict.fromkeys(name for names in requested for name in names)
    used |= dict.fromkeys(source.column for alias in also for source in alias.sources)
    name = source.origin or source.name

    def rows() -> Iterator[Row | BadRow]:
        for count, (number, _, text) in enumerate(object_texts(source, encoding, listed), start=1):
            if count > MAX_ROWS:
                raise refused(source, f"more than {MAX_ROWS:,} rows", "Split it into several files", number)
            try:
                cells = _cells(text, used)
                origin, repairs = _identity(cells) or (Origin(name, number), "")
                cells.update({alias.key: aliased(cells, alias) for alias in also})
            except (ValueError, RecursionError) as error:
                yield BadRow(number, (_shown(text),), fault_of(error), REMEDY, Origin(name, number))
                continue
            if problem := check(cells) if check else None:
                yield BadRow(number, (_shown(text),), *problem, origin, repairs)
            else:
                yield Row(number, cells, origin, repairs)

    other = renamed(requested, columns)
    guesses = [encoding.guess] if encoding.guess else []
    guesses += [alike_columns(other)] if other else []
    guesses += [list_inside(key)] if key else []
    by_side = [talk.path for talk in conversations if any(each.startswith(f"{talk.path}.") for each in used)]
    guesses += map(first_exchange, by_side)
    read_as = (f"encoding {spoken(encoding.name)}",)
    return Opened(name, (LINE,), columns, rows(), tuple(guesses), conversations=conversations, read_as=read_as)


def object_texts(
    source: Source, encoding: Encoding, listed: Sequence[ObjectText] | None = None
) -> Iterator[ObjectText]:
    """The text of every object, in the order of the file; `listed` are those of a list, when they are known.

    Raises:
        FormError: a line is too long, or a list of objects is broken.
    """
    objects = _listed(source, encoding)[0] if listed is None else listed
    if objects:
        yield from objects
        return
    for number, line in enumerate(text_lines(source, encoding, newline="\n"), start=1):
        if text := line.strip():
            yield ObjectText(number, number, text[:-1].rstrip() if text.endswith("},") else line.rstrip("\r\n"))


def _listed(source: Source, encoding: Encoding) -> tuple[Sequence[ObjectText], str]:
    """The objects of a file that is one value or several over many lines; none when it is a file of lines.

    And the key of the list in which they are, where they are not the whole file.

    Raises:
        FormError: its ending is .json and it is neither.
    """
    beginnings = (chunk.lstrip("\ufeff \t\r\n") for chunk in text_chunks(source, encoding, "\n"))
    start = next(filter(None, beginnings), "")
    whole_file = source.suffix == ".json"
    if not (whole_file or start[:1] == "[" or OPENS.match(start)) or source.path.stat().st_size > MAX_BOOK_BYTES:
        return (), ""
    text = "".join(text_chunks(source, encoding, "\n"))
    if is_lines := _is_lines(text):
        first = text.strip()
        if "\n" in first or not whole_file:
            return (), ""
    try:
        return elements(text)
    except (ValueError, RecursionError) as error:
        if not whole_file or is_lines:
            return (), ""
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        raise refused(source, fault_of(error), "Write a list of objects, or one object a line", line) from error


def _is_lines(text: str) -> bool:
    """Whether the first line with text is a whole object."""
    line = next((line for line in text.split("\n") if line.strip()), "")
    try:
        return isinstance(json.loads(line.strip().removesuffix(",")), dict)
    except (ValueError, RecursionError):
        return False


def _shown(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:MAX_CELL_CHARACTERS]


def _look(
    texts: Iterator[ObjectText], requested: Sequence[Names]
) -> tuple[tuple[str, ...], tuple[Conversation, ...]] | None:
    """Keys and paths of the objects, and the conversations in them; none for no object at all."""
    columns: dict[str, None] = {}
    conversations: dict[str, Conversation] = {}
    empty = True
    for _, _, text in texts:
        empty = False
        try:
            row = parse_object(text)
        except (ValueError, RecursionError):
            continue
        if not row.keys() <= columns.keys() or len(columns) < MAX_PATHS:
            columns.update(dict.fromkeys(row))
            if len(columns) < MAX_PATHS and any(isinstance(content, (list, dict)) for content in row.values()):
                columns.update(dict.fromkeys(paths(row)))
                for path in columns:
                    with contextlib.suppress(KeyError):
                        if path not in conversations and (found := conversation(reach(row, path), path)):
                            conversations[path] = found
            if requested and not missing(requested, tuple(columns)):
                break
    return None if empty else (tuple(columns), tuple(conversations.values()))


def parse_object(line: str) -> dict[str, Any]:
    """The object that a text is, with its numbers as they are written.

    Raises:
        ValueError: it is no object, or has a key twice.
        RecursionError: it is nested too deeply.
    """
    value = json.loads(line, object_pairs_hook=_unique, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    if not isinstance(value, dict):
        raise ValueError("this is not an object")
    return value


def _cells(line: str, used: Collection[str]) -> dict[str, str]:
    row = parse_object(line)
    cells: dict[str, str] = {}
    for key, content in row.items():
        if isinstance(content, (list, dict)) and used and key not in used:
            continue
        cells[key] = _cell(key, content, used)
    for path in used:
        if path not in cells and "." in path:
            with contextlib.suppress(KeyError):
                cells[path] = _cell(path, reach(row, path), used)
    for text in (*cells, *cells.values()):
        if len(text) > MAX_CELL_CHARACTERS or not text.isascii():
            check_text(text)
    return cells


def check_text(text: str) -> None:
    """Refuses what no cell can hold.

    Raises:
        ValueError: it is too long, or holds half a character.
    """
    if len(text) > MAX_CELL_CHARACTERS:
        raise ValueError(f"a text of more than {MAX_CELL_CHARACTERS:,} characters")
    if not text.isascii() and HALF.search(text):
        raise ValueError("half of a character (a lone surrogate such as \\ud83d), or a byte that is not UTF-8")


def _cell(key: str, content: Any, used: Collection[str]) -> str:
    if isinstance(content, bool):
        return "true" if content else "false"
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if key in used:
        if (choice := chosen(content)) is not None:
            return choice
        if isinstance(content, list) and (content == [] or (len(content) == 1 and isinstance(content[0], str))):
            return str(content[0]) if content else ""
        if isinstance(content, list) and key.rpartition(".")[2] in CHOSEN and all(isinstance(e, str) for e in content):
            return SEVERAL.join(content)
        if talk := conversation(content, key):
            raise ValueError(f"{key!r} is a whole conversation: name {talk.asks!r} and {talk.replies!r}")
    raise ValueError(f"the value of {key!r} is a list or an object; a cell holds text, a number, true, false or null")


def _identity(cells: dict[str, str]) -> tuple[Origin, str] | None:
    text = cells.get(REPAIRED, "").strip()
    if not text:
        return None
    if LINE in cells:
        raise ValueError(f"the row is not repaired: write its keys and values in place of {LINE!r}")
    identity = read_identity(text)
    if identity is None:
        raise ValueError(f"{text!r} names no row; leave {REPAIRED!r} as it was")
    return identity[0], text


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} appears twice")
    return value


def _refuse_constant(name: str) -> str:
    raise ValueError(f"{name} is not a number of JSON")
