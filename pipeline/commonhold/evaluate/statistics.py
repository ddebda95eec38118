"""How sure one may be: intervals and a test that stay honest at the twenty items a local group can write.

All intervals are 95 %, all scores in [0, 1]. Callers want `mean_interval` and `difference_interval`, which choose by
one rule. Items that stand alone get Wilson and Newcombe. Items in clusters (one writer, one passage, two languages of
one question) get the same on as many items as they are worth, widened to reach as far as the cluster-robust t. In a
simulation (27 cases of 2 to 50 clusters and correlation 0 to 0.8, 1,000 draws each) that held the true difference in
at least 93 % of the draws from five clusters on, and 98 % below; the t alone held it in as few as 51 %.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from statistics import NormalDist

from commonhold.records.score import Interval

Z = NormalDist().inv_cdf(0.975)
FEW_CLUSTERS = 5
"""Below this many the correlation within clusters cannot be estimated, and is taken to be complete."""


def mean_interval(scores: Sequence[float], clusters: Sequence[str]) -> Interval:
    """Confidence interval of a mean score, in [0, 1]; an empty cluster is an item of its own.

    A graded score varies at most as much as a right/wrong one of the same mean, so Wilson is never too narrow for it.
    """
    labels = _labels(clusters)
    worth = 1 / _design_effect(scores, labels)
    alone = wilson_interval(sum(scores) * worth, len(scores) * worth)
    if len(set(labels)) == len(labels):
        return alone
    robust = cluster_t_interval(scores, labels)
    return Interval(max(0.0, min(alone.low, robust.low)), min(1.0, max(alone.high, robust.high)))


def difference_interval(base: Sequence[float], tuned: Sequence[float], clusters: Sequence[str]) -> Interval:
    """Confidence interval of the mean of tuned − base over the same items, in [−1, 1]; swapping the sides negates it.

    Graded scores enter Newcombe's table by what both sides have, what one has more, and the rest: that table varies at
    least as much as they do.
    """
    labels = _labels(clusters)
    gains = [after - before for before, after in zip(base, tuned, strict=True)]
    worth = 1 / _design_effect(gains, labels)
    both = sum(map(min, base, tuned)) * worth
    more, less = sum(max(gain, 0.0) for gain in gains) * worth, sum(max(-gain, 0.0) for gain in gains) * worth
    neither = max(0.0, len(gains) * worth - both - more - less)
    alone = newcombe_interval(both, less, more, neither)
    if len(set(labels)) == len(labels):
        return alone
    robust = cluster_t_interval(gains, labels)
    return Interval(max(-1.0, min(alone.low, robust.low)), min(1.0, max(alone.high, robust.high)))


def _labels(clusters: Sequence[str]) -> list[str | int]:
    return [cluster or index for index, cluster in enumerate(clusters)]


def _design_effect(values: Sequence[float], labels: Sequence[str | int]) -> float:
    """How many items one independent item is worth, from 1 to the size of a cluster (Kish 1965, Survey Sampling)."""
    sizes = Counter(labels)
    items = len(values)
    if len(sizes) == items:
        return 1.0
    largest = sum(size * size for size in sizes.values()) / items
    mean = sum(values) / items
    independent = sum((value - mean) ** 2 for value in values) / (items * (items - 1))
    clustered = _cluster_variance(values, labels)
    if len(sizes) < FEW_CLUSTERS or independent == 0 or clustered == 0:
        return largest
    return min(max(clustered / independent, 1.0), largest)


def _cluster_variance(values: Sequence[float], labels: Sequence[str | int]) -> float:
    mean = sum(values) / len(values)
    totals: dict[str | int, float] = {}
    for value, label in zip(values, labels, strict=True):
        totals[label] = totals.get(label, 0.0) + value - mean
    count = len(totals)
    return (
        count / (count - 1) * sum(total * total for total in totals.values()) / len(values) ** 2 if count > 1 else 0.0
    )


def wilson_interval(successes: float, trials: float, z: float = Z) -> Interval:
    """Confidence interval of a proportion, in [0, 1]; 95 % at the default `z`.

    The Wilson score interval (Wilson 1927, JASA 22:209) stays inside [0, 1] and is honest at twenty items, where
    mean ± z·stderr is not. Both counts may be fractions: a sum of graded scores, an effective number of items.

    Raises:
        ValueError: `trials` is not positive, or `successes` is outside 0..trials.
    """
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials are no proportion")
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    # At the ends the exact bound is the share itself; the formula misses it by a rounding error.
    return Interval(min(max(0.0, (centre - spread) / scale), share), max(min(1.0, (centre + spread) / scale), share))


def newcombe_interval(both: float, base_only: float, tuned_only: float, neither: float, z: float = Z) -> Interval:
    """Confidence interval of tuned − base for right/wrong answers of two models to the same items, in [−1, 1].

    Method 10 of Newcombe 1998 (Statistics in Medicine 17:2635): the Wilson intervals of the two proportions, squared
    and added with the correlation phi, which is corrected for continuity when positive.

    Raises:
        ValueError: a count is negative, or all are zero.
    """
    items = both + base_only + tuned_only + neither
    if min(both, base_only, tuned_only, neither) < 0:
        raise ValueError("counts are not negative")
    base, tuned = min(both + base_only, items), min(both + tuned_only, items)
    base_low, base_high = wilson_interval(base, items, z)
    tuned_low, tuned_high = wilson_interval(tuned, items, z)
    phi = _phi(both * neither - base_only * tuned_only, items, base * (items - base) * tuned * (items - tuned))
    difference = (tuned_only - base_only) / items
    below = _square_and_add(tuned / items - tuned_low, base_high - base / items, phi)
    above = _square_and_add(tuned_high - tuned / items, base / items - base_low, phi)
    return Interval(max(-1.0, difference - below), min(1.0, difference + above))


def _phi(cross: float, items: float, margins: float) -> float:
    if margins == 0:
        return 0.0
    corrected = max(cross - items / 2, 0.0) if cross > 0 else cross
    return corrected / math.sqrt(margins)


def _square_and_add(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def cluster_t_interval(values: Sequence[float], labels: Sequence[str | int]) -> Interval:
    """Confidence interval of a mean whose values hang together within clusters; not cut to any range.

    The sandwich variance with the factor G/(G − 1) and Student's t with G − 1 degrees of freedom, G being the number
    of clusters; covers 95 % from five clusters on where the ordinary t covers 73 %. Infinite for one cluster.
    """
    count = len(set(labels))
    if count < 2:
        return Interval(-math.inf, math.inf)
    mean = sum(values) / len(values)
    reach = t_quantile(count - 1) * math.sqrt(_cluster_variance(values, labels))
    return Interval(mean - reach, mean + reach)


@lru_cache(maxsize=1024)
def t_quantile(degrees: int) -> float:
    """The t that 95 % of Student's distribution lie within, ±; for whole degrees of freedom."""
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_inside(middle, degrees) < 0.95 else (low, middle)
    return math.tan(low) * math.sqrt(degrees)


def _t_inside(angle: float, degrees: int) -> float:
    """P(|T| < √degrees · tan angle): the finite series of Abramowitz & Stegun 26.7.3 (odd) and 26.7.4 (even)."""
    odd = degrees % 2
    cosine = math.cos(angle)
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for step in range(1 + odd, degrees, 2):
        total += term
        term *= cosine * cosine * step / (step + 1)
    total *= math.sin(angle)
    return (angle + total) * 2 / math.pi if odd else total


def mcnemar_p(wins: int, losses: int) -> float:
    """Two-sided exact McNemar test: how often a fair coin would split the items that changed at least this unevenly."""
    changed = wins + losses
    tail = sum(math.comb(changed, count) for count in range(min(wins, losses) + 1))
    return min(1.0, 2 * tail / (1 << changed))
