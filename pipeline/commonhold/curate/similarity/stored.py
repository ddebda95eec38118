"""Shingle sets on disk, so that the sets of a million records need no memory."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from commonhold.curate.similarity.ragged import Places, Ragged, offsets_of, stacked

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
