"""The objects in a JSON text: those of one list, of a list inside an object, or one after another."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

SPACE = re.compile(r"[ \t\r\n\ufeff]*")
_FAULTS = {
    "Expecting value": "a value is missing: a text in quotation marks, a number, true, false or null",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing after a key",
    "Expecting property name enclosed in double quotes": 'a key in quotation marks (") is missing',
    "Unterminated string starting at": "a quotation mark opens a text and is never closed",
    "Invalid control character at": "a line break or a tab is inside a text, where it is written \\n or \\t",
    "Invalid \\escape": "a backslash is before a letter that has none; a backslash itself is written \\\\",
    "Invalid \\uXXXX escape": "four hexadecimal digits are missing after \\u",
    "Extra data": "more text is after the end",
}
"""Python's words for a fault, and ours."""


class ObjectText(NamedTuple):
    """What should be one JSON object."""

    number: int
    """Its line; in a list its position from 1."""
    line: int
    text: str


def fault_of(error: Exception) -> str:
    """Why a text is no object, in words."""
    if isinstance(error, json.JSONDecodeError):
        cause = _FAULTS.get(error.msg.removesuffix(": "), error.msg)
        return f"not readable as JSON at character {error.pos + 1}: {cause}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def elements(text: str) -> tuple[list[ObjectText], str]:
    """The objects that a whole text holds, and the key of the list in which they are; empty for none.

    Raises:
        ValueError: the text is something else.
        RecursionError: it is nested too deeply.
    """
    start = _after_space(text, 0)
    if text[start : start + 1] == "[":
        return _numbered(text, list(_of_list(text, start)), "")
    spans = list(_in_sequence(text, start))
    if len(spans) == 1:
        key = _list_inside(json.loads(text[slice(*spans[0])]))
        if not key:
            raise ValueError("this is one object, and no list of objects is in it, or several")
        opens = text.index("[", _value_of(text, start, key))
        return _numbered(text, list(_of_list(text, opens, to_end=False)), key)
    return _numbered(text, spans, "")


def _numbered(text: str, spans: list[tuple[int, int]], key: str) -> tuple[list[ObjectText], str]:
    found: list[ObjectText] = []
    line, counted = 1, 0
    for number, (start, end) in enumerate(spans, start=1):
        line += text.count("\n", counted, start)
        counted = start
        found.append(ObjectText(number, line, text[start:end]))
    return found, key


def _of_list(text: str, start: int, to_end: bool = True) -> Iterator[tuple[int, int]]:
    """Where each value of a list begins and ends; a comma before the closing bracket is forgiven."""
    offset = _after_space(text, start + 1)
    while text[offset : offset + 1] != "]":
        _, end = _DECODER.raw_decode(text, offset)
        yield offset, end
        offset = _after_space(text, end)
        if (mark := text[offset : offset + 1]) not in (",", "]"):
            raise json.JSONDecodeError("Expecting ',' delimiter", text, offset)
        offset = _after_space(text, offset + 1) if mark == "," else offset
    if to_end and (offset := _after_space(text, offset + 1)) < len(text):
        raise json.JSONDecodeError("Extra data", text, offset)


def _in_sequence(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where each of several objects begins and ends that follow each other, with or without commas."""
    offset = start
    while offset < len(text):
        if text[offset] != "{":
            raise json.JSONDecodeError("Expecting value", text, offset)
        _, end = _DECODER.raw_decode(text, offset)
        yield offset, end
        offset = _after_space(text, end)
        if text[offset : offset + 1] == ",":
            offset = _after_space(text, offset + 1)


def _list_inside(value: dict[str, Any]) -> str:
    """The key of the one list of objects in an object."""
    keys = [
        key
        for key, content in value.items()
        if isinstance(content, list) and content and all(isinstance(each, dict) for each in content)
    ]
    return keys[0] if len(keys) == 1 else ""


def _value_of(text: str, start: int, key: str) -> int:
    """Where the value of a key of the object begins that begins at `start`."""
    offset = start + 1
    while True:
        offset = _after_space(text, offset)
        name, end = _DECODER.raw_decode(text, offset)
        offset = _after_space(text, _after_space(text, end) + 1)
        if name == key:
            return offset
        _, end = _DECODER.raw_decode(text, offset)
        offset = _after_space(text, end) + 1


def _after_space(text: str, offset: int) -> int:
    space = SPACE.match(text, offset)
    assert space is not None
    return space.end()


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
