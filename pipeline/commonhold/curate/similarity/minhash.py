"""MinHash signatures (Broder 1997): two texts agree in each place with the probability of their Jaccard overlap.

The shingles of a text are numbers that a hash scattered over a circle, and each place of a signature is the first one
that is met from a fixed point of the circle on: one look at every shingle fills all places, where 68 draws take 68
(one permutation hashing: Li, Owen and Zhang 2012; empty stretches filled by rotation: Shrivastava and Li 2014).

In numpy and not in a library, because a signature must be the same on every machine and in five years: rensa 0.5.0, the
fastest, hashes otherwise than its own next release.
"""

import numpy as np

from commonhold.curate.similarity.ragged import FEW_VALUES, Hashes, Ragged
from commonhold.curate.similarity.shingles import SHINGLE_BITS

EMPTY = 1 << SHINGLE_BITS
"""No shingle."""


def signatures(sets: Ragged, places: int) -> Hashes:
    """(texts, places): the shingle that is met first from each of so many points on, which are equally far apart.

    Values rise in each row. An empty set has `EMPTY` everywhere. Neighbouring places often hold the same shingle where
    a text has few for each place, and agree together: see `keys.banded`.
    """
    parts = [_signed(part, places) for part in sets.parts(FEW_VALUES)]
    return np.concatenate([np.zeros((0, places), np.uint64), *parts])


def _signed(sets: Ragged, places: int) -> Hashes:
    texts = len(sets.offsets) - 1
    stretch = (sets.values * np.uint64(places)) >> np.uint64(SHINGLE_BITS)
    stretch += sets.row_of_each().astype(np.uint64) * np.uint64(places)
    in_stretch = np.bincount(stretch.astype(np.int64), minlength=texts * places)
    # All shingles stand in one row, so the first from a point on is the one after all that stand before it.
    first = (np.cumsum(in_stretch) - in_stretch).reshape(texts, places)
    begins, ends = sets.offsets[:-1, None], sets.offsets[1:, None]
    met = np.append(sets.values, np.uint64(EMPTY))[np.where(first == ends, begins, first)]
    met[sets.sizes == 0] = EMPTY
    return met
