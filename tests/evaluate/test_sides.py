"""Both models on the same items: what is asked, in which order, and what comes out."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from commonhold.errors import CommonholdError
from commonhold.evaluate.item import Item
from commonhold.evaluate.run import compare, evaluate, sample, score_side
from commonhold.evaluate.tasks import Task
from commonhold.records.answer import ChoiceScore
from commonhold.records.chat import Conversation, Message
from commonhold.records.score import Evaluation, Score


class Parrot:
    """Replies `<voice>: <message>`; finds the choice likeliest that has the most letters of its voice."""

    def __init__(self, voice: str) -> None:
        self.voice = voice
        self.seen: list[Conversation] = []

    def generate(self, conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:
        self.seen += conversations
        return [f"{self.voice}: {conversation[-1].content}"[:max_new_tokens] for conversation in conversations]

    def choice_log_likelihoods(
        self, conversations: Sequence[Conversation], choices: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        self.seen += conversations
        return [[self._score(choice) for choice in texts] for texts in choices]

    def _score(self, choice: str) -> ChoiceScore:
        size = len(choice.encode())
        return ChoiceScore(-float(size) + choice.count(self.voice), len(choice), size)


def make_task(items: Sequence[Item], name: str = "desk", scorer: str = "include/1", prompt: str = "recipe") -> Task:
    return Task(
        name=name,
        title=name.title(),
        description="d",
        kind="multiple_choice" if scorer == "multiple_choice/1" else "generate",
        scorer=scorer,
        system_prompt="recipe" if prompt == "recipe" else "none",
        max_new_tokens=48,
        licence="CC0-1.0",
        items=tuple(items),
        folder=Path("unused"),
        digest="",
    )


WATER = Item(id="w", prompt="water", must_include=("t: water",), language="en", group="water", cluster="c1")
LAMP = Item(id="l", prompt="lamp", must_include=("lamp",), language="es", group="lamps")
TREE = Item(id="t", prompt="tree", must_include=("b",), language="es", group="lamps")


def run(
    tasks: Sequence[Task], train: Sequence[str] = (), seed: int = 1, max_items: int | None = None
) -> tuple[Evaluation, list[Score]]:
    return evaluate(tasks, Parrot("b"), Parrot("t"), "Be kind.", train, seed, max_items, lambda _: None)


def test_one_score_by_hand() -> None:
    _, scores = run([make_task([WATER])])
    assert scores == [
        Score(
            task="desk",
            item_id="w",
            base=0.0,
            tuned=1.0,
            base_output="b: water",
            tuned_output="t: water",
            prompt="water",
            expected="t: water",
            language="en",
            group="water",
            cluster="c1",
        )
    ]


def test_items_are_scored_in_the_order_of_their_ids_and_slices_are_sorted() -> None:
    evaluation, scores = run([make_task([WATER, TREE, LAMP])])
    assert [score.item_id for score in scores] == ["l", "t", "w"]
    (result,) = evaluation.results
    assert [(part.name, part.items) for part in result.slices] == [
        ("language=en", 1),
        ("language=es", 2),
        ("group=lamps", 2),
        ("group=water", 1),
    ]


def test_the_whole_counts_wins_losses_and_means() -> None:
    evaluation, _ = run([make_task([WATER, TREE, LAMP])])
    overall = evaluation.results[0].overall
    assert (overall.name, overall.items, overall.wins, overall.losses) == ("all", 3, 1, 1)
    assert (overall.base, overall.tuned, overall.difference) == pytest.approx((2 / 3, 2 / 3, 0.0))


def test_a_slice_that_holds_everything_is_not_repeated_but_items_without_a_group_are_kept() -> None:
    bare = Item(id="x", prompt="x", must_include=("x",), language="en")
    evaluation, _ = run([make_task([WATER, bare])])
    assert [part.name for part in evaluation.results[0].slices] == ["group=not given", "group=water"]


@pytest.mark.parametrize(
    ("asked_for", "system_prompt", "expected"),
    [
        ("recipe", "Be kind.", (Message("system", "Be kind."), Message("user", "water"))),
        ("recipe", "", (Message("user", "water"),)),
        ("none", "Be kind.", (Message("user", "water"),)),
    ],
)
def test_the_system_prompt_stands_first_where_the_task_wants_it(
    asked_for: str, system_prompt: str, expected: Conversation
) -> None:
    model = Parrot("t")
    score_side(make_task([WATER], prompt=asked_for), model, system_prompt)
    assert model.seen == [expected]


def test_multiple_choice_gives_the_text_of_the_likeliest_choice() -> None:
    item = Item(id="1", prompt="p", answer="b", choices=("bbq", "toot"))
    task = make_task([item], scorer="multiple_choice/1")
    assert score_side(task, Parrot("b"), "")["1"].text == "bbq"
    assert score_side(task, Parrot("t"), "")["1"].text == "toot"
    (score,) = run([task])[1]
    assert (score.base, score.tuned, score.expected) == (0.0, 1.0, "toot")


def test_multiple_choice_keeps_how_sure_the_model_was() -> None:
    # Log-likelihoods of the base: bbq −3 + 2 letters b = −1, toot −4; e⁻¹ / (e⁻¹ + e⁻⁴) = 1 / (1 + e⁻³).
    item = Item(id="1", prompt="p", answer="b", choices=("bbq", "toot"))
    (score,) = run([make_task([item], scorer="multiple_choice/1")])[1]
    assert score.base_probability == pytest.approx(1 / (1 + math.exp(-3)))
    # The tuned model: bbq −3, toot −4 + 2 = −2; it is 73.1 % sure.
    assert score.tuned_probability == pytest.approx(0.7310586)


def test_a_written_answer_has_no_probability() -> None:
    (score,) = run([make_task([WATER])])[1]
    assert (score.base_probability, score.tuned_probability) == (None, None)


def test_the_base_is_done_before_the_tuned_model_begins() -> None:
    said: list[str] = []
    tasks = [make_task([WATER]), make_task([LAMP], name="lamps")]
    evaluate(tasks, Parrot("b"), Parrot("t"), "", [], 1, None, said.append)
    assert said == [
        "base model: desk, 1 item",
        "base model: lamps, 1 item",
        "tuned model: desk, 1 item",
        "tuned model: lamps, 1 item",
    ]


def test_answers_that_are_kept_give_the_same_evaluation() -> None:
    tasks = [sample(make_task([WATER, LAMP]), 1, None)]
    base = {task.name: score_side(task, Parrot("b"), "Be kind.") for task in tasks}
    tuned = {task.name: score_side(task, Parrot("t"), "Be kind.") for task in tasks}
    assert compare(tasks, base, tuned, []) == run([make_task([WATER, LAMP])])


def test_contaminated_items_are_counted_by_task() -> None:
    evaluation, _ = run([make_task([WATER, LAMP]), make_task([TREE], name="trees")], train=["Water!", "something else"])
    assert [result.contaminated for result in evaluation.results] == [1, 0]


def test_items_that_were_not_seen_are_scored_beside_all_of_them() -> None:
    evaluation, _ = run([make_task([WATER, LAMP, TREE])], train=["Water!"])
    (result,) = evaluation.results
    assert result.clean is not None
    assert (result.clean.name, result.clean.items) == ("not seen in training", 2)
    assert (result.overall.tuned, result.clean.tuned, result.clean.base) == pytest.approx((2 / 3, 0.5, 1.0))


@pytest.mark.parametrize("train", [[], ["water", "lamp"]])
def test_where_none_or_all_were_seen_there_is_no_part_of_its_own(train: list[str]) -> None:
    evaluation, _ = run([make_task([WATER, LAMP])], train=train)
    assert evaluation.results[0].clean is None


def test_items_of_equal_wording_are_all_seen() -> None:
    evaluation, _ = run(
        [make_task([WATER, Item(id="w2", prompt="Water?", must_include=("x",)), LAMP])], train=["water"]
    )
    assert evaluation.results[0].contaminated == 2


def test_a_sample_depends_on_the_seed_and_not_on_the_order_of_the_file() -> None:
    items = [Item(id=f"{number:02}", prompt="p") for number in range(50)]
    first = sample(make_task(items), 1, 10)
    assert len(first.items) == 10
    assert sample(make_task(items[::-1]), 1, 10) == first
    assert sample(make_task(items), 2, 10) != first


def test_a_smaller_sample_is_part_of_the_larger() -> None:
    items = [Item(id=f"{number:02}", prompt="p") for number in range(50)]
    assert set(sample(make_task(items), 1, 5).items) < set(sample(make_task(items), 1, 10).items)


def test_a_model_that_answers_too_few_questions_is_a_fault_and_not_a_result() -> None:
    class Silent(Parrot):
        def generate(self, conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:
            return super().generate(conversations, max_new_tokens)[1:]

    with pytest.raises(ValueError, match="zip"):
        score_side(make_task([WATER]), Silent("t"), "")


def test_a_broken_model_stops_the_run() -> None:
    class Broken(Parrot):
        def _score(self, choice: str) -> ChoiceScore:
            return super()._score(choice)._replace(log_likelihood=float("nan"))

    item = Item(id="1", prompt="p", answer="b", choices=("bbq", "toot"))
    with pytest.raises(CommonholdError, match="not a number"):
        score_side(make_task([item], scorer="multiple_choice/1"), Broken("t"), "")
