"""Frozen dataclasses as JSON files: sorted keys when written, and read back only where keys and kinds are the class's.

A key whose field has a default may be missing: whoever wrote the file did not know it yet.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from commonhold.errors import DigestError
from commonhold.files import write_json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Read = TypeVar("Read")


def write_dataclass(path: Path, value: "DataclassInstance") -> None:
    """Writes a dataclass as indented JSON, atomically; equal values give equal bytes."""
    write_json(path, asdict(value))


def read_dataclass(kind: type[Read], path: Path, what: str, remedy: str) -> Read:
    """The dataclass in a JSON file; `what` and `remedy` go into the message where it is not there.

    Raises:
        DigestError: the file is no JSON, a key is unknown or missing, or a value is of another kind.
        OSError: the file cannot be read.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_json(path.read_bytes(), strict=True, extra="forbid")
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}" for each in error.errors()]
        more = f" and {len(problems) - MOST_PROBLEMS_SHOWN} more" if len(problems) > MOST_PROBLEMS_SHOWN else ""
        raise DigestError(
            f"{path}: not {what} ({'; '.join(problems[:MOST_PROBLEMS_SHOWN])}{more}). {remedy}"
        ) from error


MOST_PROBLEMS_SHOWN = 3
"""Problems of one file that are named; where there are more, another version wrote it."""
