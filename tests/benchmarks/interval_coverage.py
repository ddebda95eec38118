"""How often our 95 % intervals hold the truth: simulated evaluations of base and tuned model, by size and by clusters.

    python -m tests.benchmarks.interval_coverage --draws 4000

Every case draws evaluations of known truth and asks the functions of `commonhold.evaluate.statistics` for the interval
of tuned − base and of the tuned score. The sums that they work on are taken by numpy for all draws at once; a test
holds them to what the functions themselves take. Beside them: what a paired t over the items would have held.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.evaluate.statistics.clusters import ClusterSpread, degrees_of, t_quantile
from commonhold.evaluate.statistics.intervals import difference_interval_of, mean_interval_of

Array = NDArray[np.float64]
SIZES = (10, 20, 50, 100, 300)
CLUSTERS = (5, 10, 20, 50)
PAIRS = ((0.5, 0.6, 0.5), (0.85, 0.9, 0.6), (0.1, 0.8, 0.2), (0.02, 0.05, 0.3))
"""Share right of base and tuned model, and the correlation of the two."""
ALIKE = (0.0, 0.25, 0.5, 0.8)
"""Correlation of items in a cluster."""
WANTED = 0.93


class Draws(NamedTuple):
    """Simulated evaluations: scores of both sides `(draws, items)`, the cluster of each item, and the truth."""

    base: Array
    tuned: Array
    labels: NDArray[np.int64]
    difference: float
    mean: float


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table."""

    kind: str
    size: str
    held: float
    """Share of the draws whose interval of the difference holds the truth."""
    mean_held: float
    """The same for the interval of the tuned model's score."""
    naive_held: float
    """The same for a paired t over the items, clusters or not."""
    width: float
    """Mean width of the interval of the difference."""


Pair = tuple[float, float, float]


def right_wrong(rng: np.random.Generator, draws: int, sizes: NDArray[np.int64], pair: Pair, alike: float) -> Draws:
    """Right/wrong answers. With probability √alike an item has the fate of its cluster, which correlates them so."""
    base, tuned, rho = pair
    both = base * tuned + rho * np.sqrt(base * (1 - base) * tuned * (1 - tuned))
    edges = np.cumsum([both, base - both, tuned - both])
    labels = np.repeat(np.arange(len(sizes)), sizes)
    own = np.searchsorted(edges, rng.random((draws, len(labels))))
    shared = np.searchsorted(edges, rng.random((draws, len(sizes))))[:, labels]
    fate = np.where(rng.random((draws, len(labels))) < np.sqrt(alike), shared, own)
    return Draws((fate <= 1).astype(float), ((fate == 0) | (fate == 2)).astype(float), labels, tuned - base, tuned)


