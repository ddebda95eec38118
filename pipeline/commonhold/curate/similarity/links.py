"""From pairs worth comparing to links between texts that overlap."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.similarity.candidates import Candidates
from commonhold.curate.similarity.groups import Groups
from commonhold.curate.similarity.ragged import Places
from commonhold.curate.similarity.shingles import Sets, overlaps

BLOCK_PAIRS = 1 << 12


class Links(NamedTuple):
    """Pairs of items that overlap enough, the earlier one left; other pairs that do are joined by way of these."""

    left: Places
    right: Places
    jaccard: NDArray[np.float64]


def links(found: Candidates, sets: Sets, threshold: float) -> Links:
    """Compares candidates by their true Jaccard overlap, unless links that were found before join them already."""
    ends = [found.equal.left, found.equal.right, found.pairs.left, found.pairs.right]
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


def apart(found: Links, labels: NDArray[np.uint64]) -> Links:
    """Links among items that are joined, directly or through others, and have the same labels: `(all items, labels)`.

    They say who may overlap, and not how much (-1): what joined two items may have had another label.
    """
    items = np.unique(np.concatenate([found.left, found.right]))
    groups = Groups(len(items))
    groups.join(np.searchsorted(items, found.left), np.searchsorted(items, found.right))
    together = np.column_stack([groups.names().astype(np.uint64), labels[items]])
    _, first, which = np.unique(together, axis=0, return_index=True, return_inverse=True)
    left = items[first[which.reshape(-1)]]
    other = left != items
    return Links(left[other], items[other], np.full(int(other.sum()), -1.0))
