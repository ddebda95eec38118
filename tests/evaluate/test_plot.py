"""What is drawn beside an evaluation's figures stands where the figures are, and tells them."""

from dataclasses import replace

from tests.evaluate.test_report import make_scores

from commonhold.evaluate.plot import abstention_plot, calibration_plot, difference_plot, interval_plot
from commonhold.evaluate.results import slice_of
from commonhold.evaluate.statistics.calibration import calibration
from commonhold.records.score import Interval


def test_the_plot_puts_dots_and_intervals_where_the_figures_are() -> None:
    part = replace(slice_of("all", make_scores("w", 1, 2)), tuned_interval=Interval(0.25, 1.0))
    plot = interval_plot(part)
    assert '<circle class="base" cx="3.00%"' in plot
    assert '<circle class="tuned" cx="50.00%"' in plot
    assert '<line class="tuned" x1="26.50%" x2="97.00%"' in plot
    assert "base 0 %, interval" in plot
    assert "tuned 50 %, interval 25 % to 100 %</desc>" in plot


def test_a_difference_stands_between_minus_and_plus_100_points() -> None:
    plot = difference_plot(-0.5, Interval(-1.0, 0.0))
    assert '<circle class="tuned" cx="26.50%"' in plot  # 3 % free at both ends, a quarter of the rest
    assert '<line class="tuned" x1="3.00%" x2="50.00%"' in plot
    assert '<line class="zero" x1="50.00%"' in plot
    assert "<desc>difference −50 points, interval −100 to 0 points</desc>" in plot


def test_versions_that_are_compared_have_their_own_names() -> None:
    plot = interval_plot(slice_of("all", make_scores("w", 1, 2)), "before", "after")
    assert "scores of before and after" in plot
    assert "before 0 %, interval" in plot


def test_sureness_is_drawn_by_share_with_both_sides_in_form() -> None:
    found = calibration([0.5] * 20, [1.0] * 20, [""] * 20)
    sure, kept = calibration_plot(None, found), abstention_plot(found, found)
    assert '<circle class="tuned" cx="50.00%" cy="0.00%"' in sure  # half sure, all right
    assert 'class="base"' not in sure
    assert "tuned: from 100 % at 50 % to 100 % at 50 %, lowest 100 %, highest 100 %." in sure
    assert '<polyline class="base"' in kept
    assert '<polyline class="tuned"' in kept
    assert calibration_plot(None, None) == abstention_plot(None, None) == ""
