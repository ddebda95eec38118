"""What a report says, block by block."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass


def texts(part: object) -> Iterator[str]:
    """Every text inside parts of a report."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for pair in part.items():
            yield from texts(list(pair))
    elif isinstance(part, list | tuple):
        for one in part:
            yield from texts(one)
    elif is_dataclass(part):
        for field in fields(part):
            yield from texts(getattr(part, field.name))
