"""Groups of records that must stay together (disjoint sets: Tarjan 1975, JACM 22:215)."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from commonhold.curate.similarity.inverted_index import SimilarTexts
from commonhold.curate.similarity.ragged import Places
from commonhold.curate.words import shingles

SAME_SUBJECT = 0.5
"""Overlap of two prompts (Jaccard) from which one gives the other's answer away."""


class Groups:
    """Items 0 to n - 1, each at first a group of its own; 8 bytes an item. A group is named by its smallest item."""

    def __init__(self, items: int) -> None:
        self._parents = np.arange(items)

    def find(self, item: int) -> int:
        """The item that stands for the group: its smallest."""
        return int(self.names(np.array([item]))[0])

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

    def join_same(self, labels: Iterable[Hashable]) -> None:
        """Joins the items that have the same label; an empty label joins nothing."""
        first: dict[Hashable, int] = {}
        pairs = [(first.setdefault(label, item), item) for item, label in enumerate(labels) if label]
        if pairs:
            left, right = np.array(pairs).T
            self.join(left, right)

    def copy(self) -> "Groups":
        """These groups, to join others without changing these."""
        groups = Groups(0)
        groups._parents = self._parents.copy()
        return groups


def similar_prompts(prompts: Sequence[str], threshold: float = SAME_SUBJECT) -> Groups:
    """Groups of prompts that overlap, directly or through others; by comparing all with all."""
    index = SimilarTexts([shingles(prompt) for prompt in prompts], threshold)
    groups = Groups(len(prompts))
    for item in range(len(prompts)):
        others = index.matches(item).places
        groups.join(others, np.full(len(others), item))
        index.add(item)
    return groups
