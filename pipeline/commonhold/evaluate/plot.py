"""A line with two dots: where base and tuned stand between 0 and 100 %, and how sure that is."""

from commonhold.evaluate.figures import percent_range
from commonhold.figures import percent
from commonhold.records.score import Interval, Slice

EDGE = 3.0
"""Percent of the width left free at both ends, so that a dot at 0 or 100 % is whole."""
HEIGHT = 34
BASE_Y, TUNED_Y = 11, 23


def interval_plot(part: Slice) -> str:
    """An SVG element, as wide as its place; base hollow above, tuned filled below. Holds nothing but our own figures.

    Positions are percentages rather than a view box, so that dots stay round and lines thin at every width.
    """
    label = (
        f"base {percent(part.base)}, interval {percent_range(part.base_interval)}; "
        f"tuned {percent(part.tuned)}, interval {percent_range(part.tuned_interval)}"
    )
    ticks = "".join(
        f'<line class="tick" x1="{_x(share)}" x2="{_x(share)}" y1="2" y2="{HEIGHT - 2}"/>'
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    base = _dot("base", part.base, part.base_interval, BASE_Y)
    tuned = _dot("tuned", part.tuned, part.tuned_interval, TUNED_Y)
    return f'<svg class="plot" height="{HEIGHT}" role="img" aria-label="{label}">{ticks}{base}{tuned}</svg>'


def _dot(side: str, value: float, interval: Interval, y: int) -> str:
    line = f'<line class="{side}" x1="{_x(interval.low)}" x2="{_x(interval.high)}" y1="{y}" y2="{y}"/>'
    return f'{line}<circle class="{side}" cx="{_x(value)}" cy="{y}" r="5"/>'


def _x(share: float) -> str:
    return f"{EDGE + (100 - 2 * EDGE) * share:.2f}%"
