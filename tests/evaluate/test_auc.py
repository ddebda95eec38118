"""How well two groups of numbers are told apart, and how sure that is."""

import math
import random

import pytest

from commonhold.evaluate.auc import exposure_bits, ranked_above, ranking_interval


@pytest.mark.parametrize(
    ("ours", "others", "expected"),
    [
        ([2, 3], [1], 1.0),
        ([1], [2, 3], 0.0),
        ([1, 2], [1, 2], 0.5),  # one win, two ties, one loss
        ([1, 3], [2, 2], 0.5),
        ([3, 3, 1], [2], 2 / 3),
    ],
)
def test_share_of_pairs_by_hand(ours: list[float], others: list[float], expected: float) -> None:
    assert ranked_above(ours, others) == pytest.approx(expected)


@pytest.mark.parametrize(("ours", "others"), [([], [1.0]), ([1.0], [])])
def test_an_empty_group_is_refused(ours: list[float], others: list[float]) -> None:
    with pytest.raises(ValueError, match="both groups"):
        ranked_above(ours, others)


def test_interval_at_the_ends_has_a_width_and_stays_inside() -> None:
    low, high = ranking_interval(1.0, 10, 10)
    assert high == 1.0
    assert 0.75 < low < 0.85
    assert ranking_interval(0.0, 10, 10) == pytest.approx((1 - high, 1 - low))


def test_end_of_the_interval_is_where_the_figure_is_just_within_reach() -> None:
    # With 10 and 10 the standard error at 0.5 is sqrt(0.25 * (1 + 9 * (1/3 + 1/3)) / 100).
    reach = 1.959964 * math.sqrt(0.25 * 7 / 100)
    assert ranking_interval(0.5 + reach, 10, 10).low == pytest.approx(0.5, abs=1e-6)
    assert ranking_interval(0.5 + reach + 0.001, 10, 10).low > 0.5
    assert ranking_interval(0.5 + reach - 0.001, 10, 10).low < 0.5


def test_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    # Normal numbers one standard deviation apart: the truth is Phi(1 / sqrt 2) = 0.7602.
    draw = random.Random(7)
    held = 0
    for _ in range(600):
        ours = [draw.gauss(1, 1) for _ in range(12)]
        others = [draw.gauss(0, 1) for _ in range(12)]
        low, high = ranking_interval(ranked_above(ours, others), 12, 12)
        held += low <= 0.7602 <= high
    assert 0.93 <= held / 600 <= 0.985


def test_exposure_by_hand() -> None:
    # Among three others: before all of them log2(4 / 1), behind one log2(4 / 2), behind all of them log2(4 / 4).
    others = [1.0, 2.0, 3.0]
    assert exposure_bits([4.0], others) == 2.0
    assert exposure_bits([2.5], others) == 1.0
    assert exposure_bits([0.0], others) == 0.0
    assert exposure_bits([4.0, 0.0], others) == 1.0
    assert exposure_bits([3.0], others) == 1.0  # a tie is no lead
