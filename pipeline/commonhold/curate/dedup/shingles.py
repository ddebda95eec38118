"""Texts as sets of word runs, and how much two sets share."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.hashing import hash_words, mix, runs
from commonhold.curate.dedup.ragged import Hashes, Places, Ragged, offsets_of, stacked
from commonhold.curate.text.words import SHINGLE_WORDS

SHINGLE_BITS = 44
"""Two of the shingles of a pair of texts, 228 each, are taken for one another in three pairs of a thousand million."""
BLOCK_ROWS = 1 << (64 - SHINGLE_BITS)
BLOCK_VALUES = 1 << 20
CACHED_VALUES = 1 << 14
"""Values that are sorted at once, in the processor's cache."""

Sets = Callable[[Places], Ragged]
"""Looks up the shingle sets of items, in the order of the items asked for."""


def shingle_sets(texts: Sequence[str]) -> Ragged:
    """The set of each text's word runs of three, as `words.shingles` makes them: 44-bit numbers, rising in each row."""
    return hashed_sets(hash_words(texts))


def hashed_sets(hashed: Ragged) -> Ragged:
    """The same, of texts whose words are hashed already."""
    return stacked([sorted_sets(runs(part, SHINGLE_WORDS)) for part in hashed.parts(CACHED_VALUES)])


def sorted_sets(hashed: Ragged) -> Ragged:
    """Rows of 64-bit hashes as sets of 44-bit shingles."""
    rows = len(hashed.offsets) - 1
    return stacked(
        [_sorted_block(hashed, first, min(first + BLOCK_ROWS, rows)) for first in range(0, rows, BLOCK_ROWS)]
    )


def _sorted_block(hashed: Ragged, first: int, last: int) -> Ragged:
    sizes = hashed.sizes[first:last]
    values = hashed.values[hashed.offsets[first] : hashed.offsets[last]] >> np.uint64(64 - SHINGLE_BITS)
    rows = np.repeat(np.arange(last - first, dtype=np.uint64), sizes)
    tagged = np.sort((rows << np.uint64(SHINGLE_BITS)) | values)
    if tagged.size:
        tagged = tagged[np.concatenate([[True], tagged[1:] != tagged[:-1]])]
    ends = np.searchsorted(tagged, np.arange(1, last - first, dtype=np.uint64) << np.uint64(SHINGLE_BITS))
    offsets = np.concatenate([[0], ends, [tagged.size]]).astype(np.int64)
    return Ragged(tagged & np.uint64((1 << SHINGLE_BITS) - 1), offsets)


def set_digests(sets: Ragged) -> Hashes:
    """A number for each set; equal sets have equal ones, and others do not but for a chance of 2**-64."""
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mix(sets.values + np.uint64(1)), dtype=np.uint64)])
    return mix(sums[sets.offsets[1:]] - sums[sets.offsets[:-1]])


def overlaps(sets: Ragged, left: Places, right: Places) -> NDArray[np.float64]:
    """Jaccard overlap of pairs of rows: shared shingles over all shingles of the two; 0 when both are empty."""
    shared = np.zeros(len(left), np.int64)
    sizes = sets.sizes
    load = offsets_of(sizes[left] + sizes[right])
    first = 0
    while first < len(left):
        last = int(np.searchsorted(load, load[first] + BLOCK_VALUES, "right")) - 1
        last = min(max(last, first + 1), first + BLOCK_ROWS, len(left))
        shared[first:last] = _shared(sets, left[first:last], right[first:last])
        first = last
    together = sizes[left] + sizes[right] - shared
    jaccard: NDArray[np.float64] = np.divide(shared, together, out=np.zeros(len(left)), where=together > 0)
    return jaccard


def _shared(sets: Ragged, left: Places, right: Places) -> Places:
    """A shingle that both have appears twice in the sorted shingles of the pair."""
    parts = [sets.take(left), sets.take(right)]
    tagged = np.concatenate(
        [part.values | (part.row_of_each().astype(np.uint64) << np.uint64(SHINGLE_BITS)) for part in parts]
    )
    tagged.sort()
    twice = tagged[1:][tagged[1:] == tagged[:-1]]
    return np.bincount((twice >> np.uint64(SHINGLE_BITS)).astype(np.int64), minlength=len(left))
