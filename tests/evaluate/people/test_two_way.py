"""Intervals over people and items: worked values, laws, and how often they hold the truth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benchmarks.rating_coverage import case, true_share

from commonhold.evaluate.people.two_way import TwoWayJudged, mean, two_way_interval
from commonhold.evaluate.statistics import t_quantile, wilson_interval

JUDGED = st.lists(
    st.builds(TwoWayJudged, st.sampled_from((0.0, 0.5, 1.0)), st.sampled_from("rstu"), st.sampled_from("ijklm")),
    min_size=1,
)


def test_the_interval_is_wilsons_on_an_effective_number_with_students_t() -> None:
    judged = [TwoWayJudged(float(rater + item not in ("ri", "si")), rater, item) for rater in "rst" for item in "ijk"]
    # Mean 7/9. Sums of deviations: raters -1/3, -1/3, 2/3; items -4/3, 2/3, 2/3. Squares 2/3 and 8/3; each variance is
    # (3/2)^2 * squares / 81, together 9/4 * 10/3 / 81 = 7.5/81. Effective number (14/81) / (7.5/81) = 28/15. Three of
    # each: two degrees of freedom, t = 4.30265.
    effective = 28 / 15
    assert two_way_interval(judged) == pytest.approx(wilson_interval(7 / 9 * effective, effective, 4.30265), abs=1e-5)


def test_from_one_person_nothing_follows_about_people() -> None:
    assert two_way_interval([TwoWayJudged(1.0, "r", item) for item in "ijklm"]) == (0.0, 1.0)
    assert two_way_interval([TwoWayJudged(1.0, rater, "i") for rater in "rstu"]) == (0.0, 1.0)
    assert two_way_interval([]) == (0.0, 1.0)


def test_where_all_agree_people_count_and_not_answers() -> None:
    judged = [TwoWayJudged(1.0, rater, item) for rater in "rst" for item in "ijklm"]
    assert two_way_interval(judged) == wilson_interval(3, 3)


def test_ties_alone_leave_both_sides_open() -> None:
    low, high = two_way_interval([TwoWayJudged(0.5, rater, item) for rater in "rst" for item in "ijk"])
    assert low < 0.5 < high
    assert low == pytest.approx(1 - high)


@given(JUDGED)
def test_it_holds_the_mean_and_turns_with_the_sides(judged: list[TwoWayJudged]) -> None:
    low, high = two_way_interval(judged)
    assert 0.0 <= low <= mean(judged) <= high <= 1.0
    turned = two_way_interval([TwoWayJudged(1 - each.value, each.rater, each.item) for each in judged])
    assert turned == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(JUDGED)
def test_it_does_not_go_by_the_order_of_answers(judged: list[TwoWayJudged]) -> None:
    assert two_way_interval(judged[::-1]) == pytest.approx(two_way_interval(judged), abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("people", [3, 5, 10])
@pytest.mark.parametrize(
    ("spread", "lead"), [((0.0, 0.0), 0.0), ((1.0, 0.0), 1.2), ((0.0, 1.0), 2.0), ((1.0, 1.0), 0.0)]
)
def test_it_holds_the_true_share_in_93_of_100_draws(people: int, spread: tuple[float, float], lead: float) -> None:
    assert case(people, 30, spread, lead, draws=300).held >= 0.93


def test_the_simulations_truth_is_what_it_draws() -> None:
    # Without a lead both sides win alike; with one of 0.4 and no spread, P(felt > 0.4) = 1/2, P(felt > -0.4) = 0.788.
    assert true_share((1.0, 0.5), 0.0) == pytest.approx(0.5)
    assert true_share((0.0, 0.0), 0.4) == pytest.approx((0.5 + 0.7881) / 2, abs=1e-4)


def test_students_t_of_two_people_is_wide() -> None:
    assert t_quantile(1) == pytest.approx(12.706, abs=1e-3)
