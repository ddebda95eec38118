"""The header of a safetensors file, read without torch and trusted in nothing, and a digest of the tensors behind it.

The library accepts keys that stand twice, headers of 100 MB, names that are paths, and numbers that are none; this does
not.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from commonhold.digests import CHUNK_BYTES, digest_of
from commonhold.strict_json import parse_json

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 16 << 20
MAX_METADATA_BYTES = 64 << 10
MAX_TENSOR_NAME, MAX_SIDES = 256, 8
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
ENDLESS = {
    "torch.float16": (2, bytes(each for each in range(256) if each & 0x7C == 0x7C), b""),
    "torch.bfloat16": (2, b"\x7f\xff", bytes(range(0x80, 0x100))),
    "torch.float32": (4, b"\x7f\xff", bytes(range(0x80, 0x100))),
    "torch.float64": (8, b"\x7f\xff", bytes(each for each in range(256) if each & 0xF0 == 0xF0)),
}
"""How NaN and infinity look in the bytes of each kind of decimal: its size, the values of its last byte, and those of
the byte before it, where that counts too."""


class Tensor(NamedTuple):
    """Where one tensor is in a file."""

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
        header = parse_json(raw)
    except ValueError as error:
        raise ValueError(f"the header {error}") from error
    if not isinstance(header, dict) or raw[:1] != b"{":
        raise ValueError("the header is not a JSON object")
    _check_metadata(header.pop("__metadata__", {}))
    tensors = sorted((_tensor(name, entry, LENGTH_BYTES + length) for name, entry in header.items()), key=_span)
    end = LENGTH_BYTES + length
    for tensor in tensors:
        if tensor.start != end:
            raise ValueError(f"there is a hole or an overlap before the tensor {tensor.name!r}")
        end = tensor.end
    if end != size:
        raise ValueError("there are bytes that belong to no tensor")
    return tuple(tensors)


def tensors_digest(paths: Iterable[Path]) -> str:
    """Digest of the tensors of one model's files by name, type, shape and bytes; order and metadata do not count.

    Raises:
        ValueError: a file is not a whole safetensors file.
    """
    entries: dict[str, Any] = {}
    for path in paths:
        tensors = read_header(path)
        with path.open("rb") as stream:
            entries |= {each.name: [each.type, list(each.shape), _sha256(stream, each)] for each in tensors}
    return digest_of(entries)


def first_endless(path: Path) -> str:
    """The name of the first tensor with a number that is NaN or infinite; empty where every number is finite.

    Only decimals are looked at. Costs about as much as hashing the file.

    Raises:
        ValueError: the file is not a whole safetensors file.
    """
    tensors = read_header(path)
    with path.open("rb") as stream:
        for tensor in tensors:
            if tensor.type in ENDLESS and any(_endless(chunk, tensor.type) for chunk in _chunks(stream, tensor)):
                return tensor.name
    return ""


def _endless(data: bytes, type_name: str) -> bool:
    size, last, before = ENDLESS[type_name]
    ends = data[size - 1 :: size]
    if not before:
        return len(ends.translate(None, last)) < len(ends)
    if not any(each in ends for each in (last[:1], last[1:])):
        return False
    # Both bytes have to be of that kind in the same number: one bit for each, compared all at once.
    both = (
        int.from_bytes(part.translate(bytes(each in kind for each in range(256))), "little")
        for part, kind in ((ends, last), (data[size - 2 :: size], before))
    )
    return bool(next(both) & next(both))


def _check_metadata(metadata: Any) -> None:
    listed = [*metadata.keys(), *metadata.values()] if isinstance(metadata, dict) else [metadata]
    texts = [text for text in listed if isinstance(text, str) and text.isprintable()]
    if len(texts) < len(listed):
        raise ValueError("the header's metadata is not pairs of short texts")
    if sum(map(len, texts)) > MAX_METADATA_BYTES:
        raise ValueError("the header's metadata is longer than 64 KiB")


def _span(tensor: Tensor) -> tuple[int, int]:
    return tensor.start, tensor.end


def _tensor(name: str, entry: Any, offset: int) -> Tensor:
    if not 0 < len(name) <= MAX_TENSOR_NAME or not name.isascii() or not name.isprintable():
        raise ValueError(f"the tensor {name[:60]!a} has a name that is empty, too long, or not plain")
    if any(part in name for part in ("/", "\\", "..")):
        raise ValueError(f"the tensor {name[:60]!a} has a name like a path")
    try:
        type_name, number_bytes = TYPES[entry["dtype"]]
        shape, (start, end) = tuple(entry["shape"]), entry["data_offsets"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"the tensor {name!r} is not described by a known type, shape and offsets") from error
    if len(shape) > MAX_SIDES:
        raise ValueError(f"the tensor {name!r} has more than {MAX_SIDES} sides")
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
    for chunk in _chunks(stream, tensor):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(stream: BinaryIO, tensor: Tensor) -> Iterator[bytes]:
    stream.seek(tensor.start)
    left = tensor.end - tensor.start
    while left and (chunk := stream.read(min(CHUNK_BYTES, left))):
        yield chunk
        left -= len(chunk)
