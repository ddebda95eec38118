"""So that no voice drowns the others: caps for contributors, weights for sources and languages."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.ragged import Hashes, Places
from commonhold.errors import RequestError

Mask = NDArray[np.bool_]


def gini(counts: Sequence[int]) -> float:
    """How unequally rows are spread over contributors: 0 when all gave as many, near 1 when one gave them all.

    The Gini coefficient (Gini 1912) without correction for small numbers: one contributor of n who gives everything
    makes 1 - 1/n. 0 for nobody.
    """
    if not sum(counts):
        return 0.0
    ordered = sorted(counts)
    ranked = sum(rank * count for rank, count in enumerate(ordered, start=1))
    return 2 * ranked / (len(ordered) * sum(ordered)) - (len(ordered) + 1) / len(ordered)


def largest_share(share: float, counts: Sequence[int], others: int = 0) -> int:
    """The most rows that each contributor may give so that none has more than `share` of what is left.

    `counts`: rows of each contributor; `others`: rows of nobody known, which are not capped.

    Raises:
        RequestError: there are too few contributors for that; 0.2 needs five.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share is above 0 and at most 1, got {share}")
    given = np.sort(np.array(counts, np.int64))

    def allowed(cap: int) -> bool:
        return min(cap, int(given[-1])) <= share * (others + int(np.minimum(given, cap).sum())) + 1e-9

    if not given.size:
        return 0
    if not allowed(1):
        raise RequestError(
            f"no contributor can be held to {share:.0%} of the rows: {len(counts)} contributors are too few. "
            f"Raise the share to {1 / len(counts):.2f} or more, or cap the number of rows instead"
        )
    low, high = 1, int(given[-1])
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if allowed(middle) else (low, middle - 1)
    return low


def under_cap(contributor: Places, drawn: Hashes, most: int) -> Mask:
    """Which records stay when each contributor gives at most so many: those that are drawn first.

    `contributor`: a number for each record, under 0 for nobody known, who is not capped.
    """
    return (contributor < 0) | (_rank_within(contributor, drawn) < most)


def _rank_within(group: Places, drawn: Hashes) -> Places:
    """Where each record is among those of its group, in the order of the draw."""
    order = np.lexsort((drawn, group))
    ordered = group[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(order) else np.zeros(0, int)
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.arange(len(order)) - np.repeat(starts, np.diff([*starts, len(order)]))
    return ranks


def cell_weights(
    cells: Sequence[tuple[str, str]], sources: Mapping[str, float], languages: Mapping[str, float]
) -> list[float]:
    """The part of the records to keep of each cell (source, language): the product of the two weights; 1 unless named.

    Raises:
        ValueError: a weight is not in [0, 1]; rows are left out, never repeated.
    """
    for name, weight in (*sources.items(), *languages.items()):
        if not 0 <= weight <= 1:
            raise ValueError(f"the weight of {name!r} is between 0 and 1, got {weight}")
    return [sources.get(source, 1.0) * languages.get(language, 1.0) for source, language in cells]


def by_weight(cell: Places, drawn: Hashes, weights: Sequence[float]) -> Mask:
    """Which records stay when each cell keeps its part: those that are drawn first.

    Parts are rounded so that they add up to the rounded whole (largest remainder: Hamilton 1792); of equal remainders
    the larger cell's is rounded up. `cell`: a number for each record, from 0.
    """
    sizes = np.bincount(cell, minlength=len(weights))
    exact = sizes * np.array(weights)
    quotas = np.floor(exact + 1e-9).astype(np.int64)
    missing = round(float(exact.sum())) - int(quotas.sum())
    quotas[np.lexsort((-sizes, quotas - exact))[: max(missing, 0)]] += 1
    kept: Mask = _rank_within(cell, drawn) < quotas[cell]
    return kept
