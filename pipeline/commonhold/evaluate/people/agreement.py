"""How far people agree beyond chance: Krippendorff's alpha, with missing answers.

After Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, sections C and D. 1 is full agreement, 0 what
chance alone would give, below 0 is systematic disagreement. By his rule of thumb 0.8 is reliable, and 0.667 the least
from which to draw even tentative conclusions.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from commonhold.evaluate.statistics import t_quantile
from commonhold.records.score import Interval

Units = Sequence[Sequence[str]]
"""For each thing that was judged, the values it got, in any order; a missing one is left out."""
Distance = Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Alpha:
    """An agreement, and how sure it is."""

    value: float | None
    """`None` where everybody always gave the same value, or nothing was judged twice: there is nothing to measure."""
    interval: Interval | None
    units: int
    """Things that were judged by two people or more."""
    values: int


def nominal_alpha(units: Units) -> Alpha:
    """Agreement on values that are alike or not."""
    return _alpha(units, lambda _: lambda one, other: float(one != other))


def ordinal_alpha(units: Units, order: Sequence[str]) -> Alpha:
    """Agreement on values in an order, so that neighbours disagree less than the two ends."""
    return _alpha(units, lambda totals: _ordinal(totals, order))


def _ordinal(totals: Mapping[str, float], order: Sequence[str]) -> Distance:
    def distance(one: str, other: str) -> float:
        low, high = sorted((order.index(one), order.index(other)))
        between = sum(totals.get(value, 0.0) for value in order[low : high + 1])
        return float(between - (totals.get(one, 0.0) + totals.get(other, 0.0)) / 2) ** 2

    return distance


def _alpha(units: Units, measure: Callable[[Mapping[str, float]], Distance]) -> Alpha:
    paired = [tuple(unit) for unit in units if len(unit) > 1]
    value = _value(paired, measure)
    return Alpha(value, _interval(paired, value, measure), len(paired), sum(map(len, paired)))


def _value(units: Units, measure: Callable[[Mapping[str, float]], Distance]) -> float | None:
    totals = Counter(value for unit in units for value in unit)
    number = sum(totals.values())
    distance = measure(totals)
    expected = sum(totals[one] * totals[other] * distance(one, other) for one in totals for other in totals)
    if expected == 0:
        return None
    observed = sum(_disagreement(Counter(unit), distance) / (len(unit) - 1) for unit in units)
    return 1 - (number - 1) * observed / expected


def _disagreement(values: Mapping[str, int], distance: Distance) -> float:
    return sum(values[one] * values[other] * distance(one, other) for one in values for other in values)


def _interval(units: Units, value: float | None, measure: Callable[[Mapping[str, float]], Distance]) -> Interval | None:
    """By leaving out one unit at a time (the jackknife), with Student's t; always the same, without a seed."""
    count = len(units)
    if value is None or count < 3:
        return None
    left_out = [_value([*units[:index], *units[index + 1 :]], measure) for index in range(count)]
    if any(each is None for each in left_out):
        return None
    pseudo = [count * value - (count - 1) * each for each in left_out if each is not None]
    centre = sum(pseudo) / count
    error = math.sqrt(sum((each - centre) ** 2 for each in pseudo) / (count * (count - 1)))
    reach = t_quantile(count - 1) * error
    return Interval(max(-1.0, value - reach), min(1.0, value + reach))
