"""Which of many hashes are among a few known ones."""

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.similarity.ragged import Hashes, Places, Ragged

FEWEST_BITS, MOST_BITS = 16, 26


class Holders:
    """Known hashes and the rows that hold each."""

    def __init__(self, sets: Ragged) -> None:
        pairs = np.unique(np.stack([sets.values, sets.row_of_each().astype(np.uint64)]), axis=1)
        first = np.ones(pairs.shape[1], np.bool_)
        first[1:] = pairs[0, 1:] != pairs[0, :-1]
        starts = np.flatnonzero(first)
        self.known: Hashes = pairs[0, starts]
        """Rising, without repeats; a hash is named by its place here."""
        self.held_by = Ragged(pairs[1], np.append(starts, pairs.shape[1]).astype(np.int64))
        # Most hashes that are asked for are unknown, which a table of bits tells ten times faster than a search.
        bits = min(max(int(len(self.known) * 16).bit_length(), FEWEST_BITS), MOST_BITS)
        self._mask = np.uint64((1 << bits) - 1)
        self._maybe = np.zeros(1 << bits, np.bool_)
        self._maybe[self.known & self._mask] = True

    def find(self, hashes: Hashes) -> tuple[Places, Places]:
        """Places among `hashes` that are known, and which known hash stands there."""
        maybe = np.flatnonzero(self._maybe[hashes & self._mask])
        which = np.searchsorted(self.known, hashes[maybe])
        which[which == len(self.known)] = 0
        known = self.known[which] == hashes[maybe] if len(self.known) else np.zeros(0, np.bool_)
        return maybe[known], which[known]

    def counts(self) -> NDArray[np.int64]:
        """How many rows hold each known hash."""
        return self.held_by.sizes

    def expanded(self, owners: Places, which: Places) -> tuple[Places, Places]:
        """For each known hash found, its owner beside every row that holds it."""
        held = self.held_by.take(which)
        return np.repeat(owners, held.sizes), held.values.astype(np.int64)


def counted_pairs(left: Places, right: Places) -> tuple[Places, Places, Places]:
    """Every pair once, in order, and how often it stands there."""
    width = int(right.max(initial=0)) + 1
    packed, count = np.unique(left * width + right, return_counts=True)
    ones, others = np.divmod(packed, width)
    return ones, others, count
