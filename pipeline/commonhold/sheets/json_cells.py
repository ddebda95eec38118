"""Cells from JSON where a cell may also be a list of texts, or JSON of any shape."""

import json
from collections.abc import Collection
from typing import Any, NamedTuple

from commonhold.sheets.jsonl import check_text, parse_object

Cell = str | tuple[str, ...]
"""Text; in JSON also a list of texts."""


class Fault(NamedTuple):
    """What is wrong with the value of one key."""

    key: str
    message: str


def object_cells(text: str, json_keys: Collection[str]) -> tuple[dict[str, Cell], list[Fault]]:
    """The cells of an object by its keys, and what cannot be one: `true` is `yes`, null is empty.

    What the `json_keys` hold is JSON itself and stays so.

    Raises:
        ValueError: the text is no object, or has a key twice.
        RecursionError: it is nested too deeply.
    """
    cells: dict[str, Cell] = {}
    faults: list[Fault] = []
    for key, value in parse_object(text).items():
        try:
            if key in json_keys and not isinstance(value, str):
                cell: Cell = json.dumps(json.loads(text)[key], ensure_ascii=False) if value is not None else ""
            else:
                cell = _cell(value)
            for part in (key, *((cell,) if isinstance(cell, str) else cell)):
                check_text(part)
        except ValueError as error:
            faults.append(Fault(key, str(error)))
        else:
            cells[key] = cell
    return cells, faults


def _cell(value: Any) -> Cell:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case list() if all(isinstance(entry, str) for entry in value):
            return tuple(value)
    raise ValueError("a cell is text, a number, true or false, or a list of texts")
