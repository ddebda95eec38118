"""Charts as SVG for pages without scripts: callers say what is drawn, `templates/charts.css` says how it looks.

Places are percentages of the chart's own box, without a view box, so that dots stay round, lines thin and words
readable on a phone, on a wide screen and on paper. Axes hang outside of the box, in margins that the style keeps free.
Every text is escaped; a chart is named by `<title>` and described by `<desc>`. Equal input gives equal bytes.

Series differ in form as well as in colour: `base` is hollow and dashed, `tuned` filled and solid, a kept point larger.
A value that is not a finite number is not drawn: a line has a gap there, and the description counts it. A value beyond
its axis is drawn at the end of it.
"""

import html
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

Points = Sequence[tuple[float, float]]
"""Across and up, in the order in which a line joins them."""
Look = Literal["base", "tuned", "raw", "smooth", "validation", "dot"]
"""A class of the style."""

EDGE = 3.0
"""Percent of a row's width that is free at both ends, so that a dot at the end is whole."""
LANE, MARGIN = 12, 11
"""Pixels from one lane of a row to the next, and above the first and below the last."""
TICKS = 4
MOST_DECIMALS, MOST_LETTERS = 5, 8
"""Numbers that need more are written as powers of ten."""
LETTERS_ACROSS, LETTERS_UP, LETTERS_OF_NAME = 16, 10, 44
"""Longer labels are cut: what has room on a screen of 390 pixels."""
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _figure(value: float) -> str:
    return f"{value:.4g}"


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where one direction goes, and which places on it are labelled."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()
    """Values and their labels; an empty label is a line alone."""
    name: str = ""
    said: Callable[[float], str] = _figure
    """A value in words, for the description."""

    def share(self, value: float) -> float:
        """Where a value is, from 0 to 1; in the middle of an axis that has no length."""
        # Halves, since the distance of two large numbers can be infinite.
        length = self.high / 2 - self.low / 2
        return min(1.0, max(0.0, (value / 2 - self.low / 2) / length)) if length > 0 else 0.5


def share_axis(name: str = "", ticks: Sequence[float] = (0.0, 0.5, 1.0)) -> Axis:
    """From 0 to 1, described and labelled in percent; the name should say so."""
    return Axis(0.0, 1.0, tuple((tick, f"{100 * tick:.3g}") for tick in ticks), name, _percent)


def round_axis(values: Sequence[float], name: str = "") -> Axis:
    """Over all the finite values, with about four round numbers as ticks."""
    finite = [value for value in values if math.isfinite(value)] or [0.0]
    ticks = _round_numbers(min(finite), max(finite))
    return Axis(min(ticks[0], *finite), max(ticks[-1], *finite), tuple(zip(ticks, _labels(ticks), strict=True)), name)


@dataclass(frozen=True, slots=True)
class LineSeries:
    """Points joined in their order."""

    points: Points
    look: Look
    name: str
    """For the description."""


@dataclass(frozen=True, slots=True)
class Dots:
    """Points each for itself, with a line upright through each that has an interval."""

    points: Points
    look: Look
    name: str = ""
    """For the description; empty where a line with the same points is described."""
    intervals: Sequence[tuple[float, float]] = ()
    """Lowest and highest, for each point in turn."""
    marked: float | None = None
    """Place across of the point that stands out."""
    whiskers_only: bool = False
    """Whether the intervals are drawn faintly, and the points not at all."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A dashed line for comparison."""

    start: tuple[float, float]
    end: tuple[float, float]


class Lane(NamedTuple):
    """One line of a row: a point and its whiskers."""

    value: float | None
    """None where only the interval is known."""
    low: float
    high: float
    look: Look


def chart(
    title: str, across: Axis, up: Axis, marks: Sequence[LineSeries | Dots | Rule], *, square: bool = False
) -> str:
    """A box with two axes and what is in it, later marks above earlier ones, dots above lines; empty for no points."""
    series = [mark for mark in marks if not isinstance(mark, Rule)]
    if not any(_is_finite(point) for mark in series for point in mark.points):
        return ""
    lines = "".join(_line(mark, across, up) for mark in marks if isinstance(mark, LineSeries))
    others = "".join(_other(mark, across, up) for mark in marks if not isinstance(mark, LineSeries))
    # A stretched box, in which lines keep their thickness; dots would not stay round in it.
    box = '<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" width="100%" height="100%" aria-hidden="true">'
    description = " ".join(
        _in_figures(mark.name, mark.points, across, up) for mark in series if mark.name and mark.points
    )
    inside = "".join((*_grid(across, up), f"{box}{lines}</svg>" if lines else "", others))
    kind = ("square" if square else "wide") + (" named" if across.name else "")
    return _svg(kind, title, description, inside)


