"""The header of a safetensors file, read without torch and trusted in nothing, and a digest of the tensors behind it.

The library accepts keys that stand twice and headers of 100 MB; this does not. What numbers the tensors hold is not
looked at.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from commonhold.digests import CHUNK_BYTES, digest_of

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 16 << 20
TYPES = {
    "BOOL": ("torch.bool", 1),
    "U8": ("torch.uint8", 1),
    "I8": ("torch.int8", 1),
    "I16": ("torch.int16", 2),
    "I32": ("torch.int32", 4),
    "I64": ("torch.int64", 8),
    "F16": ("torch.float16", 2),
    "BF16": ("torch.bfloat16", 2),
    "F32": ("torch.float32", 4),
    "F64": ("torch.float64", 8),
}
"""Bytes a number takes, and what torch calls the type, by safetensors' word for it."""


class Tensor(NamedTuple):
    """Where one tensor stands in a file."""

    name: str
    type: str
    """torch's word for it."""
    shape: tuple[int, ...]
    start: int
    """Offset in the file."""
    end: int


def read_header(path: Path) -> tuple[Tensor, ...]:
    """The tensors of a file in the order of their bytes, which fill it without a hole.

    Raises:
        ValueError: the file is not a whole safetensors file.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(LENGTH_BYTES), "little")
        if size < LENGTH_BYTES or not 2 <= length <= min(MAX_HEADER_BYTES, size - LENGTH_BYTES):
            raise ValueError("the header is longer than the file, or than 16 MiB")
        raw = stream.read(length)
    try:
        header = json.loads(raw, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("the header is nested too deeply") from error
    if not isinstance(header, dict) or raw[:1] != b"{":
        raise ValueError("the header is not a JSON object")
    header.pop("__metadata__", None)
    tensors = sorted((_tensor(name, entry, LENGTH_BYTES + length) for name, entry in header.items()), key=_place)
    end = LENGTH_BYTES + length
    for tensor in tensors:
        if tensor.start != end:
            raise ValueError(f"there is a hole or an overlap before the tensor {tensor.name!r}")
        end = tensor.end
    if end != size:
        raise ValueError("there are bytes that belong to no tensor")
    return tuple(tensors)


def tensor_digest(path: Path) -> str:
    """Digest of a file's tensors by name, type, shape and bytes; order and metadata do not count.

    Raises:
        ValueError: the file is not a whole safetensors file.
    """
    return tensors_digest([path])


def tensors_digest(paths: Iterable[Path]) -> str:
    """The same over several files that are one model.

    Raises:
        ValueError: a file is not a whole safetensors file.
    """
    found: dict[str, list[Any]] = {}
    for path in paths:
        tensors = read_header(path)
        with path.open("rb") as stream:
            found |= {each.name: [each.type, list(each.shape), _sha256(stream, each)] for each in tensors}
    return digest_of(found)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError("a key of the header stands twice")
    return dict(pairs)


def _place(tensor: Tensor) -> tuple[int, int]:
    return tensor.start, tensor.end


def _tensor(name: str, entry: Any, offset: int) -> Tensor:
    try:
        type_name, number_bytes = TYPES[entry["dtype"]]
        shape, (start, end) = tuple(entry["shape"]), entry["data_offsets"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"the tensor {name!r} is not described by a known type, shape and offsets") from error
    # bool is a kind of int, and True is no size.
    if any(type(number) is not int or number < 0 for number in (*shape, start, end)):
        raise ValueError(f"the tensor {name!r} has a size or offset that is no whole number")
    numbers = 1
    for side in shape:
        numbers *= side
    if end - start != numbers * number_bytes:
        raise ValueError(f"the tensor {name!r} has not as many bytes as its shape asks for")
    return Tensor(name, type_name, shape, offset + start, offset + end)


def _sha256(stream: BinaryIO, tensor: Tensor) -> str:
    digest = hashlib.sha256()
    stream.seek(tensor.start)
    left = tensor.end - tensor.start
    while left and (chunk := stream.read(min(CHUNK_BYTES, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()
