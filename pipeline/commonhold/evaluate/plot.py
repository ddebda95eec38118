"""What is drawn beside the figures: two scores, their difference, and how well a model knows what it knows."""

from collections.abc import Sequence

from commonhold.charts import Axis, Dots, Lane, LineSeries, Look, Rule, chart, interval_row, share_axis
from commonhold.evaluate.interval_text import percent_range, points_range
from commonhold.number_format import percent, points
from commonhold.records.score import Calibration, Interval, Slice

SCORES = Axis(0.0, 1.0, ((0.0, "0"), (0.25, ""), (0.5, "50"), (0.75, ""), (1.0, "100 %")))
DIFFERENCES = Axis(-1.0, 1.0, ((-1.0, "−100"), (-0.5, ""), (0.0, "0"), (0.5, ""), (1.0, "+100 points")))
MOST_WHISKERS = 5
"""About so many intervals are drawn on a curve."""


def interval_plot(part: Slice, one: str = "base", other: str = "tuned") -> str:
    """Two scores with their intervals, the earlier one hollow and above."""
    lanes = (
        Lane(part.base, part.base_interval.low, part.base_interval.high, "base"),
        Lane(part.tuned, part.tuned_interval.low, part.tuned_interval.high, "tuned"),
    )
    description = (
        f"{one} {percent(part.base)}, interval {percent_range(part.base_interval)}; "
        f"{other} {percent(part.tuned)}, interval {percent_range(part.tuned_interval)}"
    )
    return interval_row(f"scores of {one} and {other}", description, SCORES, lanes)


def difference_plot(value: float, interval: Interval, side: Look = "tuned") -> str:
    """One difference between −100 and +100 points, with a line where there is none."""
    lane = Lane(value, interval.low, interval.high, side)
    description = f"difference {points(value)}, interval {points_range(interval)}"
    return interval_row("difference in points", description, DIFFERENCES, (lane,), zero=0.0)


def calibration_plot(base: Calibration | None, tuned: Calibration | None) -> str:
    """Each dot: answers about which a model was equally sure, and the share of them that was right."""
    marks = [
        Dots(
            [(each.confidence, each.right) for each in calibration.bins],
            side,
            side,
            [(each.interval.low, each.interval.high) for each in calibration.bins],
        )
        for side, calibration in _sides(base, tuned)
    ]
    sure = share_axis("how sure the model was, %")
    # On the diagonal a model is right as often as it is sure.
    return chart("calibration", sure, share_axis("right, %"), [Rule((0, 0), (1, 1)), *marks], square=True)


def abstention_plot(base: Calibration | None, tuned: Calibration | None) -> str:
    """Each point: what share of the questions is answered at a threshold, and what share of the answers is right."""
    marks: list[LineSeries | Dots] = []
    for side, calibration in _sides(base, tuned):
        curve = [(point.answered, point.right) for point in calibration.abstention]
        some = calibration.abstention[:: max(1, len(curve) // MOST_WHISKERS)]
        whiskers = [(point.interval.low, point.interval.high) for point in some]
        marks.append(LineSeries(curve, side, side))
        marks.append(Dots([(each.answered, each.right) for each in some], side, "", whiskers, whiskers_only=True))
    return chart("share right by share answered", share_axis("answered, %"), share_axis("right, %"), marks, square=True)


def _sides(base: Calibration | None, tuned: Calibration | None) -> Sequence[tuple[Look, Calibration]]:
    both: Sequence[tuple[Look, Calibration | None]] = (("base", base), ("tuned", tuned))
    return [(side, calibration) for side, calibration in both if calibration]