def interval_row(title: str, description: str, axis: Axis, lanes: Sequence[Lane], zero: float | None = None) -> str:
    """One row for a table: lanes one above the other on an axis that goes across, and a line at `zero`.

    The labels of the ticks are shown only where the page is too narrow for a head of the table.
    """
    height = 2 * MARGIN + LANE * (max(len(lanes), 1) - 1)
    parts = []
    for value, label in axis.ticks:
        x, kind = _row_x(axis, value), "zero" if value == zero else "tick"
        parts.append(f'<line class="{kind}" x1="{x}" x2="{x}" y1="2" y2="{height - 2}"/>')
        parts.append(_label_across(label, axis.share(value), x))
    for number, lane in enumerate(lanes):
        y = MARGIN + LANE * number
        if math.isfinite(lane.low) and math.isfinite(lane.high):
            low, high = _row_x(axis, lane.low), _row_x(axis, lane.high)
            parts.append(f'<line class="{lane.look}" x1="{low}" x2="{high}" y1="{y}" y2="{y}"/>')
        if lane.value is not None and math.isfinite(lane.value):
            parts.append(f'<circle class="{lane.look}" cx="{_row_x(axis, lane.value)}" cy="{y}" r="5"/>')
    return _svg("row", title, description, "".join(parts), f' height="{height}"')


def bar(share: float) -> str:
    """A bar filled from the left, beside words that say the same; none for what is not a number."""
    width = _percents(min(1.0, max(0.0, share)) if math.isfinite(share) else 0.0)
    fill = f'<rect class="fill" width="{width}" height="100%"/>'
    return f'<svg class="chart bar" aria-hidden="true"><rect class="track" width="100%" height="100%"/>{fill}</svg>'


def sample(look: Look, *, marked: bool = False) -> str:
    """The look of a series, for the line of words that explains a chart."""
    line = '<line class="{}" x1="0" x2="100%" y1="7" y2="7"/>'
    circle = '<circle class="{}" cx="50%" cy="7" r="{}"/>'
    drawn = {
        "base": line.format("base") + circle.format("base", 5),
        "tuned": line.format("tuned") + circle.format("tuned", 5),
        "dot": line.format("validation") + circle.format("dot", 3.5),
    }.get(look, line.format(look))
    inside = circle.format("kept", 6.5) if marked else drawn
    return f'<svg class="chart sample" height="14" aria-hidden="true">{inside}</svg>'


def escaped(text: str) -> str:
    """The text as it may be in an element or an attribute, without characters that XML does not have."""
    return html.escape(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text))


def _svg(kind: str, title: str, description: str, inside: str, size: str = "") -> str:
    name = escaped(title)
    about = f"<desc>{escaped(description)}</desc>" if description else ""
    return f'<svg class="chart {kind}"{size} role="img" aria-label="{name}"><title>{name}</title>{about}{inside}</svg>'


def _grid(across: Axis, up: Axis) -> Iterator[str]:
    """Lines at the ticks and all the words beside the box."""
    for value, label in up.ticks:
        y = _y(up, value)
        yield f'<line class="tick" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        yield _text(_cut(label, LETTERS_UP), f'class="up" x="0" dx="-.5em" y="{y}" dy=".35em" text-anchor="end"')
    for value, label in across.ticks:
        x = _x(across, value)
        yield f'<line class="tick" x1="{x}" x2="{x}" y1="0" y2="100%"/>'
        yield _label_across(label, across.share(value), x)
    yield _text(_cut(across.name, LETTERS_OF_NAME), 'x="50%" y="100%" dy="2.6em" text-anchor="middle"')
    # Upright axes are named above the box: words that lie on their side are hard to read.
    yield _text(_cut(up.name, LETTERS_OF_NAME), 'x="0" y="0" dy="-.8em"')


def _label_across(label: str, share: float, x: str) -> str:
    """Below the box; a long label at an end grows inwards."""
    ends = {0.0: "start", 1.0: "end"} if len(label) > 3 else {}
    anchor = ends.get(share, "middle")
    return _text(_cut(label, LETTERS_ACROSS), f'x="{x}" y="100%" dy="1.25em" text-anchor="{anchor}"')


