"""How signatures are cut into bands, and which texts are too short to need them.

MinHash signatures (Broder 1997): two texts agree in each place with the probability of their Jaccard overlap.

The shingles of a text are numbers that a hash scattered over a circle, and each place of a signature is the first one
that is met from a fixed point of the circle on: one look at every shingle fills all places, where 68 draws take 68
(one permutation hashing: Li, Owen and Zhang 2012; empty stretches filled by rotation: Shrivastava and Li 2014).

In numpy and not in a library, because a signature must be the same on every machine and in five years: rensa 0.5.0, the
fastest, hashes otherwise than its own next release.

Keys under which texts that may overlap meet: exact for short texts, by MinHash for long ones.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.hashing import mix
from commonhold.curate.dedup.ragged import FEW_VALUES, Hashes, Places, Ragged
from commonhold.curate.dedup.shingles import SHINGLE_BITS, set_digests

MOST_PERMUTATIONS = 128
MOST_ROWS = 16
RECALL = 0.99
MOST_EXACT = 2000
FEWEST_KEYS = 16
SLACK = 1e-9
"""So that 0.7 x 10 is 7 and not a little more."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Locality-sensitive hashing (Indyk and Motwani 1998): texts that agree in all rows of one band are candidates."""

    threshold: float
    """Jaccard overlap, in (0, 1], from which texts are wanted."""
    bands: int
    rows: int

    @property
    def permutations(self) -> int:
        """Length of a signature."""
        return self.bands * self.rows

    def chance(self, jaccard: float) -> float:
        """The S-curve: the chance that two long texts with this overlap become candidates; for the report.

        Of independent places; texts with few shingles for each place meet a little more often (`keys.banded`).
        """
        return float(1 - (1 - jaccard**self.rows) ** self.bands)

    def curve(self) -> dict[float, float]:
        """The S-curve in steps of 0.05, for the report."""
        return {step / 20: round(self.chance(step / 20), 6) for step in range(1, 21)}

    def prefix(self, shingles: int) -> int:
        """How many of the rarest shingles of a set of this size decide whether another can overlap it enough.

        Two sets that overlap by the threshold t share at least one of the n - ⌈t·n⌉ + 1 that come first in any order
        that is the same for both (Chaudhuri, Ganti and Kaushik 2006).
        """
        return shingles - math.ceil(self.threshold * shingles - SLACK) + 1

    @property
    def short(self) -> int:
        """Most shingles of a text that is compared exactly, with no more keys than bands would make, or 16."""
        return _longest(self)

    @property
    def longest_exact(self) -> int:
        """Most shingles of a text that can reach the threshold with a short one, and so has exact keys beside bands."""
        return math.floor(self.short / self.threshold + SLACK)


def bands_for(threshold: float, recall: float = RECALL) -> Bands:
    """The bands that find at least `recall` of the long pairs at the threshold: as many rows, then as few bands.

    Raises:
        ValueError: the threshold is not in [0.05, 1]; under that, 128 permutations do not reach 0.99.
    """
    if not 0.05 <= threshold <= 1:
        raise ValueError(f"a threshold of overlap is between 0.05 and 1, got {threshold}")
    for rows in range(MOST_ROWS, 0, -1):
        missed = math.log1p(-(threshold**rows)) if threshold < 1 else -math.inf
        bands = max(math.ceil(math.log(1 - recall) / missed - SLACK), 1)
        if bands * rows <= MOST_PERMUTATIONS:
            return Bands(threshold, bands, rows)
    raise ValueError(f"no bands of {MOST_PERMUTATIONS} permutations find {recall} of the pairs at {threshold}")


@lru_cache(maxsize=64)
def _longest(bands: Bands) -> int:
    return max(size for size in range(1, MOST_EXACT) if bands.prefix(size) <= max(bands.bands, FEWEST_KEYS))


EMPTY = 1 << SHINGLE_BITS
"""No shingle."""


def signatures(sets: Ragged, points: int) -> Hashes:
    """(texts, points): the shingle that is met first from each of so many points on, which are equally far apart.

    Values rise in each row. An empty set has `EMPTY` everywhere. Neighbouring points often hold the same shingle where
    a text has few for each point, and agree together: see `keys.banded`.
    """
    parts = [_signed(part, points) for part in sets.parts(FEW_VALUES)]
    return np.concatenate([np.zeros((0, points), np.uint64), *parts])


def _signed(sets: Ragged, points: int) -> Hashes:
    texts = len(sets.offsets) - 1
    stretch = (sets.values * np.uint64(points)) >> np.uint64(SHINGLE_BITS)
    stretch += sets.row_of_each().astype(np.uint64) * np.uint64(points)
    in_stretch = np.bincount(stretch.astype(np.int64), minlength=texts * points)
    # All shingles are in one row, so the first from a point on is the one after all that are before it.
    first = (np.cumsum(in_stretch) - in_stretch).reshape(texts, points)
    starts, ends = sets.offsets[:-1, None], sets.offsets[1:, None]
    met = np.append(sets.values, np.uint64(EMPTY))[np.where(first == ends, starts, first)]
    met[sets.sizes == 0] = EMPTY
    return met


FEWEST_BITS, MOST_BITS = 10, 20
FIRST_BAND = -1
"""Bands are keys with the positions -1, -2, …"""

Counts = NDArray[np.uint32]
"""(2**bits,): how many texts hold shingles that start with these bits. Of several shards: the sum."""


