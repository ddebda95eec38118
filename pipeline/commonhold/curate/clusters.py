"""Groups of records that must stay together (disjoint sets: Tarjan 1975, JACM 22:215)."""

from collections.abc import Hashable, Iterable, Sequence

from commonhold.curate.similar import SimilarTexts
from commonhold.curate.words import shingles

SAME_SUBJECT = 0.5
"""Overlap of two prompts (Jaccard) from which one gives the other's answer away."""


class Groups:
    """Items 0 to n - 1, each at first a group of its own."""

    def __init__(self, items: int) -> None:
        self._parents = list(range(items))

    def find(self, item: int) -> int:
        """The item that stands for the group: its smallest."""
        while self._parents[item] != item:
            self._parents[item] = self._parents[self._parents[item]]
            item = self._parents[item]
        return item

    def join(self, one: int, other: int) -> None:
        """Makes two groups one."""
        low, high = sorted((self.find(one), self.find(other)))
        self._parents[high] = low

    def joined(self, labels: Iterable[Hashable]) -> "Groups":
        """These groups, with those joined that have an item with the same label; an empty label joins nothing."""
        groups = Groups(len(self._parents))
        groups._parents = self._parents.copy()
        first: dict[Hashable, int] = {}
        for item, label in enumerate(labels):
            if label:
                groups.join(first.setdefault(label, item), item)
        return groups


def similar_prompts(prompts: Sequence[str], threshold: float = SAME_SUBJECT) -> Groups:
    """Groups of prompts that overlap, directly or through others."""
    index = SimilarTexts([shingles(prompt) for prompt in prompts], threshold)
    groups = Groups(len(prompts))
    for item in range(len(prompts)):
        for other in index.matches(item).places.tolist():
            groups.join(item, other)
        index.add(item)
    return groups
