"""Small drawings beside figures: where base and tuned stand, by how much they differ, and how sure that is."""

from commonhold.evaluate.figures import percent_range, points_range
from commonhold.figures import percent, points
from commonhold.records.score import Interval, Slice

EDGE = 3.0
"""Percent of the width left free at both ends, so that a dot at 0 or 100 % is whole."""
HEIGHT, LOW_HEIGHT = 34, 18
BASE_Y, TUNED_Y = 11, 23


def interval_plot(part: Slice) -> str:
    """An SVG element, as wide as its place; base hollow above, tuned filled below. Holds nothing but our own figures.

    Positions are percentages rather than a view box, so that dots stay round and lines thin at every width.
    """
    label = (
        f"base {percent(part.base)}, interval {percent_range(part.base_interval)}; "
        f"tuned {percent(part.tuned)}, interval {percent_range(part.tuned_interval)}"
    )
    ticks = _ticks((0.0, 0.25, 0.5, 0.75, 1.0), HEIGHT)
    base = _dot("base", part.base, part.base_interval, BASE_Y)
    tuned = _dot("tuned", part.tuned, part.tuned_interval, TUNED_Y)
    return f'<svg class="plot" height="{HEIGHT}" role="img" aria-label="{label}">{ticks}{base}{tuned}</svg>'


def difference_plot(value: float, interval: Interval, side: str = "tuned") -> str:
    """An SVG element with one dot between −100 and +100 points, and a line at no difference."""
    label = f"difference {points(value)}, interval {points_range(interval)}"
    places = Interval((interval.low + 1) / 2, (interval.high + 1) / 2)
    zero = f'<line class="zero" x1="{_x(0.5)}" x2="{_x(0.5)}" y1="0" y2="{LOW_HEIGHT}"/>'
    dot = _dot(side, (value + 1) / 2, places, LOW_HEIGHT // 2)
    ticks = _ticks((0.0, 0.25, 0.75, 1.0), LOW_HEIGHT)
    return f'<svg class="plot" height="{LOW_HEIGHT}" role="img" aria-label="{label}">{ticks}{zero}{dot}</svg>'


def _ticks(shares: tuple[float, ...], height: int) -> str:
    return "".join(
        f'<line class="tick" x1="{_x(share)}" x2="{_x(share)}" y1="2" y2="{height - 2}"/>' for share in shares
    )


def _dot(side: str, value: float, interval: Interval, y: int) -> str:
    line = f'<line class="{side}" x1="{_x(interval.low)}" x2="{_x(interval.high)}" y1="{y}" y2="{y}"/>'
    return f'{line}<circle class="{side}" cx="{_x(value)}" cy="{y}" r="5"/>'


def _x(share: float) -> str:
    return f"{EDGE + (100 - 2 * EDGE) * share:.2f}%"
