"""The header of a GGUF file (version 3, as llama.cpp writes it), read without trust: every length before every reading.

Readers of this format have been led out of their memory by lengths that nobody compared. What numbers the tensors hold
is not looked at.
"""

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

GGUF_MAGIC = b"GGUF"
GGUF_ALIGNMENT = 32
MOST_GGUF_KEYS, MOST_GGUF_TENSORS = 4096, 65_536
LONGEST_GGUF_KEY, LONGEST_GGUF_TEXT = 256, 1 << 20
MOST_GGUF_ITEMS = 8 << 20
"""In all lists together; a vocabulary of 256,000 takes three times that number."""
GGUF_NUMBERS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of a value by its type's number."""
GGUF_STRING, GGUF_LIST = 8, 9
GGUF_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 30: (1, 2),
}  # fmt: skip
"""Numbers in a block and bytes of it: F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K to Q6_K, BF16."""


class GgufHeader(NamedTuple):
    """What a GGUF file says of itself."""

    keys: tuple[str, ...]
    tensors: tuple[str, ...]


def read_gguf_header(path: Path) -> GgufHeader:
    """Keys and tensors of a file whose lengths all fit, and whose tensors fill it without a hole.

    Raises:
        ValueError: the file is not a whole GGUF file.
    """
    with path.open("rb") as stream:
        return _GgufReader(stream, path.stat().st_size).header()


class _GgufReader:
    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.stream = stream
        self.size = size
        self.items = 0

    def header(self) -> GgufHeader:
        if self.bytes_of(4) != GGUF_MAGIC or self.number("<I", 4) != 3:
            raise ValueError("it does not begin as GGUF version 3 does")
        tensors, keys = self.number("<Q", 8), self.number("<Q", 8)
        if tensors > MOST_GGUF_TENSORS or keys > MOST_GGUF_KEYS:
            raise ValueError(f"it says that it has {keys} keys and {tensors} tensors, which no model has")
        names = []
        for _ in range(keys):
            names.append(self.text(LONGEST_GGUF_KEY))
            self.value(self.number("<I", 4), lists=1)
            if names[-1] == "general.alignment":
                raise ValueError("it has an alignment of its own")
        entries = [self.tensor() for _ in range(tensors)]
        self.compare(entries)
        tensor_names = [name for name, _, _ in entries]
        for kind, listed in (("key", names), ("tensor", tensor_names)):
            if len(set(listed)) < len(listed):
                raise ValueError(f"a {kind} is in it twice")
        return GgufHeader(tuple(names), tuple(tensor_names))

    def compare(self, tensors: list[tuple[str, int, int]]) -> None:
        """Whether the tensors lie one behind the other, up to the end of the file."""
        position = _aligned(self.stream.tell())
        begin = position
        for name, offset, length in sorted(tensors, key=lambda tensor: tensor[1]):
            if begin + offset != position:
                raise ValueError(f"there is a hole or an overlap before the tensor {name[:60]!a}")
            position = _aligned(position + length)
            end = begin + offset + length
        if not (end if tensors else begin) <= self.size <= position:
            raise ValueError("its tensors do not end where the file ends")

    def tensor(self) -> tuple[str, int, int]:
        """Name, offset and length in bytes."""
        name, sides = self.text(LONGEST_GGUF_KEY), self.number("<I", 4)
        if not 1 <= sides <= 4 or not name.isprintable() or any(part in name for part in ("/", "\\", "..")):
            raise ValueError(f"the tensor {name[:60]!a} has a name like a path, or not one to four sides")
        numbers = 1
        shape = [self.number("<Q", 8) for _ in range(sides)]
        for side in shape:
            numbers *= side
        kind, offset = self.number("<I", 4), self.number("<Q", 8)
        if kind not in GGUF_BLOCKS:
            raise ValueError(f"the tensor {name[:60]!a} is of the unknown type {kind}")
        block, block_bytes = GGUF_BLOCKS[kind]
        if not numbers or shape[0] % block:
            raise ValueError(f"the tensor {name[:60]!a} has a side that its type cannot have")
        return name, offset, numbers // block * block_bytes

    def value(self, kind: int, lists: int) -> None:
        """Passes over one value."""
        if kind == GGUF_STRING:
            self.text(LONGEST_GGUF_TEXT)
        elif kind == GGUF_LIST and lists:
            inner, length = self.number("<I", 4), self.number("<Q", 8)
            self.items += length
            if self.items > MOST_GGUF_ITEMS:
                raise ValueError("its lists have more items than any vocabulary")
            if inner in GGUF_NUMBERS:
                self.bytes_of(length * GGUF_NUMBERS[inner])
            else:
                for _ in range(length):
                    self.value(inner, lists - 1)
        elif kind in GGUF_NUMBERS:
            self.bytes_of(GGUF_NUMBERS[kind])
        else:
            raise ValueError(f"it has a value of the unknown type {kind}")

    def text(self, longest: int) -> str:
        length = self.number("<Q", 8)
        if length > longest:
            raise ValueError(f"it has a text of {length:,} bytes where {longest:,} are the most")
        try:
            return self.bytes_of(length).decode()
        except UnicodeDecodeError:
            # Tokens of byte-level vocabularies need not be whole characters.
            return "?"

    def number(self, form: str, size: int) -> int:
        value: int = struct.unpack(form, self.bytes_of(size))[0]
        return value

    def bytes_of(self, count: int) -> bytes:
        if count > self.size - self.stream.tell():
            raise ValueError("it ends before its header does")
        return self.stream.read(count)


def _aligned(position: int) -> int:
    return -(-position // GGUF_ALIGNMENT) * GGUF_ALIGNMENT
