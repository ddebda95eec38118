"""Curves of a training as SVG: raw points, the smoothed line over them, and the validation loss."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Points = Sequence[tuple[int, float]]
"""Step and value, by step."""

HEIGHT = 220
TOP, BOTTOM, SIDE = 12.0, 28.0, 10.0
"""Free space: pixels above and below, and thousandths of the width at both sides."""
LEFT = 48
"""Pixels beside the box for the figures of the upright axis; the page's style keeps them free."""
MOST_POINTS = 400
SMOOTHING = 0.9
TICKS = 4


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot."""

    points: Points
    look: Literal["raw", "smooth", "validation"]
    """Class in the page's style; validation has a dot at every point."""
    marked: int | None = None
    """Step of the point that stands out."""


def smoothed(values: Sequence[float], weight: float = SMOOTHING) -> list[float]:
    """Running mean in which each value counts 1 − weight, and the first ones fully for want of others.

    As TensorBoard smooths, with its correction for the beginning (Kingma and Ba 2015, section 3).
    """
    sums, kept, means = 0.0, 0.0, []
    for value in values:
        sums = weight * sums + (1 - weight) * value
        kept = weight * kept + (1 - weight)
        means.append(sums / kept)
    return means


def thinned(points: Points, most: int = MOST_POINTS) -> list[tuple[int, float]]:
    """At most so many points, each the mean of as many neighbours, at the step of the last of them."""
    each = -(-len(points) // most) if points else 1
    groups = [points[first : first + each] for first in range(0, len(points), each)]
    return [(group[-1][0], sum(value for _, value in group) / len(group)) for group in groups]


def line_plot(curves: Sequence[Curve], label: str) -> str:
    """An SVG element, as wide as its place, with both axes; holds nothing but our own figures.

    Curves are drawn in a box that is stretched to the width while their lines keep their thickness; words stand
    outside it, at percentages of the width.
    """
    values = [value for curve in curves for _, value in curve.points if math.isfinite(value)]
    last = max((step for curve in curves for step, _ in curve.points), default=1)
    if not values:
        return ""
    ticks = _ticks(min(values), max(values))
    low, high = min(ticks[0], *values), max(ticks[-1], *values)
    drawn = "".join(_curve(curve, last, low, high) for curve in curves)
    grid = "".join(
        f'<line class="tick" x1="0" x2="100%" y1="{_y(tick, low, high):.1f}" y2="{_y(tick, low, high):.1f}"/>'
        f'<text x="-{LEFT}" y="{_y(tick, low, high) + 4:.1f}">{tick:.{_digits(ticks)}f}</text>'
        for tick in ticks
    )
    steps = (
        f'<text x="0" y="{HEIGHT - 6}">step 1</text>'
        f'<text x="100%" y="{HEIGHT - 6}" text-anchor="end">step {last:,}</text>'
    )
    box = f'width="100%" height="{HEIGHT}" viewBox="0 0 1000 {HEIGHT}" preserveAspectRatio="none"'
    return (
        f'<svg class="plot" height="{HEIGHT}" role="img" aria-label="{label}">{grid}{steps}'
        f"<svg {box}>{drawn}</svg></svg>"
    )


def _curve(curve: Curve, last: int, low: float, high: float) -> str:
    places = [(_x(step, last), _y(value, low, high), step) for step, value in curve.points if math.isfinite(value)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)
    line = f'<polyline class="{curve.look}" points="{path}"/>'
    if curve.look != "validation":
        return line
    # A line of no length with round ends is a dot that stays round in a stretched box.
    dots = "".join(
        f'<path class="{"kept" if step == curve.marked else "dot"}" d="M{x:.1f} {y:.1f}h0"/>' for x, y, step in places
    )
    return line + dots


def _x(step: int, last: int) -> float:
    return SIDE + (1000 - 2 * SIDE) * ((step - 1) / (last - 1) if last > 1 else 0.5)


def _y(value: float, low: float, high: float) -> float:
    share = (value - low) / (high - low) if high > low else 0.5
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers inside the range, about four of them."""
    rough = (high - low) / TICKS or abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    found = [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]
    return found or [low]


def _digits(ticks: Sequence[float]) -> int:
    """Decimals by which neighbouring ticks differ."""
    gap = ticks[1] - ticks[0] if len(ticks) > 1 else abs(ticks[0]) or 1.0
    return max(0, -math.floor(math.log10(gap) + 1e-9))
