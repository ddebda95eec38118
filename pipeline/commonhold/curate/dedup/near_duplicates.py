"""Groups of records that must stay together (disjoint sets: Tarjan 1975, JACM 22:215).

From pairs worth comparing to links between texts that overlap.

Which texts repeat one that stays, group by group.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.candidates import Candidates
from commonhold.curate.dedup.minhash_lsh import SLACK, Bands
from commonhold.curate.dedup.ragged import Places, Ragged, offsets_of
from commonhold.curate.dedup.shingles import Sets, overlaps


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


BLOCK_PAIRS = 1 << 12


class Links(NamedTuple):
    """Pairs of items that overlap enough, the earlier one left; other pairs that do are joined by way of these."""

    left: Places
    right: Places
    jaccard: NDArray[np.float64]


def links(proposed: Candidates, sets: Sets, threshold: float) -> Links:
    """Compares candidates by their true Jaccard overlap, unless links that were found before join them already."""
    ends = [proposed.equal.left, proposed.equal.right, proposed.pairs.left, proposed.pairs.right]
    items = np.unique(np.concatenate(ends))
    equal_left, equal_right, left, right = (np.searchsorted(items, end) for end in ends)
    groups = Groups(len(items))
    groups.join(equal_left, equal_right)
    parts = [(equal_left, equal_right, np.ones(len(equal_left)))]
    for start in range(0, len(left), BLOCK_PAIRS):
        ones, others = left[start : start + BLOCK_PAIRS], right[start : start + BLOCK_PAIRS]
        apart = groups.names(ones) != groups.names(others)
        part = compared(items, ones[apart], others[apart], sets, threshold)
        groups.join(part[0], part[1])
        parts.append(part)
    left, right, jaccard = (np.concatenate([part[column] for part in parts]) for column in range(3))
    return Links(items[left], items[right], jaccard)


def compared(
    items: Places, left: Places, right: Places, sets: Sets, threshold: float
) -> tuple[Places, Places, NDArray[np.float64]]:
    """Of pairs of places among `items` those that overlap enough, and how much."""
    needed, which = np.unique(np.concatenate([left, right]), return_inverse=True)
    jaccard = overlaps(sets(items[needed]), which[: len(left)], which[len(left) :])
    enough = jaccard >= threshold
    return left[enough], right[enough], jaccard[enough]


def stacked_links(parts: Sequence[Links]) -> Links:
    """The links of several partitions."""
    return Links(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def apart(joined: Links, labels: NDArray[np.uint64]) -> Links:
    """Links among items that are joined, directly or through others, and have the same labels: `(all items, labels)`.

    They say who may overlap, and not how much (-1): what joined two items may have had another label.
    """
    items = np.unique(np.concatenate([joined.left, joined.right]))
    groups = Groups(len(items))
    groups.join(np.searchsorted(items, joined.left), np.searchsorted(items, joined.right))
    together = np.column_stack([groups.names().astype(np.uint64), labels[items]])
    _, first, which = np.unique(together, axis=0, return_index=True, return_inverse=True)
    left = items[first[which.reshape(-1)]]
    other = left != items
    return Links(left[other], items[other], np.full(int(other.sum()), -1.0))


BLOCK_ITEMS = 1 << 13


class Copies(NamedTuple):
    """Items that repeat an earlier one, in their order."""

    item: Places
    original: Places
    """The earliest item that stays and overlaps enough."""
    jaccard: NDArray[np.float64]


class PairRule(Protocol):
    """What decides on pairs of items besides their overlap."""

    @property
    def edits(self) -> Sets:
        """Keys of which those have one in common that are near although they may overlap less."""

    def opposed(self, left: Places, right: Places) -> NDArray[np.bool_]:
        """Whether pairs that are near say something else, and so are no copies."""


def copies(joined: Links, sets: Sets, threshold: float, rule: PairRule | None = None) -> Copies:
    """Items that overlap an earlier one enough which is itself no copy; in the order of the items.

    Being linked is not enough: of a, b and c, of which b overlaps both others but a not c, only b is a copy. So every
    item that is left out names one that stays and truly overlaps it, and a long chain of small changes keeps its ends.
    A link with an overlap under 0 only says that its two items belong to one group. Groups are independent of each
    other; `sets` is asked for some thousands of items at a time, or one large group.
    """
    items = np.unique(np.concatenate([joined.left, joined.right]))
    left, right = np.searchsorted(items, joined.left), np.searchsorted(items, joined.right)
    groups = Groups(len(items))
    groups.join(left, right)
    names = groups.names()
    direct = np.full(len(items), -1.0)
    first = names[right] == left
    direct[right[first]] = joined.jaccard[first]
    _fill_in(direct, items, names, sets)
    others = np.flatnonzero(names != np.arange(len(items)))
    same = others[are_copies(items[names[others]], items[others], direct[others], threshold, rule)]
    parts = [Copies(items[same], items[names[same]], direct[same])]
    # The first of a group has taken its copies; where several are left, one may be a copy of another.
    rest = np.setdiff1d(others, same)
    rest = rest[np.bincount(names[rest], minlength=len(items))[names[rest]] > 1]
    rest = rest[np.argsort(names[rest], kind="stable")]
    for block in _blocks(names[rest]):
        together = sets(items[rest[block]])
        for members in _runs(names[rest[block]]):
            parts.append(_copies_within(items[rest[block]][members], together.take(members), threshold, rule))  # noqa: PERF401
    item, original, jaccard = (np.concatenate([part[column] for part in parts]) for column in range(3))
    order = np.argsort(item)
    return Copies(item[order], original[order], jaccard[order])


def _fill_in(direct: NDArray[np.float64], items: Places, names: Places, sets: Sets) -> None:
    """Works out how much items overlap the first of their group, where no link said so."""
    unknown = np.flatnonzero((direct < 0) & (names != np.arange(len(items))))
    for start in range(0, len(unknown), BLOCK_ITEMS):
        some = unknown[start : start + BLOCK_ITEMS]
        needed, which = np.unique(np.concatenate([some, names[some]]), return_inverse=True)
        direct[some] = overlaps(sets(items[needed]), which[len(some) :], which[: len(some)])


def share_a_key(keys: Sets, left: Places, right: Places) -> NDArray[np.bool_]:
    """Which pairs of items have a key in common."""
    needed, which = np.unique(np.concatenate([left, right]), return_inverse=True)
    shared: NDArray[np.bool_] = overlaps(keys(needed), which[: len(left)], which[len(left) :]) > 0
    return shared


def are_copies(
    left: Places, right: Places, jaccard: NDArray[np.float64], threshold: float, rule: PairRule | None
) -> NDArray[np.bool_]:
    """Of pairs of items that overlap so much, which are near and say nothing else."""
    same: NDArray[np.bool_] = jaccard >= threshold
    if rule is not None and len(left):
        same = same | share_a_key(rule.edits, left, right)
        same[same] = ~rule.opposed(left[same], right[same])
    return same


def _runs(names: Places) -> list[Places]:
    """The positions of each group, where the members of a group are side by side."""
    positions = np.arange(len(names))
    return np.split(positions, np.flatnonzero(np.diff(names)) + 1) if len(names) else []


def _blocks(names: Places) -> list[Places]:
    """Whole groups, as many at a time as have about BLOCK_ITEMS members, so that sets are looked up in few goes."""
    sizes = np.array([len(group) for group in _runs(names)], np.int64)
    block = np.repeat((np.cumsum(sizes) - sizes) // BLOCK_ITEMS, sizes)
    return _runs(block)


def _copies_within(items: Places, sets: Ragged, threshold: float, rule: PairRule | None) -> Copies:
    """One group: the first of the items that are left stays and takes its copies with it, until none is left."""
    indexes = [_Prefixes(sets, threshold), *([_Prefixes(rule.edits(items), 0.0)] if rule else [])]
    original = np.full(len(items), -1)
    jaccard = np.zeros(len(items))
    for item in range(len(items)):
        if original[item] < 0:
            others = np.unique(np.concatenate([index.later(item) for index in indexes]))
            others = others[original[others] < 0]
            overlap = overlaps(sets, np.full(len(others), item), others)
            same = are_copies(np.full(len(others), items[item]), items[others], overlap, threshold, rule)
            original[others[same]], jaccard[others[same]] = item, overlap[same]
    copied = np.flatnonzero(original >= 0)
    return Copies(items[copied], items[original[copied]], jaccard[copied])


class _Prefixes:
    """For each text of a group, later ones that may overlap it: those with a common shingle among their rarest."""

    def __init__(self, sets: Ragged, threshold: float) -> None:
        shingles, which, counts = np.unique(sets.values, return_inverse=True, return_counts=True)
        row = sets.row_of_each()
        order = np.lexsort((counts[which], row))
        position = np.arange(len(order)) - sets.offsets[row]
        prefix = np.array([Bands(threshold, 1, 1).prefix(size) for size in range(int(sets.sizes.max()) + 1)])
        within = position < prefix[sets.sizes][row]
        self._row, self._shingle = row[within], which[order][within]
        self._offsets = offsets_of(np.bincount(self._row, minlength=len(sets.sizes)))
        by_shingle = np.argsort(self._shingle, kind="stable")
        self._holders = self._row[by_shingle]
        self._starts = offsets_of(np.bincount(self._shingle, minlength=len(shingles)))
        self._sizes, self._threshold = sets.sizes, threshold

    def later(self, item: int) -> Places:
        mine = self._shingle[self._offsets[item] : self._offsets[item + 1]]
        lists = [self._holders[self._starts[one] : self._starts[one + 1]] for one in mine.tolist()]
        meeting = np.unique(np.concatenate([np.zeros(0, np.int64), *lists]))
        sizes, size = self._sizes[meeting], self._sizes[item]
        near = np.minimum(sizes, size) >= self._threshold * np.maximum(sizes, size) - SLACK
        after: Places = meeting[near & (meeting > item)]
        return after
