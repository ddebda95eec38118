"""Intervals against published values, their laws, and how often they hold the truth."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.evaluate.statistics import (
    cluster_t_interval,
    difference_interval,
    mcnemar_p,
    mean_interval,
    newcombe_interval,
    score_interval,
    t_quantile,
    wilson_interval,
)

CELL = st.integers(0, 60)
SCORES = st.lists(
    st.tuples(st.sampled_from((0.0, 1.0)), st.sampled_from((0.0, 1.0)), st.sampled_from("abcdef")), min_size=1
)


def test_wilson_matches_newcombes_published_table() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson_interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson_interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson_interval(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_wilson_of_no_failures_reaches_one_exactly() -> None:
    assert wilson_interval(7, 7).high == 1.0
    assert wilson_interval(0, 7).low == 0.0


@pytest.mark.parametrize(("successes", "trials"), [(1, 0), (-1, 5), (6, 5)])
def test_wilson_refuses_what_is_no_proportion(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson_interval(successes, trials)


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share_and_grows_with_it(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials - 1))
    here, next_up = wilson_interval(successes, trials), wilson_interval(successes + 1, trials)
    assert 0.0 <= here.low <= successes / trials <= here.high <= 1.0
    assert next_up.low > here.low
    assert next_up.high > here.high or here.high == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("both", "base_only", "tuned_only", "neither", "expected"),
    [
        # Newcombe 1998, Statistics in Medicine 17:2635, table III, method 10.
        (36, 2, 12, 0, (0.0569, 0.3404)),
        (18, 2, 12, 18, (0.0562, 0.3290)),
        (53, 0, 0, 1, (-0.0729, 0.0729)),
        (0, 0, 30, 0, (0.8395, 1.0)),
        # Fagerland, Lydersen & Laake 2017, Statistical Analysis of Contingency Tables, chapter 8 (Cavo et al. 2012).
        (59, 16, 6, 80, (-0.1186, -0.0046)),
    ],
)
def test_newcombe_matches_published_examples(
    both: int, base_only: int, tuned_only: int, neither: int, expected: tuple[float, float]
) -> None:
    assert newcombe_interval(both, base_only, tuned_only, neither) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(
    ("successes", "trials", "low"),
    [
        # Half of the 5 % point of chi-square with 2, 4 and 6 degrees of freedom (0.1026, 0.7107, 1.6354), over trials.
        (1, 10, 0.1026 / 2 / 10),
        (2, 10, 0.7107 / 2 / 10),
        (3, 10, 1.6354 / 2 / 10),
        (2.5, 20, (0.7107 + 1.6354) / 4 / 20),
    ],
)
def test_few_successes_get_the_lower_end_of_a_poisson_mean(successes: float, trials: int, low: float) -> None:
    found = score_interval(successes, trials)
    assert found.low == pytest.approx(low, abs=1e-5)
    assert found.high == wilson_interval(successes, trials).high
    mirrored = score_interval(trials - successes, trials)
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((found.low, found.high))


@pytest.mark.parametrize(("successes", "trials"), [(3, 9), (4, 20), (10, 20), (0, 20)])
def test_more_successes_get_wilsons_interval(successes: int, trials: int) -> None:
    assert score_interval(successes, trials) == pytest.approx(wilson_interval(successes, trials))


def test_newcombe_refuses_negative_and_empty_tables() -> None:
    with pytest.raises(ValueError, match="not negative"):
        newcombe_interval(5, -1, 1, 0)
    with pytest.raises(ValueError, match="no proportion"):
        newcombe_interval(0, 0, 0, 0)


@given(CELL, CELL, CELL, CELL)
def test_newcombe_is_inside_its_range_and_antisymmetric(both: int, less: int, more: int, neither: int) -> None:
    items = both + less + more + neither
    if items == 0:
        return
    interval, swapped = newcombe_interval(both, less, more, neither), newcombe_interval(both, more, less, neither)
    assert -1.0 <= interval.low <= (more - less) / items <= interval.high <= 1.0
    assert (swapped.low, swapped.high) == pytest.approx((-interval.high, -interval.low))


@given(CELL, st.integers(1, 60), CELL, CELL)
def test_newcombe_rises_when_a_loss_becomes_a_win(both: int, less: int, more: int, neither: int) -> None:
    before, after = newcombe_interval(both, less, more, neither), newcombe_interval(both, less - 1, more + 1, neither)
    assert after.low >= before.low - 1e-12
    assert after.high >= before.high - 1e-12


@pytest.mark.parametrize(
    ("degrees", "printed"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (9, 2.262), (10, 2.228), (30, 2.042), (120, 1.980)],
)
def test_t_quantile_matches_the_printed_table(degrees: int, printed: float) -> None:
    assert t_quantile(degrees) == pytest.approx(printed, abs=5e-4)


def test_cluster_t_by_hand() -> None:
    # Means over 6 items: 0.5; deviations of the clusters: 1, −1, 0; variance 3/2 · 2/36 = 1/12; t(2) = 4.303.
    interval = cluster_t_interval([1.0, 1.0, 0.0, 0.0, 1.0, 0.0], ["a", "a", "b", "b", "c", "c"])
    reach = 4.302653 * math.sqrt(1 / 12)
    assert interval == pytest.approx((0.5 - reach, 0.5 + reach))


def test_one_cluster_says_nothing() -> None:
    assert cluster_t_interval([0.0, 1.0, 1.0], ["a", "a", "a"]) == (-math.inf, math.inf)
    assert difference_interval([0.0, 0.0], [1.0, 1.0], ["a", "a"]) == (-1.0, 1.0)
    assert mean_interval([1.0, 1.0], ["a", "a"]) == (0.0, 1.0)


def test_items_without_repeated_clusters_get_wilson_and_newcombe() -> None:
    base, tuned = [1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0]
    for clusters in (["", "", "", ""], ["a", "b", "", "c"]):
        assert mean_interval(tuned, clusters) == pytest.approx(score_interval(3, 4))
        assert difference_interval(base, tuned, clusters) == pytest.approx(newcombe_interval(1, 0, 2, 1))


def test_fewer_than_five_clusters_count_as_one_item_each() -> None:
    # Four writers of ten items with 5, 5, 5 and 6 wins: alike, but four are too few to rely on it.
    tuned = [float(index < wins) for wins in (5, 5, 5, 6) for index in range(10)]
    clusters = [writer for writer in "abcd" for _ in range(10)]
    worth_four = newcombe_interval(0, 0, 2.1, 1.9, t_quantile(3))
    assert difference_interval([0.0] * 40, tuned, clusters) == pytest.approx(worth_four)


def test_items_that_all_go_the_way_of_their_cluster_are_worth_one_a_cluster() -> None:
    # Nine writers whose five items are won, one whose five are not: Newcombe for 9 of 10, far below t's 0.9 − 0.226.
    nine_of_ten = newcombe_interval(0, 0, 9, 1, t_quantile(9))
    tuned = [float(writer > 0) for writer in range(10) for _ in range(5)]
    clusters = [str(writer) for writer in range(10) for _ in range(5)]
    assert difference_interval([0.0] * 50, tuned, clusters).low == pytest.approx(nine_of_ten.low)
    assert mean_interval(tuned, clusters).low == pytest.approx(score_interval(9, 10, t_quantile(9)).low)


@given(SCORES)
def test_clusters_never_narrow_an_interval(rows: list[tuple[float, float, str]]) -> None:
    base, tuned, clusters = zip(*rows, strict=True)
    alone = difference_interval(base, tuned, [""] * len(rows))
    together = difference_interval(base, tuned, clusters)
    assert together.low <= alone.low + 1e-12
    assert together.high >= alone.high - 1e-12


@given(SCORES)
def test_difference_is_inside_its_range_and_antisymmetric(rows: list[tuple[float, float, str]]) -> None:
    base, tuned, clusters = zip(*rows, strict=True)
    interval, swapped = difference_interval(base, tuned, clusters), difference_interval(tuned, base, clusters)
    mean = (sum(tuned) - sum(base)) / len(rows)
    assert -1.0 <= interval.low <= mean + 1e-12
    assert mean - 1e-12 <= interval.high <= 1.0
    assert (swapped.low, swapped.high) == pytest.approx((-interval.high, -interval.low))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from(("", "a", "b"))), min_size=1))
def test_graded_scores_stay_in_range_too(rows: list[tuple[float, float, str]]) -> None:
    base, tuned, clusters = zip(*rows, strict=True)
    low, high = difference_interval(base, tuned, clusters)
    assert -1.0 <= low <= high <= 1.0
    low, high = mean_interval(tuned, clusters)
    assert 0.0 <= low <= high <= 1.0


def test_clustered_interval_holds_the_truth_where_newcombe_does_not() -> None:
    # Ten writers with five items each; a writer's items all go the same way. True gain: 0.7 − 0.5.
    drawn = random.Random(5)
    clusters = [str(writer) for writer in range(10) for _ in range(5)]
    held = naive = 0
    for _ in range(400):
        base = [float(share < 0.5) for share in [drawn.random() for _ in range(10)] for _ in range(5)]
        tuned = [float(share < 0.7) for share in [drawn.random() for _ in range(10)] for _ in range(5)]
        low, high = difference_interval(base, tuned, clusters)
        held += low <= 0.2 <= high
        low, high = difference_interval(base, tuned, [""] * 50)
        naive += low <= 0.2 <= high
    assert held >= 0.93 * 400
    assert naive <= 0.75 * 400


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [
        (7, 1, 18 / 256),  # 2 · (1 + 8) / 2⁸
        (1, 7, 18 / 256),
        (5, 0, 2 / 32),
        (3, 3, 1.0),
        (0, 0, 1.0),
    ],
)
def test_mcnemar_by_hand(wins: int, losses: int, p: float) -> None:
    assert mcnemar_p(wins, losses) == pytest.approx(p)


def test_mcnemar_does_not_overflow() -> None:
    assert 0.0 <= mcnemar_p(3000, 1000) < 1e-100
