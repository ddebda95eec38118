"""Intervals and slices as sentences and tables show them."""

from commonhold.number_format import percent, signed
from commonhold.records.score import Interval

MIN_ITEMS = 20
"""A slice with fewer items is shown, but marked as too few to judge."""


def percent_range(interval: Interval) -> str:
    """`61 % to 88 %`."""
    return f"{percent(interval.low)} to {percent(interval.high)}"


def points_range(interval: Interval) -> str:
    """`−3 to +12.5 points`."""
    return f"{signed(interval.low)} to {signed(interval.high)} points"


def chance(p: float) -> str:
    """`0.062`, `under 0.001`."""
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def slice_label(name: str) -> str:
    """`language es`, `group water`, or `all items`."""
    return "all items" if name == "all" else name.replace("=", " ", 1).replace("_", " ")
