"""How many held-out texts leak from what was learnt, pair by pair: what a split is measured by."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.candidates import candidates
from commonhold.curate.dedup.evaluation_overlap import LEAK
from commonhold.curate.dedup.minhash_lsh import bands_for, keys_of, shingle_counts
from commonhold.curate.dedup.near_duplicates import compared
from commonhold.curate.dedup.shingles import set_digests, shingle_sets

FULLY_COMPARED = 4096


class Leak(NamedTuple):
    """Held-out rows that have a neighbour among those learnt from."""

    rows: NDArray[np.int64]
    """Their places in the test set."""
    share: float
    """Of the test rows; 0 when there are none."""


def leak(train: Sequence[str], test: Sequence[str], threshold: float = LEAK) -> Leak:
    """Test texts that overlap a training text by the threshold or more (Jaccard, shingles of three words).

    Every pair that meets under a key is compared, up to 4,096 different texts under one key.
    """
    texts = [*train, *test]
    sets = shingle_sets(texts)
    items = np.arange(len(texts))
    held_out = items >= len(train)
    found = candidates(
        keys_of(items, sets, bands_for(threshold), shingle_counts(sets)), threshold, large=FULLY_COMPARED
    )
    # Of equal texts the first stands for all. Training texts come first, so in a pair that crosses the left one is in
    # train and the right one is not; one that is in both leaks by itself.
    _, alike = np.unique(set_digests(sets), return_inverse=True)
    words = sets.sizes > 0
    trained = np.bincount(alike[~held_out & words], minlength=len(texts)) > 0
    tested = np.bincount(alike[held_out & words], minlength=len(texts)) > 0
    leaked = trained & tested
    left, right = found.pairs
    crossing = trained[alike[left]] & tested[alike[right]]
    _, right, _ = compared(items, left[crossing], right[crossing], sets.take, threshold)
    leaked[alike[right]] = True
    rows = np.flatnonzero(leaked[alike[len(train) :]] & words[len(train) :])
    return Leak(rows, len(rows) / len(test) if test else 0.0)
