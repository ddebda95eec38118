"""Rows of different lengths in one flat array.

Shingle sets on disk, so that the sets of a million records need no memory.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]
FEW_VALUES = 1 << 15
"""Values that are worked on in one go, in the processor's cache."""


class Ragged(NamedTuple):
    """Row i is `values[offsets[i]:offsets[i + 1]]`."""

    values: Hashes
    offsets: Places
    """One more than there are rows; the first is 0, the last the number of values."""

    @property
    def sizes(self) -> Places:
        """How many values each row has."""
        return np.diff(self.offsets)

    def row(self, index: int) -> Hashes:
        """The values of one row."""
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    def row_of_each(self) -> Places:
        """For every value, the row it is in."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.sizes)

    def take(self, rows: Places) -> "Ragged":
        """The rows with these numbers, in this order."""
        sizes = self.sizes[rows]
        offsets = offsets_of(sizes)
        shifts = self.offsets[:-1][rows] - offsets[:-1]
        values = np.empty(offsets[-1], np.uint64)
        for first, last in _goes(offsets, FEW_VALUES):
            begin, end = offsets[first], offsets[last]
            index = np.repeat(shifts[first:last], sizes[first:last])
            index += np.arange(begin, end)
            values[begin:end] = self.values[index]
        return Ragged(values, offsets)

    def parts(self, values: int) -> Iterator["Ragged"]:
        """The rows in order, some at a time: as many as hold no more than so many values, and one at least."""
        for first, last in _goes(self.offsets, values):
            begin = self.offsets[first]
            yield Ragged(self.values[begin : self.offsets[last]], self.offsets[first : last + 1] - begin)

    def only(self, rows: NDArray[np.bool_]) -> "Ragged":
        """The same rows, with those emptied that are not among these."""
        return Ragged(self.values[np.repeat(rows, self.sizes)], offsets_of(np.where(rows, self.sizes, 0)))


def _goes(offsets: Places, values: int) -> Iterator[tuple[int, int]]:
    """Where rows start and end that hold so many values at most, and one row at least."""
    first, rows = 0, len(offsets) - 1
    while first < rows:
        last = max(int(np.searchsorted(offsets, offsets[first] + values, "right")) - 1, first + 1)
        yield first, last
        first = last


def offsets_of(sizes: Places) -> Places:
    """Where rows of these sizes start, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


def stacked(parts: Sequence[Ragged]) -> Ragged:
    """The rows of several, one after the other."""
    if not parts:
        return Ragged(np.zeros(0, np.uint64), np.zeros(1, np.int64))
    return Ragged(np.concatenate([part.values for part in parts]), offsets_of(np.concatenate([p.sizes for p in parts])))


SIZES, VALUES = "sizes.npy", "values.npy"


def write_sets(folder: Path, sets: Ragged) -> None:
    """Writes the sets of one shard into an existing folder."""
    np.save(folder / SIZES, sets.sizes.astype(np.uint32))
    np.save(folder / VALUES, sets.values)


def read_sizes(folder: Path) -> Places:
    """How many shingles each set of one shard has."""
    sizes: Places = np.load(folder / SIZES).astype(np.int64)
    return sizes


def read_sets(folder: Path) -> Ragged:
    """The sets of one shard; the values stay on disk until they are asked for."""
    return Ragged(np.load(folder / VALUES, mmap_mode="r"), offsets_of(read_sizes(folder)))


class StoredSets:
    """The sets of several shards, looked up by item; a shard is opened once, when it is first asked for."""

    def __init__(self, folders: Sequence[Path], first_items: Sequence[int]) -> None:
        """`first_items`: the item that each folder's first set belongs to; rising."""
        self._folders = list(folders)
        self._first_items = np.array(first_items, np.int64)
        self._opened: dict[int, Ragged] = {}

    def __call__(self, items: Places) -> Ragged:
        shard = np.searchsorted(self._first_items, items, "right") - 1
        parts = [self._read(one, items[shard == one]) for one in np.unique(shard).tolist()]
        order = np.argsort(np.argsort(shard, kind="stable"))
        return stacked(parts).take(order)

    def _read(self, shard: int, items: Places) -> Ragged:
        if shard not in self._opened:
            self._opened[shard] = read_sets(self._folders[shard])
        return self._opened[shard].take(items - self._first_items[shard])
