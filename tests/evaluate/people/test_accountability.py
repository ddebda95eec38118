"""What people's labels say about scorers, and rates put right by that."""

import itertools
import random

import pytest

from commonhold.evaluate.people.accountability import MIN_LABELS, Labelled, Share, correct, measure, refusal
from commonhold.evaluate.statistics import wilson_interval


def labels(right_found: int, right: int, wrong_found: int, wrong: int) -> list[Labelled]:
    found = [Labelled(True, number < right_found, f"r{number}") for number in range(right)]
    return found + [Labelled(False, number >= wrong_found, f"w{number}") for number in range(wrong)]


def share(hits: int, trials: int) -> Share:
    return Share(hits, trials, None)


def test_sensitivity_and_specificity_with_wilsons_interval() -> None:
    sensitivity, specificity = measure(labels(18, 20, 24, 30))
    assert (sensitivity.hits, sensitivity.trials) == (18, 20)
    assert sensitivity.interval == pytest.approx(wilson_interval(18, 20))
    assert (specificity.hits, specificity.trials) == (24, 30)
    assert specificity.interval == pytest.approx(wilson_interval(24, 30))


def test_replies_that_hang_together_make_the_interval_wider() -> None:
    alone, together = (
        [Labelled(True, number % 10 < 8, f"c{number // 10}" if tied else f"c{number}") for number in range(20)]
        for tied in (False, True)
    )
    (one, _), (other, _) = measure(alone), measure(together)
    assert one.interval is not None
    assert other.interval is not None
    assert other.interval.low < one.interval.low


def test_without_labels_there_is_no_interval() -> None:
    assert measure([]) == (Share(0, 0, None), Share(0, 0, None))


@pytest.mark.parametrize(("right", "wrong", "refused"), [(20, 20, False), (19, 20, True), (20, 19, True), (0, 0, True)])
def test_twenty_labels_of_each_kind_are_needed(right: int, wrong: int, refused: bool) -> None:
    assert MIN_LABELS == 20
    assert refusal(share(right, right), share(wrong, wrong)).startswith("too few labels") is refused


@pytest.mark.parametrize(
    ("sensitivity", "specificity", "refused"), [(10, 10, True), (10, 11, False), (5, 14, True), (20, 0, True)]
)
def test_a_scorer_no_better_than_a_coin_corrects_nothing(sensitivity: int, specificity: int, refused: bool) -> None:
    reason = refusal(share(sensitivity, 20), share(specificity, 20))
    assert ("no better than a coin" in reason) is refused


def test_correcting_without_ground_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="too few labels"):
        correct(0.5, 100, share(19, 19), share(20, 20))


def test_rogan_and_gladen_by_hand() -> None:
    # (0.6 + 0.8 - 1) / (0.9 + 0.8 - 1) = 0.4 / 0.7
    assert correct(0.6, 100, share(18, 20), share(24, 30)).rate == pytest.approx(4 / 7)


def test_a_rate_below_what_false_alarms_alone_would_give_is_nought() -> None:
    assert correct(0.1, 100, share(18, 20), share(24, 30)).rate == 0.0


def test_a_scorer_without_mistakes_leaves_the_rate_and_widens_the_interval() -> None:
    found = correct(0.6, 100, share(20, 20), share(20, 20))
    plain = wilson_interval(60, 100)
    assert found.rate == pytest.approx(0.6)
    assert found.interval.low < plain.low
    assert found.interval.high > plain.high


def test_more_labels_make_the_interval_narrower() -> None:
    few = correct(0.6, 100, share(18, 20), share(18, 20)).interval
    many = correct(0.6, 100, share(180, 200), share(180, 200)).interval
    assert many.high - many.low < few.high - few.low


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "items"), list(itertools.product((0.1, 0.5, 0.9), (40, 200))))
def test_it_holds_the_true_rate_in_92_of_100_draws(rate: float, items: int) -> None:
    draw, held, tried = random.Random(items), 0, 0
    for sensitivity, specificity in itertools.product((0.7, 0.95), (0.7, 0.95)):
        for _ in range(150):
            said = sum(draw.random() < rate * sensitivity + (1 - rate) * (1 - specificity) for _ in range(items))
            right = share(sum(draw.random() < sensitivity for _ in range(25)), 25)
            wrong = share(sum(draw.random() < specificity for _ in range(25)), 25)
            if not refusal(right, wrong):
                tried += 1
                interval = correct(said / items, items, right, wrong).interval
                held += interval.low <= rate <= interval.high
    assert held / tried >= 0.92
