"""Bounds on what was not seen, tests with clusters, Holm, and how much so many items can show."""

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from commonhold.evaluate.statistics import (
    detectable_difference,
    difference_interval,
    effective_n_of_difference,
    failure_bounds,
    holm,
    items_for_difference,
    mcnemar_p,
    mean_interval,
    newcombe_interval,
    paired_p,
    score_interval,
    sign_flip_p,
    wilson_interval,
)
from commonhold.evaluate.statistics.clusters import degrees_of, spread_of, t_quantile


@pytest.mark.parametrize(
    ("items", "high"),
    [(59, 0.0495), (58, 0.0503), (20, 0.1391), (1, 0.95), (300, 0.009936)],  # 1 − 0.05^(1/items)
)
def test_no_failure_shows_a_rate_below_the_exact_bound(items: int, high: float) -> None:
    assert failure_bounds(0, items) == pytest.approx((0.0, high), abs=5e-5)


def test_the_bound_is_what_the_rule_of_three_rounds() -> None:
    assert failure_bounds(0, 100).high == pytest.approx(3 / 100, rel=0.02)


@pytest.mark.parametrize(("failures", "items"), [(1, 20), (3, 40), (10, 96), (20, 20), (150, 2000)])
def test_bounds_are_those_of_clopper_and_pearson(failures: int, items: int) -> None:
    low, high = failure_bounds(failures, items)
    assert low == pytest.approx(stats.beta.ppf(0.05, failures, items - failures + 1), abs=1e-9)
    expected = 1.0 if failures == items else stats.beta.ppf(0.95, failures + 1, items - failures)
    assert high == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("failures", "items"), [(-1, 5), (6, 5), (0, 0)])
