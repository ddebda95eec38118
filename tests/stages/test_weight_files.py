"""What is served is asked again, and is not published when it is surely worse than what was evaluated."""

import pytest

from commonhold.errors import GateError
from commonhold.records.score import Score
from commonhold.stages.recheck import judged


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


def evaluated(right: int, items: int) -> dict[str, Score]:
    return {score.item_id: score for score in answers(right, items)}


def test_same_answers_are_the_same_score() -> None:
    found = judged(evaluated(15, 20), answers(15, 20), 0.05)
    assert (found["task"], found["items"], found["same_answers"]) == ("count", 20, 20)
    assert found["tuned"]["value"] == found["served"]["value"] == 0.75
    assert found["difference"]["value"] == 0.0
    assert found["difference"]["low"] < 0.0 < found["difference"]["high"]


def test_one_answer_lost_of_twenty_may_be_chance() -> None:
    found = judged(evaluated(15, 20), answers(14, 20), 0.05)
    assert found["difference"]["value"] == pytest.approx(-0.05)
    assert (found["same_answers"], found["margin"]) == (19, 0.05)


@pytest.mark.parametrize(
    ("items", "lost", "margin", "published"),
    [
        (48, 2, 0.05, True),  # 4.2 points
        (48, 3, 0.05, False),  # 6.2 points
        (40, 2, 0.05, True),  # 5 points exactly
        (10, 1, 0.05, True),  # 10 points, and one answer
        (10, 2, 0.05, False),
        (10, 2, 0.2, True),
        (48, 1, 0.0, True),
        (48, 2, 0.0, False),
    ],
)
def test_more_than_the_margin_and_more_than_one_answer_is_too_much(
    items: int, lost: int, margin: float, published: bool
) -> None:
    before, again = evaluated(items // 2, items), answers(items // 2 - lost, items)
    if published:
        assert judged(before, again, margin)["difference"]["value"] == pytest.approx(-lost / items)
    else:
        with pytest.raises(GateError, match=r"worse at count than what was evaluated .* publish.recheck_margin"):
            judged(before, again, margin)


def test_file_that_is_surely_worse_is_not_published() -> None:
    with pytest.raises(GateError, match=r"the merged model is surely worse at count .* on 20 items"):
        judged(evaluated(15, 20), answers(0, 20), 1.0)


def test_only_the_items_that_were_asked_again_count() -> None:
    found = judged(evaluated(2, 20), answers(4, 4), 0.05)
    assert (found["items"], found["tuned"]["value"], found["served"]["value"]) == (4, 0.5, 1.0)
