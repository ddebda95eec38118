"""Curves of a training: raw points, the smoothed line over them, and the validation loss."""

from collections.abc import Sequence

from commonhold.charts import Axis, Dots, LineSeries, chart, round_axis

Points = Sequence[tuple[int, float]]
"""Step and value, by step."""

MOST_POINTS = 400
SMOOTHING = 0.9


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


def loss_plot(raw: Points, validation: Points, best: int) -> str:
    """Loss of each step, its running mean, and the validation rows' with the step that was kept."""
    mean = list(zip([step for step, _ in raw], smoothed([value for _, value in raw]), strict=True))
    marks: list[LineSeries | Dots] = [
        LineSeries(thinned(raw), "raw", "each step"),
        LineSeries(thinned(mean), "smooth", "running mean"),
        LineSeries(validation, "validation", "validation rows"),
        Dots(validation, "dot", marked=best),
    ]
    return _by_step("loss by step, in training and on the validation rows", marks)


def rate_plot(rates: Points) -> str:
    """The learning rate of each step."""
    return _by_step("learning rate by step", [LineSeries(thinned(rates), "smooth", "learning rate")])


def _by_step(title: str, marks: Sequence[LineSeries | Dots]) -> str:
    points = [point for mark in marks for point in mark.points]
    last = max((int(step) for step, _ in points), default=1)
    ticks = tuple((step, _step(step)) for step in sorted({1, last}))
    return chart(title, Axis(1, last, ticks, said=_step), round_axis([value for _, value in points]), marks)


def _step(step: float) -> str:
    return f"step {step:,.0f}"