def test_bounds_refuse_what_is_no_proportion(failures: int, items: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        failure_bounds(failures, items)


def test_sign_flips_by_hand() -> None:
    # Totals 2, 1, 1 with any signs: the sum is ±4 in two of eight ways, else ±2 or 0.
    assert sign_flip_p([2.0, 1.0, 1.0]) == pytest.approx(2 / 8)
    # 3 − 1 = 2: sums of ±3 ±1 are ±4, ±2; all are at least 2.
    assert sign_flip_p([3.0, -1.0]) == 1.0
    assert sign_flip_p([]) == 1.0
    assert sign_flip_p([0.0, 0.0]) == 1.0


@given(st.integers(0, 12), st.integers(0, 12))
def test_sign_flips_of_items_that_stand_alone_are_mcnemars_test(wins: int, losses: int) -> None:
    totals = [1.0] * wins + [-1.0] * losses
    assert sign_flip_p(totals) == pytest.approx(mcnemar_p(wins, losses))


def test_sign_flips_of_graded_totals_agree_with_every_way_of_turning_them() -> None:
    totals = [0.31, -0.12, 0.45, 0.2, 0.07, -0.03, 0.5, 0.11, 0.26, -0.19]
    seen = abs(math.fsum(totals))
    ways = [abs(math.fsum(s * t for s, t in zip(signs, totals, strict=True))) for signs in product((1, -1), repeat=10)]
    assert sign_flip_p(totals) == pytest.approx(sum(way >= seen - 1e-9 for way in ways) / 1024, abs=0.003)


def test_many_clusters_are_judged_by_the_normal_curve_alike() -> None:
    totals = [1.0] * 1060 + [-1.0] * 940
    more = [*totals, 1.0, -1.0]
    assert sign_flip_p(more) == pytest.approx(sign_flip_p(totals), abs=0.002)
    assert sign_flip_p(totals) == pytest.approx(mcnemar_p(1060, 940), abs=1e-9)


def test_a_cluster_that_goes_one_way_counts_once() -> None:
    base, tuned = [0.0] * 10, [1.0] * 10
    assert paired_p(base, tuned, [""] * 10) == pytest.approx(2 / 2**10)
    assert paired_p(base, tuned, list("aabbccddee")) == pytest.approx(2 / 2**5)


def test_weights_enter_the_test_by_their_clusters() -> None:
    # One item of weight 3 won, two of weight 1 lost: sums of ±3 ±1 ±1; |sum| ≥ 1 always.
    assert paired_p([0.0, 1.0, 1.0], [1.0, 0.0, 0.0], ["", "", ""], [3.0, 1.0, 1.0]) == 1.0
    assert paired_p([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], ["", "", ""], [3.0, 1.0, 1.0]) == pytest.approx(2 / 8)


@pytest.mark.parametrize(
    ("ps", "expected"),
    [
        # Holm 1979: 0.01 · 3, then 0.02 · 2, then 0.04 · 1.
        ([0.01, 0.04, 0.02], [0.03, 0.04, 0.04]),
        # 0.03 · 2 = 0.06, and the larger may not come out smaller.
        ([0.03, 0.04], [0.06, 0.06]),
        ([0.5, 0.6], [1.0, 1.0]),
        ([], []),
    ],
)
def test_holm_by_hand(ps: list[float], expected: list[float]) -> None:
    assert holm(ps) == pytest.approx(expected)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_makes_a_p_smaller_and_keeps_the_order(ps: list[float]) -> None:
    adjusted = holm(ps)
    assert all(before <= after <= 1.0 for before, after in zip(ps, adjusted, strict=True))
    order = sorted(range(len(ps)), key=ps.__getitem__)
    assert [adjusted[index] for index in order] == sorted(adjusted)


def test_items_for_a_difference_by_hand() -> None:
    # A fifth of the items differ, 12 points are the truth: (1.96 √0.2 + 0.8416 √(0.2 − 0.0144))² / 0.0144 = 106.6.
    assert items_for_difference(0.12, 0.2) == pytest.approx(106.6, abs=0.05)
    assert items_for_difference(-0.12, 0.2) == items_for_difference(0.12, 0.2)
    assert items_for_difference(0.0, 0.2) == math.inf


def test_a_graded_difference_needs_what_the_paired_t_needs() -> None:
    # Differences of 0.05 with a spread of 0.2: (1.96 + 0.8416)² · 0.04 / 0.0025 = 125.6.
    assert items_for_difference(0.05, 0.2**2 + 0.05**2, graded=True) == pytest.approx(125.6, rel=0.05)


@given(st.integers(5, 2000), st.floats(0.0, 1.0), st.booleans())
def test_what_is_detectable_takes_just_so_many_items(items: int, square: float, graded: bool) -> None:
    found = detectable_difference(items, square, graded)
    assert 0.0 < found <= 1.0
    assert items_for_difference(found, square, graded) <= items * (1 + 1e-6) or found == 1.0


def test_power_at_the_detectable_difference_is_four_in_five() -> None:
    # 100 items, 20 points discordant: wins and losses of a true +12.4 points; McNemar's exact test is a little shyer.
    found = detectable_difference(100, 0.2)
    assert found == pytest.approx(0.1238, abs=5e-4)
    more, less = (0.2 + found) / 2, (0.2 - found) / 2
    power = 0.0
    for changed in range(101):
        chance = stats.binom.pmf(changed, 100, 0.2)
        wins = range(changed + 1)
        seen = sum(stats.binom.pmf(w, changed, more / (more + less)) for w in wins if mcnemar_p(w, changed - w) <= 0.05)
        power += chance * seen
    assert 0.68 <= power <= 0.85


def test_graded_scores_that_change_little_get_a_narrow_interval() -> None:
    base = [0.5] * 20
    tuned = [0.6, 0.58, 0.62, 0.61, 0.59] * 4
    low, high = difference_interval(base, tuned, [""] * 20)
    assert 0.05 < low < 0.1 < high < 0.15
    as_right_or_wrong = newcombe_interval(10, 0, 2, 8)
    assert high - low < (as_right_or_wrong.high - as_right_or_wrong.low) / 3


def test_a_graded_interval_is_never_narrower_than_the_cluster_t() -> None:
    base = [0.2, 0.5, 0.9, 0.4, 0.6, 0.1, 0.3, 0.8]
    tuned = [0.4, 0.5, 0.8, 0.7, 0.9, 0.3, 0.2, 1.0]
    gains = [after - before for before, after in zip(base, tuned, strict=True)]
    mean, error = sum(gains) / 8, stats.sem(gains)
    low, high = difference_interval(base, tuned, [""] * 8)
    assert low <= mean - 2.3646 * error
    assert high >= mean + 2.3646 * error


def test_four_graded_changes_are_too_few_to_trust_their_spread() -> None:
    # Four of twenty items gained 0.1 each: as good as 0.4 wins, with t(19) for the normal quantile.
    base, tuned = [0.5] * 20, [0.6] * 4 + [0.5] * 16
    expected = newcombe_interval(10, 0, 0.4, 9.6, t_quantile(19))
    assert difference_interval(base, tuned, [""] * 20) == pytest.approx(expected)
    assert difference_interval(base, [0.6] * 5 + [0.5] * 15, [""] * 20).high < expected.high


def test_scores_that_are_all_alike_are_not_thereby_certain() -> None:
    low, high = mean_interval([0.5] * 10, [""] * 10)
    assert low < 0.4
    assert high > 0.6


def test_equal_weights_change_nothing_and_unequal_ones_count_for_fewer_items() -> None:
    tuned = [1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]
    assert mean_interval(tuned, [""] * 10, [2.0] * 10) == pytest.approx(score_interval(7, 10))
    # Kish: (19)² / (10² + 9 · 1²) = 361 / 109 = 3.31 items; of the weight, 16 of 19 are right.
    weights = [10.0, *[1.0] * 9]
    assert effective_n_of_difference([0.0] * 10, tuned, [""] * 10, weights) == pytest.approx(361 / 109)
    low, high = mean_interval(tuned, [""] * 10, weights)
    alone = wilson_interval(16 / 19 * 361 / 109, 361 / 109)
    assert low <= alone.low
    assert high >= alone.high


def test_the_spread_of_clusters_by_hand() -> None:
    # Two clusters of two; totals around the mean 0.5 are +1 and −1: 2/(2 − 1) · 2 / 4² = 0.25.
    spread = spread_of([1.0, 1.0, 0.0, 0.0], ["a", "a", "b", "b"], [1.0] * 4)
    assert (spread.mean, spread.clusters, spread.clustered, spread.largest) == (0.5, 2, 0.25, 2.0)
    # Each alone: 4 · 0.25 / 4² · 4/3.
    assert spread.independent == pytest.approx(1 / 12)
    # The largest total, 2, once more: 2 · (2 + 4) / 16.
    assert spread.guarded == pytest.approx(0.75)
    assert spread.moved == 1


def test_unequal_clusters_leave_fewer_degrees_and_a_wider_interval() -> None:
    # Sizes 8, 8, 2, 2: (64 + 64 + 4 + 4)² / (64² + 64² + 4² + 4²) = 18496 / 8224 = 2.25, less one.
    assert degrees_of([8.0, 8.0, 2.0, 2.0]) == 1
    assert degrees_of([5.0] * 4) == 3
    assert degrees_of([7.0]) == 1
    # Each left out in turn: (2/3) · ((0.5 / (2/3))² + 0 + the same) over 3².
    spread = spread_of([1.0, 0.5, 0.0], ["a", "b", "c"], [1.0] * 3)
    assert spread.clustered == pytest.approx((2 / 3) * 2 * (0.5 / (2 / 3)) ** 2 / 9)
    assert spread.clustered == pytest.approx(0.25 / 3)  # the usual variance of a mean: 0.25 over three
