"""Pairs of texts that are worth comparing, from the keys of one partition."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.minhash_lsh import FIRST_BAND, SLACK, Keys
from commonhold.curate.dedup.ragged import Places

LARGE = 64
"""A bucket of more different texts than this is not compared pair by pair: see `candidates`."""

Mask = NDArray[np.bool_]
Numbers = NDArray[np.integer[Any]]


class Pairs(NamedTuple):
    """Pairs of items, the earlier one left."""

    left: Places
    right: Places


class Candidates(NamedTuple):
    """What a partition's keys say about its items."""

    equal: Pairs
    """The first of the items with the same set of shingles, and each of the others."""
    pairs: Pairs
    """To be compared, each once, in an order that joins groups early; the first of equal items stands for all."""


def candidates(keys: Keys, threshold: float, large: int = LARGE) -> Candidates:
    """Pairs that share a key and whose sizes and positions allow the threshold.

    Under a key with more than `large` different texts each is compared only with the first 32 and with the 32 before
    it (half of `large`), in the order of all records, so that the work stays in proportion to the number of texts.
    Texts with equal shingles are one text here, so they are always found. What a large bucket may miss is a pair of
    texts that are far apart, have no rarer key in common, and that no third text joins.
    """
    equal, keys = _collapsed(keys)
    keys = keys.take(np.lexsort((keys.item, keys.key)))
    keys = _without_hopeless(keys, threshold, large)
    parts = [Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for left, right in _meetings(keys, large // 2, large):
        possible = _possible(keys, left, right, threshold)
        parts.append(Pairs(keys.item[left[possible]], keys.item[right[possible]]))
    lefts, rights = zip(*parts, strict=True)
    return Candidates(equal, _distinct(np.concatenate(lefts), np.concatenate(rights)))


def _collapsed(keys: Keys) -> tuple[Pairs, Keys]:
    """Equal sets have the same keys: the first item stands for all of them.

    A pair of equals is reported where the first key of its set is, not in every partition.
    """
    order = np.lexsort((keys.item, keys.digest))
    digest, item = keys.digest[order], keys.item[order]
    starts = _starts(digest)
    first = item[starts][np.cumsum(starts) - 1]
    others = order[item != first]
    reported = np.isin(keys.position[others], (0, FIRST_BAND))
    left = first[item != first][reported]
    kept = np.ones(len(order), np.bool_)
    kept[others] = False
    return Pairs(left, keys.item[others[reported]]), keys.take(kept)


def _starts(column: NDArray[np.uint64]) -> Mask:
    """Where another value starts in a sorted column."""
    starts = np.ones(len(column), np.bool_)
    starts[1:] = column[1:] != column[:-1]
    return starts


def _without_hopeless(keys: Keys, threshold: float, large: int) -> Keys:
    """Takes out of large buckets the texts that no other text of the bucket can overlap enough.

    The template of many questions is their common end when rare shingles come first, which rules most of them out.
    """
    starts = np.flatnonzero(_starts(keys.key))
    sizes = np.diff(np.append(starts, len(keys.key)))
    kept = np.ones(len(keys.key), np.bool_)
    for start, size in zip(starts[sizes > large].tolist(), sizes[sizes > large].tolist(), strict=True):
        bucket = slice(start, start + size)
        kinds = np.stack([keys.size[bucket], keys.position[bucket]], axis=1)
        kind, which, count = np.unique(kinds, axis=0, return_inverse=True, return_counts=True)
        left, right = np.divmod(np.arange(len(kind) ** 2), len(kind))
        able = _allows(kind[left, 0], kind[left, 1], kind[right, 0], kind[right, 1], threshold)
        able &= (left != right) | (count[left] > 1)
        hopeful: Mask = np.logical_or.reduce(able.reshape(len(kind), -1), axis=1)
        kept[bucket] = hopeful[which.ravel()]
    return keys.take(kept)


def _possible(keys: Keys, left: Places, right: Places, threshold: float) -> Mask:
    return _allows(keys.size[left], keys.position[left], keys.size[right], keys.position[right], threshold)


def _allows(
    left_size: Numbers,
    left_position: Numbers,
    right_size: Numbers,
    right_position: Numbers,
    threshold: float,
) -> Mask:
    """Whether two sets can reach the threshold, if the shingle at these positions is the first that they share.

    What is left after it bounds what they share (PPJoin: Xiao, Wang, Lin and Yu 2008). A pair that shares an earlier
    shingle too is judged under that one.
    """
    left, right = left_size.astype(np.float64), right_size.astype(np.float64)
    most = np.where(
        left_position < 0,
        np.minimum(left, right),
        np.minimum(left - left_position, right - right_position),
    )
    allowed: Mask = np.greater_equal(most, threshold / (1 + threshold) * (left + right) - SLACK)
    return allowed


def _meetings(keys: Keys, half: int, large: int) -> Iterator[tuple[Places, Places]]:
    """Positions of pairs in each bucket: the first with all after it, the second, …; in large ones neighbours last."""
    starts = _starts(keys.key)
    first = np.flatnonzero(starts)
    sizes = np.diff(np.append(first, len(keys.key)))
    bucket = np.cumsum(starts) - 1
    position = np.arange(len(keys.key))
    start, size = first[bucket], sizes[bucket]
    rest = np.flatnonzero(position > start)
    for rank in range(large):
        rest = rest[(position[rest] - start[rest] > rank) & ((size[rest] <= large) | (rank < half))]
        if not rest.size:
            break
        yield start[rest] + rank, rest
    rest = np.flatnonzero(size > large)
    for before in range(1, half + 1):
        rest = rest[position[rest] - start[rest] >= half + before]
        if not rest.size:
            break
        yield rest - before, rest


def _distinct(left: Places, right: Places) -> Pairs:
    """Every pair once, where it is first."""
    items = np.unique(np.concatenate([left, right]))
    packed = np.searchsorted(items, left) * len(items) + np.searchsorted(items, right)
    _, firsts = np.unique(packed, return_index=True)
    firsts.sort()
    return Pairs(left[firsts], right[firsts])
