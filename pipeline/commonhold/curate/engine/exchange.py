"""Near copies over shards: keys are exchanged through files, so that no memory holds all of them."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.candidates import candidates
from commonhold.curate.dedup.minhash_lsh import (
    Counts,
    Keys,
    bands_for,
    counter_bits,
    keys_of,
    shingle_counts,
    stacked_keys,
)
from commonhold.curate.dedup.near_duplicates import Links, links, stacked_links
from commonhold.curate.dedup.one_edit import edit_links
from commonhold.curate.dedup.ragged import Places, StoredSets, read_sets, read_sizes
from commonhold.curate.engine.executor import Executor
from commonhold.curate.engine.shards import once

ITEMS_A_PARTITION = 50_000
BATCH = 1024
"""Texts whose keys are made at once."""
COUNTS, ITEMS, LINKS = "counts.npy", "items.npy", "links.npz"


@dataclass(frozen=True, slots=True)
class TextSets:
    """The shingle sets of texts in several folders, one a shard; items are numbered through all of them."""

    folders: tuple[Path, ...]
    first_items: tuple[int, ...]
    """The item that each folder's first set belongs to."""

    def stored(self) -> StoredSets:
        """The sets, looked up by item."""
        return StoredSets(self.folders, self.first_items)


class _KeysTask(NamedTuple):
    sets: Path
    first: int
    items: Path
    """Numbers of the items that are asked about, those of other shards too."""
    counts: Path
    threshold: float
    partitions: int
    out: Path


class _EditsTask(NamedTuple):
    sets: TextSets
    items: Path
    partition: int
    partitions: int
    most: int | None
    out: Path


class _LinksTask(NamedTuple):
    keys: tuple[Path, ...]
    partition: int
    sets: TextSets
    threshold: float
    out: Path


def near_links(
    sets: TextSets,
    items: NDArray[np.int64],
    threshold: float,
    executor: Executor,
    work: Path,
    partition_items: int = ITEMS_A_PARTITION,
) -> Links:
    """Links between those of the texts that are among `items`; the same over any number of shards and partitions."""
    partitions = max(1, -(-len(items) // partition_items))
    work.mkdir(parents=True, exist_ok=True)
    np.save(work / ITEMS, items)
    np.save(work / COUNTS, _counts(sets, bands_for(threshold).longest_exact))
    ends = [*sets.first_items[1:], np.inf]
    tasks = [
        _KeysTask(folder, first, work / ITEMS, work / COUNTS, threshold, partitions, work / f"keys-{number:05}")
        for number, (folder, first, end) in enumerate(zip(sets.folders, sets.first_items, ends, strict=True))
        if ((items >= first) & (items < end)).any()
    ]
    keys = tuple(executor.map(write_keys, tasks))
    asked = (
        _LinksTask(keys, number, sets, threshold, work / f"links-{number:05}")
        for number in range(partitions if keys else 0)
    )
    nothing = Links(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    return stacked_links([nothing, *(read_links(folder) for folder in executor.map(write_links, asked))])


def one_edit_links(
    sets: TextSets,
    items: Places,
    executor: Executor,
    work: Path,
    most: int | None = None,
    partition_items: int = ITEMS_A_PARTITION,
) -> Links:
    """Links between those of the texts among `items` that have a key of `one_edit` in common.

    Keys that more than `most` have are left out.
    """
    partitions = max(1, -(-len(items) // partition_items))
    work.mkdir(parents=True, exist_ok=True)
    np.save(work / ITEMS, items)
    asked = (
        _EditsTask(sets, work / ITEMS, number, partitions, most, work / f"edits-{number:05}")
        for number in range(partitions)
    )
    return stacked_links([read_links(folder) for folder in executor.map(write_edit_links, asked)])


def write_edit_links(task: _EditsTask) -> Path:
    """The links of the keys in one partition."""
    once(task.out, partial(_write_edit_links, task))
    return task.out


def _write_edit_links(task: _EditsTask, out: Path) -> dict[str, int]:
    asked = np.load(task.items)
    keys, items = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for folder, first in zip(task.sets.folders, task.sets.first_items, strict=True):
        sets = read_sets(folder)
        own = np.zeros(len(sets.offsets) - 1, np.bool_)
        own[asked[(asked >= first) & (asked < first + len(own))] - first] = True
        mine = np.repeat(own, sets.sizes) & (sets.values % np.uint64(task.partitions) == task.partition)
        keys.append(sets.values[mine])
        items.append(sets.row_of_each()[mine] + first)
    np.savez(out / LINKS, *edit_links(np.concatenate(keys), np.concatenate(items), task.most))
    return {}


def _counts(sets: TextSets, longest: int) -> Counts:
    """Of the texts that are compared exactly, which have so many shingles at most.

    Those too that nobody asks about: what they change is the order of keys, and no link.
    """
    sizes = (read_sizes(folder) for folder in sets.folders)
    bits = counter_bits(sum(int(each[each <= longest].sum()) for each in sizes))
    total = np.zeros(1 << bits, np.uint32)
    for folder in sets.folders:
        total += shingle_counts(read_sets(folder), bits, longest)
    return total


def write_keys(task: _KeysTask) -> Path:
    """The keys of one shard, a file for each partition."""
    once(task.out, partial(_write_keys, task))
    return task.out


def _write_keys(task: _KeysTask, out: Path) -> dict[str, int]:
    sets, bands = read_sets(task.sets), bands_for(task.threshold)
    items = np.load(task.items)
    own = items[(items >= task.first) & (items < task.first + len(sets.sizes))]
    counts = np.load(task.counts)
    parts: list[list[Keys]] = [[] for _ in range(task.partitions)]
    for start in range(0, len(own), BATCH):
        some = own[start : start + BATCH]
        made = keys_of(some, sets.take(some - task.first), bands, counts)
        for partition, keys in enumerate(made.partitioned(task.partitions)):
            parts[partition].append(keys)
    for partition, keys_of_partition in enumerate(parts):
        np.savez(out / f"{partition}.npz", *stacked_keys(keys_of_partition))
    return {}


def write_links(task: _LinksTask) -> Path:
    """The links that the keys of one partition lead to."""
    once(task.out, partial(_write_links, task))
    return task.out


def _write_links(task: _LinksTask, out: Path) -> dict[str, int]:
    parts = []
    for folder in task.keys:
        with np.load(folder / f"{task.partition}.npz") as columns:
            parts.append(Keys(*(columns[f"arr_{index}"] for index in range(len(Keys._fields)))))
    near = links(candidates(stacked_keys(parts), task.threshold), task.sets.stored(), task.threshold)
    np.savez(out / LINKS, *near)
    return {}


def read_links(folder: Path) -> Links:
    """What `write_links` wrote."""
    with np.load(folder / LINKS) as columns:
        return Links(*(columns[f"arr_{index}"] for index in range(len(Links._fields))))
