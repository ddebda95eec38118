"""JSON from strangers: no key twice, no depth, no endless number, no NaN; what is read here, every reader reads alike.

Of two equal keys, one program takes the first and another the last: what was checked would not be what is used.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

JsonValue = str | int | float | bool | None | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
JsonObject = Mapping[str, JsonValue]
"""An object whose keys nobody here decides: a recipe of any version, a line of a log, a document of others' form."""
MOST_JSON_BYTES = 64 << 20
MOST_CONTAINERS = 2_000_000
"""Objects and lists; each takes a hundred times the memory that it takes in the file."""
MOST_LEVELS = 64
LONGEST_NUMBER = 64
"""Characters. A tokenizer's `model_max_length` of 1e30 takes 31."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json(data: bytes) -> Any:
    """The one value in UTF-8 JSON.

    Raises:
        ValueError: it is not JSON, or JSON that two readers could understand differently.
    """
    if len(data) > MOST_JSON_BYTES or data.count(b"[") + data.count(b"{") > MOST_CONTAINERS:
        raise ValueError(f"is larger than any JSON here has to be ({len(data):,} bytes)")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ValueError("is not text in UTF-8") from error
    try:
        value = json.loads(
            text, object_pairs_hook=_once_each, parse_int=_whole, parse_float=_decimal, parse_constant=_no_number
        )
    except RecursionError as error:
        raise ValueError(f"is nested more than {MOST_LEVELS} levels deep") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} in line {error.lineno}") from error
    if _too_deep(value):
        raise ValueError(f"is nested more than {MOST_LEVELS} levels deep")
    if "\\u" in text and LONE_SURROGATE.search(json.dumps(value, ensure_ascii=False)):
        raise ValueError("holds half a character (a lone surrogate)")
    return value


def parse_json_lines(data: bytes) -> list[Any]:
    """One value a line; the message of an error names the line.

    Raises:
        ValueError: as `parse_json`, or a line is empty.
    """
    values = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            values.append(parse_json(line))
        except ValueError as error:
            raise ValueError(f"line {number} {error}") from error
    return values


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"has the key {twice[:60]!a} twice")
    return mapping


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"holds a number of {len(text):,} characters")
    return int(text)


def _decimal(text: str) -> float:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"holds a number of {len(text):,} characters")
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"holds the number {text}, which is too large for a computer's decimals")
    return number


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"holds {text}, which JSON does not know")


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [inner for each in level for inner in _inside(each)]
    return any(isinstance(each, dict | list) for each in level)


def _inside(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
