"""MinHash signatures (Broder 1997): two texts agree in each place with the probability of their Jaccard overlap.

In numpy and not in a library, because a signature must be the same on every machine and in five years: rensa 0.5.0, the
fastest, hashes otherwise than its own next release.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.similarity.hashing import mix
from commonhold.curate.similarity.ragged import Ragged

BLOCK_VALUES = 1 << 14
EMPTY = np.iinfo(np.uint32).max

Signatures = NDArray[np.uint32]
"""(texts, permutations)"""


def signatures(sets: Ragged, permutations: int) -> Signatures:
    """For each set and each pair a, b the least a·hash + b in 32 bits; of an empty set the largest number."""
    result = np.full((len(sets.offsets) - 1, permutations), EMPTY, np.uint32)
    factors, terms = _permutations(permutations)
    filled = np.flatnonzero(sets.sizes)
    first = 0
    while first < len(filled):
        limit = sets.offsets[filled[first]] + BLOCK_VALUES
        last = max(int(np.searchsorted(sets.offsets[filled + 1], limit, "right")), first + 1)
        rows = filled[first:last]
        begin, end = sets.offsets[rows[0]], sets.offsets[rows[-1] + 1]
        starts = sets.offsets[rows] - begin
        values = (mix(sets.values[begin:end]) >> np.uint64(32)).astype(np.uint32)
        hashed = np.empty_like(values)
        for place in range(permutations):
            np.multiply(values, factors[place], out=hashed)
            np.add(hashed, terms[place], out=hashed)
            result[rows, place] = np.minimum.reduceat(hashed, starts)
        first = last
    return result


@lru_cache(maxsize=8)
def _permutations(count: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    drawn = mix(np.arange(1, 2 * count + 1, dtype=np.uint64))
    numbers = (drawn >> np.uint64(32)).astype(np.uint32)
    return numbers[:count] | np.uint32(1), numbers[count:]
