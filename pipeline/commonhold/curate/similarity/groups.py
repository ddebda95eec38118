"""Groups of records that must stay together (disjoint sets: Tarjan 1975, JACM 22:215)."""

import numpy as np

from commonhold.curate.similarity.ragged import Places


class Groups:
    """Items 0 to n - 1, each at first a group of its own; 8 bytes an item. A group is named by its smallest item."""

    def __init__(self, items: int) -> None:
        self._parents = np.arange(items)

    def names(self, items: Places | None = None) -> Places:
        """The smallest item of the group of each item, or of each of some."""
        asked = np.arange(len(self._parents)) if items is None else items
        names = self._parents[asked]
        while not np.array_equal(above := self._parents[names], names):
            names = above
        self._parents[asked] = names
        return names

    def join(self, left: Places, right: Places) -> None:
        """Makes the groups of each pair one.

        All pairs at once: every group goes under the smallest one it is paired with, until no pair is apart (after
        Shiloach and Vishkin 1982).
        """
        while len(left):
            ones, others = self.names(left), self.names(right)
            apart = ones != others
            left, right, ones, others = left[apart], right[apart], ones[apart], others[apart]
            np.minimum.at(self._parents, np.maximum(ones, others), np.minimum(ones, others))

    def copy(self) -> "Groups":
        """These groups, to join others without changing these."""
        groups = Groups(0)
        groups._parents = self._parents.copy()
        return groups
