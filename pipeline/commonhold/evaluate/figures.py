"""Figures as sentences and tables show them."""

from commonhold.records.score import Interval

MINUS = "−"
MIN_ITEMS = 20
"""A slice with fewer items is shown, but marked as too few to judge."""


def percent(share: float) -> str:
    """`75 %`, `99.7 %`; only a whole share is called 0 % or 100 %."""
    return f"{_rounded(share, ends=(0.0, 1.0))} %"


def points(difference: float) -> str:
    """`+12.5 points`, `−3 points`, `0 points`."""
    return f"{signed(difference)} points"


def signed(difference: float) -> str:
    """A difference in percentage points with its sign, without the word."""
    text = _rounded(abs(difference), ends=(0.0,))
    return text if text == "0" else f"{MINUS if difference < 0 else '+'}{text}"


def percent_range(interval: Interval) -> str:
    """`61 % to 88 %`."""
    return f"{percent(interval.low)} to {percent(interval.high)}"


def points_range(interval: Interval) -> str:
    """`−3 to +12.5 points`."""
    return f"{signed(interval.low)} to {signed(interval.high)} points"


def count(number: int, one: str) -> str:
    """`1 item`, `2 items`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


def _rounded(share: float, ends: tuple[float, ...]) -> str:
    text = f"{100 * share:.1f}".removesuffix(".0")
    for end in ends:
        if text == f"{100 * end:.0f}" and abs(share - end) > 1e-9:
            return "under 0.1" if end == 0.0 else "over 99.9"
    return text
