"""How clearly one group of numbers lies above another: what is known from what is not."""

import math
from collections.abc import Sequence

from commonhold.records.score import Interval

Z = 1.959964


def ranked_above(ours: Sequence[float], others: Sequence[float]) -> float:
    """The share of all pairs in which ours is the larger, ties half (Mann & Whitney 1947); 0.5 when nothing differs.

    The area under the curve of a test that tells the groups apart by these numbers.

    Raises:
        ValueError: a group is empty.
    """
    if not ours or not others:
        raise ValueError("both groups need a number")
    wins = sum((mine > other) + (mine == other) / 2 for mine in ours for other in others)
    return wins / (len(ours) * len(others))


def ranking_interval(figure: float, ours: int, others: int) -> Interval:
    """95 % confidence interval of `ranked_above`, in [0, 1], also where it is 0 or 1.

    Method 5 of Newcombe 2006 (Statistics in Medicine 25:559): the values that the figure is within 1.96 standard
    errors of, with the standard error of Hanley & McNeil 1982 for groups of equal size.
    """
    return Interval(_bound(figure, 0.0, ours, others), _bound(figure, 1.0, ours, others))


def _bound(figure: float, end: float, ours: int, others: int) -> float:
    inside, outside = figure, end
    for _ in range(60):
        middle = (inside + outside) / 2
        if abs(middle - figure) <= Z * _standard_error(middle, ours, others):
            inside = middle
        else:
            outside = middle
    return inside


def _standard_error(truth: float, ours: int, others: int) -> float:
    size = (ours + others) / 2 - 1
    spread = 1 + size * ((1 - truth) / (2 - truth) + truth / (1 + truth))
    return math.sqrt(truth * (1 - truth) * spread / (ours * others))


def exposure_bits(ours: Sequence[float], others: Sequence[float]) -> float:
    """Mean exposure of ours among others, in bits (Carlini et al. 2019, definition 1).

    Each is ranked among the others alone, so with n of them it lies between 0 and log2(n + 1).
    """
    ranks = [1 + sum(other >= mine for other in others) for mine in ours]
    return sum(math.log2((len(others) + 1) / rank) for rank in ranks) / len(ranks)
