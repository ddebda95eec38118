"""Records as JSON lines, many thousand a second."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import orjson


def line_of(kind: type) -> Callable[[Sequence[Any]], bytes]:
    """What writes the values of a dataclass, in the order of its fields, as `json.dumps` does with sorted keys.

    Letters stay as they are, in UTF-8. Texts, numbers, nothing and tuples of texts are known; bytes are JSON already.
    orjson writes a text ten times as fast as the standard library, in the same bytes; it knows no spaces between the
    parts of a line.

    Raises:
        TypeError: of what is written: it has half a character.
    """
    names = [field.name for field in fields(kind)]
    order = sorted(range(len(names)), key=names.__getitem__)
    template = b"{" + b", ".join(b'"%b": %%b' % names[place].encode() for place in order) + b"}\n"

    def line(values: Sequence[Any]) -> bytes:
        return template % tuple([_written(values[place]) for place in order])

    return line


def _written(value: Any) -> bytes:
    if value.__class__ is bytes:
        written: bytes = value
        return written
    return b"[%b]" % b", ".join(map(orjson.dumps, value)) if value.__class__ is tuple else orjson.dumps(value)
