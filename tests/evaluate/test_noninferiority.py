"""A file is called worse than what was evaluated only when it surely is: by its scores, or by its replies."""

import math

import pytest

from commonhold.evaluate.noninferiority import rescored, why_worse
from commonhold.models.equivalence import ReplyLikeness
from commonhold.records.score import Rescored, Score

SAME = ReplyLikeness(kl=0.001, same=20, tokens=20, ends=True, end_kept=True)


def answers(right: int, items: int) -> list[Score]:
    """Answers of the tuned model to questions whose answer is their own number; the first `right` are right."""
    return [
        Score(
            task="count",
            item_id=f"i{number}",
            base=0.0,
            tuned=float(number < right),
            base_output="",
            tuned_output=str(number) if number < right else "many",
            prompt="How many?",
            expected=str(number),
            language="",
            group="",
            cluster=f"i{number}",
        )
        for number in range(items)
    ]


def asked_again(evaluated: int, served: int, items: int, margin: float = 0.05) -> Rescored:
    """A task of which so many items were right when it was evaluated, and so many when a file was asked."""
    return rescored({score.item_id: score for score in answers(evaluated, items)}, answers(served, items), margin)


def test_same_answers_are_the_same_score() -> None:
    found = asked_again(15, 15, 20)
    assert (found.task, found.whole.items, found.same_answers, found.margin) == ("count", 20, 20, 0.05)
    assert found.whole.base == found.whole.tuned == 0.75
    assert found.whole.difference == 0.0
    assert found.whole.difference_interval.low < 0.0 < found.whole.difference_interval.high


def test_only_the_items_that_were_asked_again_count() -> None:
    before = {score.item_id: score for score in answers(2, 20)}
    found = rescored(before, answers(4, 4), 0.05).whole
    assert (found.items, found.base, found.tuned) == (4, 0.5, 1.0)


@pytest.mark.parametrize(
    ("items", "lost", "margin", "worse"),
    [
        (48, 3, 0.05, False),  # 6 points, and chance may have made 15
        (10, 2, 0.05, False),
        (20, 5, 0.05, False),  # 25 points, of which 2 are sure
        (20, 10, 0.05, True),
        (48, 24, 0.05, True),
        (48, 24, 1.0, False),
        (48, 0, 0.0, False),
        (4, 2, 0.05, False),
        (4, 4, 0.05, True),
        (1, 1, 0.05, False),  # one item tells nothing
    ],
)
def test_a_file_is_worse_only_when_the_friendly_end_of_the_interval_is(
    items: int, lost: int, margin: float, worse: bool
) -> None:
    told = why_worse([], [asked_again(items, items - lost, items, margin)])
    assert bool(told) is worse
    if worse:
        assert told.startswith(f"it is surely worse at count: −{100 * lost / items:g} points on {items} items (−")
        assert told.endswith("and −5 points is the most")


def test_a_better_file_is_not_worse() -> None:
    assert why_worse([SAME] * 12, [asked_again(0, 20, 20, 0.0)]) == ""


def replies(*kls: float, same: int = 20, kept: bool = True) -> list[ReplyLikeness]:
    return [ReplyLikeness(kl, same, 20, ends=True, end_kept=kept) for kl in kls]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (replies(*[0.001] * 12), ""),
        (replies(*[0.049] * 12), ""),
        (replies(*[0.2] * 12), "it predicts other replies: 0.200 nats a token"),
        (replies(0.001, 0.9), ""),  # one reply of two
        (replies(5.0), ""),  # one reply tells nothing
        (replies(*[0.001] * 11, 3.0), ""),  # one of twelve
        (replies(*[0.001] * 11, math.nan), "it predicts other replies: nan"),
        (replies(*[0.02] * 12, same=19), ""),
        (replies(*[0.02] * 12, same=17), ""),
        (replies(*[0.02] * 12, same=16), "it would write the same token at 80% of places"),
        (replies(*[0.02] * 12, kept=False), "it ends 0% of 12 replies where the tuned one does"),
        (replies(0.02, kept=False), ""),
        ([*replies(*[0.02] * 11), *replies(0.02, kept=False)], ""),
    ],
)
def test_other_replies_are_told_when_they_surely_are_others(found: list[ReplyLikeness], told: str) -> None:
    reason = why_worse(found, [])
    assert reason.startswith(told)
    assert bool(reason) is bool(told)
