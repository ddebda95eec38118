"""Whether a rephrased message comes too near to a message that is used already."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from commonhold.curate.dedup.evaluation_overlap import LEAK, Holders
from commonhold.curate.dedup.shingles import shingle_sets
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.rephrasing.checks import Refused
from commonhold.records.example import Split

NEAR_PARENT = 0.9


class KnownMessages:
    """The messages of all records that are used, and of rephrased ones as they are added; overlaps are exact."""

    def __init__(self, table: RecordTable, split: Sequence[Split], near_duplicate: float) -> None:
        """`split` has the split of every item of the table."""
        self._table = table
        self._items = table.items
        sets = table.prompts().stored()(self._items)
        self._sizes, self._holders = sets.sizes, Holders(sets)
        self._held_out = np.array([split[item] != "train" for item in self._items.tolist()], np.bool_)
        self._near = near_duplicate
        self._added: list[tuple[str, int]] = []
        self._holders_of: dict[int, list[int]] = {}

    def refused(self, message: str, parent: int) -> Refused | None:
        """Why a message made of the item `parent` is too near to another: held out, its parent, any other."""
        hashes = shingle_sets([message]).values
        positions, which = self._holders.find(hashes)
        rows, shared = np.unique(self._holders.expanded(positions, which)[1], return_counts=True)
        jaccard = shared / (len(hashes) + self._sizes[rows] - shared)
        items = self._items[rows]
        if leaks := _most(jaccard[self._held_out[rows]], min(LEAK, self._near)):
            return "held_out_overlap", f"overlaps {leaks:.2f} with a message that is held out"
        if near := _most(jaccard[items == parent], min(NEAR_PARENT, self._near)):
            return "near_copy", f"overlaps {near:.2f} with its own message"
        others = np.where(items == parent, 0.0, jaccard)
        if near := _most(others, self._near):
            other = self._table.id_of(int(items[int(others.argmax())]))
            return "near_duplicate", f"message overlaps {near:.2f} with {other}"
        return self._refused_by_added(hashes.tolist())

    def _refused_by_added(self, hashes: Sequence[int]) -> Refused | None:
        shared = Counter(other for each in hashes for other in self._holders_of.get(each, ()))
        for other, number in shared.items():
            name, size = self._added[other]
            jaccard = number / (len(hashes) + size - number)
            if jaccard >= self._near:
                return "near_duplicate", f"message overlaps {jaccard:.2f} with {name}"
        return None

    def add(self, message: str, record_id: str) -> None:
        """A rephrased message that is used from here on."""
        hashes = shingle_sets([message]).values.tolist()
        for each in hashes:
            self._holders_of.setdefault(each, []).append(len(self._added))
        self._added.append((record_id, len(hashes)))


def _most(jaccard: np.ndarray, threshold: float) -> float:
    """The largest overlap that reaches the threshold; 0 for none."""
    most = float(jaccard.max(initial=0.0))
    return most if most >= threshold else 0.0
