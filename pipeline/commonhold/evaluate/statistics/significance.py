"""How often chance alone would set two models so far apart, and how to ask that many times at once."""

import math
from collections.abc import Sequence

from commonhold.evaluate.statistics.clusters import labels_of
from commonhold.evaluate.statistics.intervals import is_graded

MOST_EXACT = 2000
"""Clusters up to which every way of turning their signs is counted; above, the normal curve is as good."""
CELLS = 4000
"""Steps into which the sum of totals that are no whole numbers is cut for counting; 20 a cluster at least."""


def mcnemar_p(wins: int, losses: int) -> float:
    """Two-sided exact McNemar test: how often a fair coin would split the items that changed at least this unevenly."""
    changed = wins + losses
    tail = sum(math.comb(changed, count) for count in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / (1 << changed))


def paired_p(
    base: Sequence[float], tuned: Sequence[float], clusters: Sequence[str], weights: Sequence[float] | None = None
) -> float:
    """Two-sided p of no difference between two models on the same items.

    Exact McNemar for right/wrong answers to items that are independent. Otherwise the same idea for clusters and graded
    scores: without a difference, a cluster's gain is as likely to have the other sign (Fisher's randomisation test).
    """
    labels = labels_of(clusters)
    gains = [after - before for before, after in zip(base, tuned, strict=True)]
    equal = weights is None or len(set(weights)) == 1
    if equal and len(set(labels)) == len(labels) and not is_graded((*base, *tuned)):
        return mcnemar_p(sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains))
    totals: dict[str | int, float] = {}
    for gain, label, weight in zip(gains, labels, weights or [1.0] * len(gains), strict=True):
        totals[label] = totals.get(label, 0.0) + gain * weight
    return sign_flip_p(list(totals.values()))


def sign_flip_p(totals: Sequence[float]) -> float:
    """How often turning every sign by a fair coin makes the sum at least as large, either way; exact up to rounding."""
    moved = [total for total in totals if abs(total) > 1e-12]
    if not moved:
        return 1.0
    if len(moved) > MOST_EXACT:
        return math.erfc(abs(math.fsum(moved)) / math.sqrt(2 * math.fsum(total * total for total in moved)))
    reach, cells = math.fsum(map(abs, moved)), max(CELLS, 20 * len(moved))
    whole = reach <= cells and all(abs(total - round(total)) < 1e-9 for total in moved)
    step = 1.0 if whole else reach / cells
    return _exact([round(total / step) for total in moved])


def _exact(totals: Sequence[int]) -> float:
    import numpy as np

    reach = sum(map(abs, totals))
    chances = np.zeros(2 * reach + 1)
    chances[reach] = 1.0
    for size in (abs(total) for total in totals):
        if size:
            turned = np.zeros_like(chances)
            turned[size:] += chances[:-size]
            turned[:-size] += chances[size:]
            chances = turned / 2
    seen = abs(sum(totals))
    return min(1.0, float(chances[: reach - seen + 1].sum() + chances[reach + seen :].sum()))


def holm(ps: Sequence[float]) -> list[float]:
    """p-values adjusted for having asked so often (Holm 1979, Scandinavian Journal of Statistics 6:65), in their order.

    Calling everything at most 0.05 a finding is then wrong about even one of them at most one time in twenty.
    """
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for rank, index in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[index]))
        adjusted[index] = highest
    return adjusted
