"""What is served is asked again, and is not published when it is surely worse than what was evaluated."""

from pathlib import Path

import pytest

from commonhold.errors import GateError
from commonhold.evaluate.item import Item
from commonhold.evaluate.tasks import Task
from commonhold.records.score import Score
from commonhold.stages.recheck import judged


def task(items: int) -> Task:
    """Questions whose answer is their own number."""
    asked = tuple(Item(id=f"i{number}", prompt="How many?", answer=str(number)) for number in range(items))
    return Task("count", "Counts", "Counting.", "generate", "exact/1", "none", 8, "CC0-1.0", asked, Path(), "d")


def before(right: int, items: int) -> dict[str, Score]:
    """What was evaluated: the first `right` answers are right."""
    return {
        f"i{number}": Score(
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
    }


def test_same_answers_are_the_same_score() -> None:
    outputs = {f"i{number}": str(number) if number < 15 else "many" for number in range(20)}
    found = judged(task(20), before(15, 20), outputs)
    assert (found["task"], found["items"], found["same_answers"]) == ("count", 20, 20)
    assert found["tuned"]["value"] == found["served"]["value"] == 0.75
    assert found["difference"]["value"] == 0.0
    assert found["difference"]["low"] < 0.0 < found["difference"]["high"]


def test_one_answer_lost_of_twenty_may_be_chance() -> None:
    outputs = {f"i{number}": str(number) if number < 14 else "many" for number in range(20)}
    found = judged(task(20), before(15, 20), outputs)
    assert found["difference"]["value"] == pytest.approx(-0.05)
    assert found["same_answers"] == 19


def test_file_that_is_surely_worse_is_not_published() -> None:
    with pytest.raises(GateError, match=r"the merged model is surely worse at count .* on 20 items"):
        judged(task(20), before(15, 20), dict.fromkeys(before(15, 20), "many"))


def test_only_the_items_that_were_asked_again_count() -> None:
    found = judged(task(4), before(2, 20), {f"i{number}": str(number) for number in range(4)})
    assert (found["items"], found["tuned"]["value"], found["served"]["value"]) == (4, 0.5, 1.0)
