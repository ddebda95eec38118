"""Rows of different lengths in one flat array."""

from collections.abc import Iterator, Sequence
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

    def row(self, place: int) -> Hashes:
        """The values of one row."""
        return self.values[self.offsets[place] : self.offsets[place + 1]]

    def row_of_each(self) -> Places:
        """For every value, the row it stands in."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.sizes)

    def take(self, places: Places) -> "Ragged":
        """The rows at these places, in this order."""
        sizes = self.sizes[places]
        offsets = offsets_of(sizes)
        shifts = self.offsets[:-1][places] - offsets[:-1]
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
    """Where rows begin and end that hold so many values at most, and one row at least."""
    first, rows = 0, len(offsets) - 1
    while first < rows:
        last = max(int(np.searchsorted(offsets, offsets[first] + values, "right")) - 1, first + 1)
        yield first, last
        first = last


def offsets_of(sizes: Places) -> Places:
    """Where rows of these sizes begin, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])


def stacked(parts: Sequence[Ragged]) -> Ragged:
    """The rows of several, one after the other."""
    if not parts:
        return Ragged(np.zeros(0, np.uint64), np.zeros(1, np.int64))
    return Ragged(np.concatenate([part.values for part in parts]), offsets_of(np.concatenate([p.sizes for p in parts])))