def graded(rng: np.random.Generator, draws: int, sizes: NDArray[np.int64], changed: float, alike: float) -> Draws:
    """Partly right answers: a share of the items changes, by 0.3 on average; the rest keeps its score."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    shape = (draws, len(labels))
    follows = rng.random(shape) < np.sqrt(alike)
    moves = np.where(follows, (rng.random((draws, len(sizes))) < changed)[:, labels], rng.random(shape) < changed)
    gains = np.where(follows, rng.uniform(-0.1, 0.7, (draws, len(sizes)))[:, labels], rng.uniform(-0.1, 0.7, shape))
    base = np.where(follows, rng.uniform(0.1, 0.3, (draws, len(sizes)))[:, labels], rng.uniform(0.1, 0.3, shape))
    return Draws(base, base + moves * gains, labels, 0.3 * changed, 0.2 + 0.3 * changed)


def spreads(values: Array, labels: NDArray[np.int64], reference: Array) -> Iterator[ClusterSpread]:
    """What `spread_of` gives for each row of `values`, all weights being one."""
    draws, items = values.shape
    member = np.zeros((items, labels.max() + 1))
    member[np.arange(items), labels] = 1.0
    sizes = member.sum(0)
    count, mean = len(sizes), values.mean(1)
    pull = 1 - sizes / items
    around = (values - mean[:, None]) @ member / pull
    away = (values - reference[:, None]) @ member / pull
    largest = float((sizes**2).sum() / items)
    degrees = degrees_of(list(map(float, sizes)))
    scale = (count - 1) / count / items**2
    clustered = (around**2).sum(1)
    guarded = scale * (clustered + (away**2).max(1))
    independent = ((values - mean[:, None]) ** 2).sum(1) / (items * (items - 1))
    moved = (np.abs(away) > 1e-12).sum(1)
    for draw in range(draws):
        yield ClusterSpread(
            float(mean[draw]), count, count == items, float(items), largest, float(independent[draw]),
            float(scale * clustered[draw]), float(guarded[draw]), degrees, int(moved[draw]),
        )  # fmt: skip


def case(kind: str, size: str, drawn: Draws, is_graded: bool) -> Case:
    """How often the intervals of these draws hold the truth."""
    gains = drawn.tuned - drawn.base
    draws, items = gains.shape
    both = np.minimum(drawn.base, drawn.tuned).mean(1)
    less, more = np.maximum(-gains, 0.0).mean(1), np.maximum(gains, 0.0).mean(1)
    neither = np.maximum(0.0, 1 - both - less - more)
    held = mean_held = 0
    width = 0.0
    for row, spread in enumerate(spreads(gains, drawn.labels, np.zeros(draws))):
        shares = (float(both[row]), float(less[row]), float(more[row]), float(neither[row]))
        low, high = difference_interval_of(spread, shares, is_graded)
        held += low <= drawn.difference <= high
        width += high - low
    reference = np.median(drawn.tuned, axis=1) if is_graded else np.zeros(draws)
    for spread in spreads(drawn.tuned, drawn.labels, reference):
        low, high = mean_interval_of(spread, is_graded)
        mean_held += low <= drawn.mean <= high
    reach = t_quantile(items - 1) * gains.std(1, ddof=1) / np.sqrt(items)
    naive = np.abs(gains.mean(1) - drawn.difference) <= reach
    return Case(kind, size, held / draws, mean_held / draws, float(naive.mean()), width / draws)


def uneven(clusters: int, average: int) -> NDArray[np.int64]:
    """Sizes of clusters: half of them small, half large."""
    small = max(1, average // 2)
    return np.array([small if number % 2 else 2 * average - small for number in range(clusters)])


def cases(draws: int, seed: int) -> Iterator[Case]:
    """The whole grid."""
    rng = np.random.default_rng(seed)
    for pair in PAIRS:
        for items in SIZES:
            drawn = right_wrong(rng, draws, np.ones(items, dtype=np.int64), pair, 0.0)
            yield case(f"right/wrong, {pair[0]:g} to {pair[1]:g}", f"{items} items", drawn, False)
    for changed in (0.2, 0.5, 1.0):
        for items in SIZES:
            drawn = graded(rng, draws, np.ones(items, dtype=np.int64), changed, 0.0)
            yield case(f"graded, {changed:.0%} change", f"{items} items", drawn, True)
    for alike in ALIKE:
        for clusters in CLUSTERS:
            for name, sizes in (("5 each", np.full(clusters, 5)), ("2 or 8", uneven(clusters, 5))):
                size = f"{clusters} clusters, {name}"
                drawn = right_wrong(rng, draws, sizes, PAIRS[0], alike)
                yield case(f"right/wrong, alike {alike:g}", size, drawn, False)
                yield case(f"graded, alike {alike:g}", size, graded(rng, draws, sizes, 0.5, alike), True)


def tables(found: Sequence[Case]) -> Iterator[str]:
    """A row a kind of truth and a column a size: coverage of the difference, of the score, and of the paired t."""
    for sizes in (
        [f"{items} items" for items in SIZES],
        [f"{clusters} clusters, {each}" for clusters in CLUSTERS for each in ("5 each", "2 or 8")],
    ):
        rows: dict[str, dict[str, Case]] = {}
        for each in found:
            if each.size in sizes:
                rows.setdefault(each.kind, {})[each.size] = each
        yield f"| truth | {' | '.join(sizes)} |"
        yield f"|---|{'---|' * len(sizes)}"
        for kind, row in rows.items():
            cells = [f"{row[size].held:.3f} {row[size].mean_held:.3f} ({row[size].naive_held:.2f})" for size in sizes]
            yield f"| {kind} | {' | '.join(cells)} |"
        yield ""


def main() -> None:
    """Prints the tables, and the lowest figure."""
    parser = argparse.ArgumentParser(description="Coverage of the evaluation's 95 %% intervals.")
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    found = list(cases(arguments.draws, arguments.seed))
    print(*tables(found), sep="\n")
    lowest = min(found, key=lambda each: min(each.held, each.mean_held))
    print(f"lowest of {len(found)}: {min(lowest.held, lowest.mean_held):.3f} ({lowest.kind}, {lowest.size})")


if __name__ == "__main__":
    main()