class Keys(NamedTuple):
    """What is exchanged between partitions, column by column: 30 bytes a row, rows of one key in one partition."""

    key: Hashes
    item: Places
    digest: Hashes
    """Equal for texts with equal shingles."""
    size: NDArray[np.int32]
    """Shingles of the text."""
    position: NDArray[np.int16]
    """Where the shingle is among those of its text, the rarest being 0; under 0 for a band."""

    def take(self, rows: Places | NDArray[np.bool_]) -> "Keys":
        """Some of the rows."""
        return Keys(self.key[rows], self.item[rows], self.digest[rows], self.size[rows], self.position[rows])

    def partitioned(self, partitions: int) -> list["Keys"]:
        """The rows of each partition; a key is always in the same one."""
        where = (self.key >> np.uint64(32)) % np.uint64(partitions)
        return [self.take(where == partition) for partition in range(partitions)]


def stacked_keys(parts: Sequence[Keys]) -> Keys:
    """The rows of several, one after the other."""
    return Keys(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def counter_bits(shingles: int) -> int:
    """A counter for four shingles or fewer, in bounds: they are to stay in the processor's cache."""
    return min(max((shingles // 4).bit_length(), FEWEST_BITS), MOST_BITS)


def shingle_counts(sets: Ragged, bits: int = MOST_BITS, longest: int | None = None) -> Counts:
    """How common shingles are in a batch; add those of all batches up before the keys are made.

    Only the order of the keys, and so the work, depends on these counts: with none, results are the same but slower
    to come by where many texts follow one template. Texts of more than `longest` shingles are left out.
    """
    counts = np.zeros(1 << bits, np.uint32)
    for part in sets.parts(FEW_VALUES):
        counted = part if longest is None else part.only(part.sizes <= longest)
        np.add.at(counts, (counted.values >> np.uint64(SHINGLE_BITS - bits)).astype(np.int64), np.uint32(1))
    return counts


def keys_of(items: Places, sets: Ragged, bands: Bands, counts: Counts | None = None) -> Keys:
    """The keys of a batch of texts, whose positions among all records are `items`; no words, no keys.

    Texts of up to `bands.short` shingles meet every text that overlaps them by the threshold under one of their keys;
    two longer ones with the chance `bands.chance`.
    """
    digests = set_digests(sets)
    exact = _prefix_keys(items, sets, digests, bands, counts)
    long = np.flatnonzero(sets.sizes > bands.short)
    if not long.size:
        return exact
    return stacked_keys([exact, _band_keys(items[long], sets.take(long), digests[long], bands)])


def _prefix_keys(items: Places, sets: Ragged, digests: Hashes, bands: Bands, counts: Counts | None) -> Keys:
    sizes = sets.sizes
    rows = np.flatnonzero((sizes > 0) & (sizes <= bands.longest_exact))
    chosen = sets.take(rows)
    values, row = rarest_first(chosen, counts)
    position = np.arange(len(values)) - chosen.offsets[:-1][row]
    prefix = np.array([bands.prefix(size) for size in range(int(sizes.max(initial=0)) + 1)], np.int64)
    within = position < prefix[chosen.sizes][row]
    row, origin = row[within], rows[row[within]]
    return Keys(
        mix(values[within] + np.uint64(1)),
        items[origin],
        digests[origin],
        sizes[origin].astype(np.int32),
        position[within].astype(np.int16),
    )


def rarest_first(sets: Ragged, counts: Counts | None) -> tuple[Hashes, Places]:
    """The values of every row in the order that is the same for all texts: the least common first, then the least.

    Rows have one value at least and 65,536 at most.
    """
    row = sets.row_of_each()
    if counts is None:
        return sets.values, row
    parts = [np.zeros(0, np.uint64), *(_rarest_first(part, counts) for part in sets.parts(FEW_VALUES))]
    return np.concatenate(parts), row


def _rarest_first(sets: Ragged, counts: Counts) -> Hashes:
    """Sorted as one number for each value: its row in 16 bits, how common it is in 32, its place in 16.

    Values rise in each row, so the least is first among those that are as common.
    """
    bits = len(counts).bit_length() - 1
    packed = sets.row_of_each().astype(np.uint64) << np.uint64(32)
    packed |= counts[(sets.values >> np.uint64(SHINGLE_BITS - bits)).astype(np.int64)]
    packed <<= np.uint64(16)
    packed |= np.arange(len(packed), dtype=np.uint64)
    packed.sort()
    return sets.values[(packed & np.uint64(0xFFFF)).astype(np.int64)]


def _band_keys(items: Places, sets: Ragged, digests: Hashes, bands: Bands) -> Keys:
    signed = signatures(sets, bands.permutations)[:, banded(bands.bands, bands.rows)]
    keys = np.broadcast_to(np.arange(bands.bands, dtype=np.uint64), signed.shape[:2]).copy()
    for row in range(bands.rows):
        keys = mix(keys + signed[:, :, row] + np.uint64(row + 1))
    count = bands.bands
    return Keys(
        keys.ravel(),
        np.repeat(items, count),
        np.repeat(digests, count),
        np.repeat(sets.sizes.astype(np.int32), count),
        np.tile(np.arange(FIRST_BAND, FIRST_BAND - count, -1, dtype=np.int16), len(items)),
    )


def banded(bands: int, rows: int) -> Places:
    """(bands, rows): the positions of a signature that each band holds.

    Neighbours go to two bands in turn, of an odd number the last holds its own. Neighbours agree together in texts with
    few shingles for each place. One beside the other in one band would bring many texts together that share little; in
    bands far apart, 17 bands would have the chances of fewer. In turn, pairs at the threshold meet as often as in
    independent bands or a little more often, and others hardly more often.
    """
    positions = np.arange(bands * rows)
    even = bands // 2 * 2 * rows
    return np.concatenate([
        positions[:even].reshape(-1, rows, 2).transpose(0, 2, 1).reshape(-1, rows), positions[even:].reshape(-1, rows)
    ])  # fmt: skip
