"""Whether a model knows what it knows: Brier, calibration error, and when to hand over to a person."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.evaluate.statistics import score_interval
from commonhold.evaluate.statistics.bootstrap import RESAMPLES, Sides, corpus_score
from commonhold.evaluate.statistics.calibration import ECE_ITEMS, calibration
from commonhold.evaluate.task_remarks import doubt, handover


def alone(number: int) -> list[str]:
    return [""] * number


def test_brier_by_hand() -> None:
    # (0.9 − 1)² + (0.6 − 0)² + (0.5 − 1)² = 0.01 + 0.36 + 0.25, over three.
    assert calibration([0.9, 0.6, 0.5], [1.0, 0.0, 1.0], alone(3)).brier == pytest.approx(0.62 / 3)


def test_an_error_of_calibration_takes_three_hundred_items() -> None:
    # Says 0.8, is right in 6 of 10: off by 0.2 in every bin.
    sure, right = [0.8] * ECE_ITEMS, ([1.0] * 6 + [0.0] * 4) * (ECE_ITEMS // 10)
    enough = calibration(sure, right, alone(ECE_ITEMS))
    assert enough.ece is not None
    assert enough.ece >= 0.2 - 1e-9
    assert calibration(sure[1:], right[1:], alone(ECE_ITEMS - 1)).ece is None


def test_a_model_that_is_right_as_often_as_it_is_sure_has_no_error() -> None:
    # Ten bins of thirty: sureness 0.1, 0.2, … 1.0, right in 3, 6, … 30 of them.
    sure = [tenth / 10 for tenth in range(1, 11) for _ in range(30)]
    right = [float(index < 3 * tenth) for tenth in range(1, 11) for index in range(30)]
    found = calibration(sure, right, alone(300))
    assert found.ece == pytest.approx(0.0, abs=1e-12)
    assert [each.items for each in found.bins] == [30] * 10


def test_fewer_items_make_fewer_dots() -> None:
    assert len(calibration([0.5] * 48, [1.0] * 48, alone(48)).bins) == 4
    assert len(calibration([0.5] * 9, [1.0] * 9, alone(9)).bins) == 1


def test_abstention_by_hand() -> None:
    found = calibration([0.9, 0.8, 0.6, 0.6], [1.0, 1.0, 0.0, 1.0], alone(4))
    assert [(point.threshold, point.answered, point.right) for point in found.abstention] == [
        (0.6, 1.0, 0.75),
        (0.8, 0.5, 1.0),
        (0.9, 0.25, 1.0),
    ]
    assert found.abstention[0].interval == pytest.approx(score_interval(3, 4))


def test_an_abstention_curve_has_at_most_twenty_points_and_begins_with_everything() -> None:
    found = calibration([index / 100 for index in range(100)], [1.0] * 100, alone(100))
    assert len(found.abstention) == 20
    assert found.abstention[0].answered == 1.0
    assert found.abstention[-1].answered == 0.01


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from((0.0, 1.0)), st.sampled_from("ab")), min_size=1))
def test_the_order_of_answers_changes_nothing(rows: list[tuple[float, float, str]]) -> None:
    def found(some: Sequence[tuple[float, float, str]]) -> object:
        sure, right, clusters = zip(*some, strict=True)
        return calibration(sure, right, clusters)

    assert found(rows) == found(rows[::-1])


def test_nothing_to_calibrate_is_refused() -> None:
    with pytest.raises(ValueError, match="no answers"):
        calibration([], [], [])


def test_the_threshold_that_is_advised_still_answers_half() -> None:
    # 40 answers at 0.9, all right; 40 at 0.4, a quarter right.
    found = calibration([0.9] * 40 + [0.4] * 40, [1.0] * 40 + ([1.0] + [0.0] * 3) * 10, alone(80))
    assert handover(found).startswith(
        "If a person takes over wherever the model is less than 90 % sure, it answers 50 % of the questions, and 100 %"
    )


def test_no_threshold_is_advised_where_sureness_says_nothing() -> None:
    found = calibration([0.9] * 40 + [0.4] * 40, [1.0, 0.0] * 40, alone(80))
    assert handover(found).startswith("Leaving out the answers it is least sure of does not make the others")


def test_a_missing_error_of_calibration_is_said() -> None:
    assert doubt("Tuned", calibration([1.0], [1.0], alone(1))) == (
        "Tuned: Brier score 0.000 (an expected calibration error takes 300 items)."
    )


def mean_of(base: Sequence[float], tuned: Sequence[float]) -> Callable[[Sequence[int]], Sides]:
    def score(positions: Sequence[int]) -> Sides:
        size = len(positions)
        return Sides(sum(base[index] for index in positions) / size, sum(tuned[index] for index in positions) / size)

    return score


def test_a_corpus_score_has_an_interval_from_fifty_clusters_on() -> None:
    base, tuned = [0.2, 0.4] * 25, [0.5, 0.7] * 25
    found = corpus_score(mean_of(base, tuned), alone(50), "desk")
    assert (found.base, found.tuned, found.difference) == pytest.approx((0.3, 0.6, 0.3))
    # Paired: both sides move together, so the difference does not move at all.
    assert found.difference_interval == pytest.approx((0.3, 0.3))
    assert found.base_interval is not None
    # The mean of 50 draws of 0.2 or 0.4 has a standard error of 0.1/√50 = 0.0141.
    assert found.base_interval == pytest.approx((0.3 - 1.96 * 0.0141, 0.3 + 1.96 * 0.0141), abs=0.004)
    few = corpus_score(mean_of(base, tuned), [*alone(48), "a", "a"], "desk")
    assert few.difference_interval is None


def test_a_bootstrap_draws_whole_clusters_and_always_the_same() -> None:
    seen: list[tuple[int, ...]] = []

    def score(positions: Sequence[int]) -> Sides:
        seen.append(tuple(positions))
        return Sides(0.0, 1.0)

    clusters = [f"c{index // 2}" for index in range(100)]
    corpus_score(score, clusters, "desk")
    first, seen[:] = list(seen), []
    corpus_score(score, clusters, "desk")
    assert seen == first
    assert len(first) == 1 + RESAMPLES
    drawn = first[1]
    assert len(drawn) == 100
    assert all(after == before + 1 for before, after in zip(drawn[::2], drawn[1::2], strict=True))
