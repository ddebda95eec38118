"""Values that are clustered: how many independent ones they are worth, and the interval that allows for it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from commonhold.records.score import Interval

Label = str | int


def labels_of(clusters: Sequence[str]) -> list[Label]:
    """The clusters, an item without one being a cluster of its own."""
    return [cluster or index for index, cluster in enumerate(clusters)]


@dataclass(frozen=True, slots=True)
class ClusterSpread:
    """What intervals need to know of a list of values."""

    mean: float
    clusters: int
    alone: bool
    """No two values share a cluster, and all weigh the same."""
    kish: float
    """How many equal weights would tell as much as these (Kish 1965, Survey Sampling)."""
    largest: float
    """How many values one independent value is worth if all of a cluster are alike."""
    independent: float
    """Variance of the mean if every value stood alone."""
    clustered: float
    """Variance of the mean by the totals of clusters, each left out in turn (the jackknife, CR3 of Bell & McCaffrey
    2002, Survey Methodology 28:169): for equal sizes the sandwich with the factor G/(G − 1); 0 for one cluster."""
    guarded: float
    """The same with the largest total seen added once, as if there had been another such cluster."""
    degrees: int
    """Of freedom of that variance; see `degrees_of`."""
    moved: int
    """Clusters whose total is not that of the reference value."""


def spread_of(
    values: Sequence[float], labels: Sequence[Label], weights: Sequence[float], reference: float = 0.0
) -> ClusterSpread:
    """Sums up values; `reference` is what a value is when nothing happened."""
    total = math.fsum(weights)
    mean = math.fsum(weight * value for weight, value in zip(weights, values, strict=True)) / total
    around: dict[Label, float] = {}
    away: dict[Label, float] = {}
    heavy: dict[Label, float] = {}
    independent = 0.0
    for value, label, weight in zip(values, labels, weights, strict=True):
        around[label] = around.get(label, 0.0) + weight * (value - mean)
        away[label] = away.get(label, 0.0) + weight * (value - reference)
        heavy[label] = heavy.get(label, 0.0) + weight
        independent += (weight * (value - mean)) ** 2
    squares, count, items = math.fsum(weight * weight for weight in weights), len(around), len(values)
    # A large cluster pulls the mean towards itself; what it would be off without that.
    pull = {label: 1 - weight / total for label, weight in heavy.items()} if count > 1 else dict.fromkeys(heavy, 1.0)
    scale = (count - 1) / count / total**2
    clustered = math.fsum((each / pull[label]) ** 2 for label, each in around.items())
    largest = max((each / pull[label]) ** 2 for label, each in away.items())
    return ClusterSpread(
        mean=mean,
        clusters=count,
        alone=count == items and len(set(weights)) == 1,
        kish=total**2 / squares,
        largest=math.fsum(weight * weight for weight in heavy.values()) / squares,
        independent=independent * items / (items - 1) / total**2 if items > 1 else 0.0,
        clustered=scale * clustered,
        guarded=scale * (clustered + largest),
        degrees=degrees_of(list(heavy.values())),
        moved=sum(abs(each) > 1e-12 for each in away.values()),
    )


def degrees_of(sizes: Sequence[float]) -> int:
    """Degrees of freedom of a variance by clusters: their number less one, and fewer when a few large ones decide.

    Satterthwaite's (1946, Biometrics Bulletin 2:110) for clusters whose items are all alike, rounded down; at least 1.
    """
    squares = [size * size for size in sizes]
    return max(1, int(math.fsum(squares) ** 2 / math.fsum(square * square for square in squares) + 1e-9) - 1)


def cluster_t(spread: ClusterSpread) -> Interval:
    """Confidence interval of the mean by clusters; see `cluster_t_interval`."""
    if spread.clusters < 2:
        return Interval(-math.inf, math.inf)
    reach = t_quantile(spread.degrees) * math.sqrt(spread.clustered)
    return Interval(spread.mean - reach, spread.mean + reach)


def cluster_t_interval(values: Sequence[float], labels: Sequence[Label]) -> Interval:
    """Confidence interval of a mean whose values are clustered; not cut to any range.

    The variance that leaving out each cluster in turn shows, and Student's t with the number of clusters less one as
    degrees of freedom, fewer for unequal ones. Infinite for one cluster.
    """
    return cluster_t(spread_of(values, labels, [1.0] * len(values)))


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
