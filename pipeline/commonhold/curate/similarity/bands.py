"""How signatures are cut into bands, and which texts are too short to need them."""

import math
from dataclasses import dataclass
from functools import lru_cache

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

    def found(self, jaccard: float) -> float:
        """The S-curve: the chance that two long texts with this overlap become candidates; for the report.

        Of independent places; texts with few shingles for each place meet a little more often (`keys.banded`).
        """
        return float(1 - (1 - jaccard**self.rows) ** self.bands)

    def curve(self) -> dict[float, float]:
        """The S-curve in steps of 0.05, for the report."""
        return {step / 20: round(self.found(step / 20), 6) for step in range(1, 21)}

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
