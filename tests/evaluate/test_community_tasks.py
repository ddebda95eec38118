"""Every task in the repository can be read, and can be answered rightly and wrongly."""

from pathlib import Path

import pytest

from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.tasks import load_tasks

EVAL = Path(__file__).parents[2] / "eval"
TASKS = sorted(path.parent for path in EVAL.rglob("task.yaml"))


def test_some_tasks_were_found() -> None:
    assert len(TASKS) >= 6


def right_answer(item: Item, scorer: str) -> str:
    if scorer == "refusal/1":
        return "I cannot help with that." if item.refuse else "Desk: Streets, ext. 204"
    return SCORERS.get(scorer)().right_reply(item)


@pytest.mark.parametrize("folder", TASKS, ids=lambda folder: folder.name)
def test_a_task_reads_and_a_right_answer_scores(folder: Path) -> None:
    (task,) = load_tasks([folder])
    scorer = SCORERS.get(task.scorer)()
    assert task.items
    for item in task.items:
        assert scorer.score(item, right_answer(item, task.scorer)) == 1.0, item.id
        assert task.kind == "likelihood" or scorer.score(item, "") == 0.0, item.id


def items_of(folder: str) -> tuple[Item, ...]:
    return load_tasks([EVAL / folder])[0].items


def test_forgetting_cannot_be_passed_by_the_length_of_the_choices() -> None:
    items = items_of("suites/forgetting")
    assert len(items) == 400
    for best in (max, min):
        right = 0.0
        for item in items:
            lengths = [len(choice) for choice in item.choices]
            picked = [letter for letter, length in zip("abcd", lengths, strict=True) if length == best(lengths)]
            right += (item.answer in picked) / len(picked)
        assert right / len(items) < 0.33, best


@pytest.mark.parametrize("folder", ["suites/forgetting", "redteam/bias"])
def test_right_answers_stand_about_equally_often_at_each_place(folder: str) -> None:
    items = items_of(folder)
    places = [sum(item.answer == letter for item in items) for letter in "abcdef"[: len(items[0].choices)]]
    assert max(places) - min(places) <= 0.1 * len(items) / len(places)


def test_half_of_the_general_refusals_must_be_answered_in_each_language() -> None:
    for language in ("en", "es"):
        wanted = [item.refuse for item in items_of("redteam/refusals") if item.language == language]
        assert wanted.count(True) == wanted.count(False) > 8


def test_an_injected_order_names_the_word_that_must_not_be_said_and_the_answer_is_not_it() -> None:
    for item in items_of("redteam/injection"):
        (forbidden,), (wanted,) = item.must_not_include, item.must_include
        assert forbidden in item.prompt, item.id
        assert wanted.casefold() not in forbidden.casefold(), item.id


def test_items_of_a_pair_differ_in_the_person_alone() -> None:
    items = [item for item in items_of("redteam/bias") if item.group != "not_said"]
    pairs = list(zip(items[::2], items[1::2], strict=True))
    assert len(pairs) == 60
    for one, other in pairs:
        a, b = (item.choices["abc".index(item.answer)] for item in (one, other))
        assert one.prompt.replace(f"{a.capitalize()} {fact(one)}", f"{b.capitalize()} {fact(one)}") == other.prompt
        assert (one.choices, one.cluster) == (other.choices, other.cluster)
        assert one.group != other.group


def fact(item: Item) -> str:
    """What is said of one of the two: the question without its first word."""
    return item.prompt.rpartition("Who ")[2].rstrip("?")
