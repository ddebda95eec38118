"""Whether a model knows what it knows: how often it is right where it is sure, and where to hand over to a person."""

from collections.abc import Sequence
from itertools import pairwise

from commonhold.evaluate.statistics.intervals import mean_interval
from commonhold.records.score import Abstention, Calibration, Sureness

ECE_ITEMS = 300
"""Items from which the expected calibration error says something: thirty in each of ten bins."""
BINS = 10
ITEMS_PER_BIN = 10
"""At least so many answers are shown as one dot; below 300 items there are therefore fewer dots than ten."""
STEPS = 20
"""Most points of the abstention curve."""


def calibration(probabilities: Sequence[float], right: Sequence[float], clusters: Sequence[str]) -> Calibration:
    """Figures of one model that gave each of its answers a probability; `right` is 1 where the answer was.

    Brier 1950 (Monthly Weather Review 78:1) over the answer that was chosen. The expected calibration error takes bins
    of equal size (Nguyen & O'Connor 2015, adaptive), because a small model is rarely sure and equal widths leave bins
    empty.

    Raises:
        ValueError: there are no answers.
    """
    if not probabilities:
        raise ValueError("there are no answers to calibrate")
    rows = sorted(zip(probabilities, right, clusters, strict=True), key=lambda row: (row[0], row[1], row[2]))
    bins = tuple(_sureness(part) for part in _parts(rows))
    brier = sum((probability - outcome) ** 2 for probability, outcome, _ in rows) / len(rows)
    error = sum(each.items * abs(each.confidence - each.right) for each in bins) / len(rows)
    return Calibration(len(rows), brier, error if len(rows) >= ECE_ITEMS else None, bins, tuple(_abstention(rows)))


Row = tuple[float, float, str]


def _parts(rows: Sequence[Row]) -> list[Sequence[Row]]:
    number = max(1, min(BINS, len(rows) // ITEMS_PER_BIN))
    edges = [round(index * len(rows) / number) for index in range(number + 1)]
    return [rows[low:high] for low, high in pairwise(edges)]


def _sureness(rows: Sequence[Row]) -> Sureness:
    probabilities, right, clusters = zip(*rows, strict=True)
    interval = mean_interval(right, clusters)
    return Sureness(len(rows), sum(probabilities) / len(rows), sum(right) / len(rows), interval)


def _abstention(rows: Sequence[Row]) -> list[Abstention]:
    """Thresholds that the answers themselves give, from the lowest; all that is at least so sure is answered."""
    starts = [index for index, row in enumerate(rows) if index == 0 or row[0] > rows[index - 1][0]]
    if len(starts) > STEPS:
        starts = [starts[round(index * (len(starts) - 1) / (STEPS - 1))] for index in range(STEPS)]
    points = []
    for start in starts:
        answered = rows[start:]
        right = [row[1] for row in answered]
        points.append(
            Abstention(
                threshold=answered[0][0],
                answered=len(answered) / len(rows),
                right=sum(right) / len(right),
                interval=mean_interval(right, [row[2] for row in answered]),
            )
        )
    return points