def _text(words: str, attributes: str) -> str:
    return f"<text {attributes}>{escaped(words)}</text>" if words else ""


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _line(mark: LineSeries, across: Axis, up: Axis) -> str:
    drawn = []
    for is_finite, run in groupby(mark.points, key=_is_finite):
        if is_finite:
            coordinates = [f"{1000 * across.share(x):.1f},{1000 - 1000 * up.share(y):.1f}" for x, y in run]
            # The round ends of a line without length are a dot.
            path = " ".join(coordinates if len(coordinates) > 1 else coordinates * 2)
            drawn.append(f'<polyline class="{mark.look}" points="{path}"/>')
    return "".join(drawn)


def _other(mark: Dots | Rule, across: Axis, up: Axis) -> str:
    if isinstance(mark, Dots):
        return "".join(_dots(mark, across, up))
    (x1, y1), (x2, y2) = mark.start, mark.end
    ends = f'x1="{_x(across, x1)}" y1="{_y(up, y1)}" x2="{_x(across, x2)}" y2="{_y(up, y2)}"'
    return f'<line class="rule" {ends}/>'


def _dots(mark: Dots, across: Axis, up: Axis) -> Iterator[str]:
    kind = f"{mark.look} faint" if mark.whiskers_only else mark.look
    for (value, _), (low, high) in zip(mark.points, mark.intervals, strict=False):
        if all(map(math.isfinite, (value, low, high))):
            centre = _x(across, value)
            yield f'<line class="{kind}" x1="{centre}" x2="{centre}" y1="{_y(up, low)}" y2="{_y(up, high)}"/>'
    for x, y in mark.points:
        if _is_finite((x, y)) and not mark.whiskers_only:
            name, radius = ("kept", "6.5") if x == mark.marked else (mark.look, "3.5" if mark.look == "dot" else "5")
            yield f'<circle class="{name}" cx="{_x(across, x)}" cy="{_y(up, y)}" r="{radius}"/>'


def _in_figures(name: str, points: Points, across: Axis, up: Axis) -> str:
    """A series in figures: where it starts and ends, how low and how high it goes."""
    finite = [point for point in points if _is_finite(point)]
    left_out = f"{len(points) - len(finite)} not drawn, since they are no finite numbers"
    if not finite:
        return f"{name}: {left_out}."
    words = [f"{up.said(y)} at {across.said(x)}" for x, y in (finite[0], finite[-1])]
    heights = [y for _, y in finite]
    parts = [f"from {words[0]} to {words[1]}", f"lowest {up.said(min(heights))}", f"highest {up.said(max(heights))}"]
    figures = parts if len(finite) > 1 else words[:1]
    return f"{name}: {', '.join([*figures, *([left_out] if len(finite) < len(points) else [])])}."


def _is_finite(point: tuple[float, float]) -> bool:
    return math.isfinite(point[0]) and math.isfinite(point[1])


def _row_x(axis: Axis, value: float) -> str:
    return f"{EDGE + (100 - 2 * EDGE) * axis.share(value):.2f}%"


def _x(axis: Axis, value: float) -> str:
    return _percents(axis.share(value))


def _y(axis: Axis, value: float) -> str:
    return _percents(1 - axis.share(value))


def _percents(share: float) -> str:
    return f"{100 * share:.2f}%"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _round_numbers(low: float, high: float) -> list[float]:
    """Multiples of one, two or five times a power of ten inside the range; the lowest value where there are none."""
    rough = high / TICKS - low / TICKS
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 0.0
    if power == 0.0 or not math.isfinite(low / power) or not math.isfinite(high / power):
        return [low]
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)] or [low]


def _labels(ticks: Sequence[float]) -> list[str]:
    """Numbers with as many decimals as distinguish neighbours, or as powers of ten where they would be too long."""
    if len(ticks) == 1:
        return [f"{ticks[0]:.3g}"]
    decimals = max(0, -math.floor(math.log10(ticks[1] - ticks[0]) + 1e-9))
    plain = [f"{tick:.{decimals}f}" for tick in ticks]
    if decimals <= MOST_DECIMALS and max(map(len, plain)) <= MOST_LETTERS:
        return plain
    powers = ([f"{tick:.{digits}g}" for tick in ticks] for digits in range(2, 18))
    return next(each for each in powers if len(set(each)) == len(ticks))  # 17 digits tell any two apart
