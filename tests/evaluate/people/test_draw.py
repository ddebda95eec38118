"""Which items are asked about, and that nobody can tell the sides from what is shown."""

from dataclasses import asdict, replace

import pytest
from tests.evaluate.people.makers import ONE, OTHER_SECRET, SECRET, draw, make_evaluation, make_scores

from commonhold.digests import canonical_json
from commonhold.errors import NothingLeftError, RequestError
from commonhold.evaluate.people.draw import DrawRequest, draw_pack


def test_the_same_secret_gives_the_same_pack_and_another_gives_other_sides() -> None:
    scores = make_scores(40)
    assert draw(scores) == draw(scores)
    one, other = draw(scores).key.questions, draw(scores, OTHER_SECRET).key.questions
    sides = {question.item: question.tuned for question in one if not question.repeats}
    changed = sum(sides[question.item] != question.tuned for question in other if not question.repeats)
    assert 8 <= changed <= 32


def test_the_items_are_drawn_by_the_public_seed_alone() -> None:
    scores = make_scores(40)
    items = [
        {question.item for question in draw(scores, secret, items=10).key.questions}
        for secret in (SECRET, OTHER_SECRET)
    ]
    assert items[0] == items[1]
    assert items[0] != {question.item for question in draw(scores, items=10, seed=1).key.questions}


@pytest.mark.parametrize(("count", "on_a"), [(1, 0), (2, 1), (9, 4), (10, 5), (40, 20)])
def test_half_of_the_tuned_replies_stand_on_a(count: int, on_a: int) -> None:
    drawn = draw(make_scores(count), repeat_share=0.0)
    assert sum(question.tuned == "A" for question in drawn.key.questions) == on_a


def test_both_replies_stand_where_the_key_says() -> None:
    drawn = draw(make_scores(9))
    for shown, sealed in zip(drawn.pack.questions, drawn.key.questions, strict=True):
        assert shown.id == sealed.id
        tuned, base = (shown.a, shown.b) if sealed.tuned == "A" else (shown.b, shown.a)
        number = int(sealed.item_id[1:])
        assert (shown.prompt, base, tuned) == (f"lamp {number}?", f"base {number}", f"tuned {number}")


def test_what_people_see_names_no_item_task_group_or_score() -> None:
    scores = [replace(score, group="secretgroup", cluster="secretcluster") for score in make_scores(8)]
    shown = canonical_json(asdict(draw(scores).pack)).decode()
    assert "lamp 3?" in shown
    for hidden in ("i03", "desk", "secretgroup", "secretcluster", "item_id", "repeats", "score"):
        assert hidden not in shown


def test_repeats_come_late_with_sides_exchanged() -> None:
    questions = draw(make_scores(20), repeat_share=0.1).key.questions
    assert len(questions) == 22
    position = {question.id: number for number, question in enumerate(questions)}
    repeats = [question for question in questions if question.repeats]
    assert len(repeats) == 2
    for again in repeats:
        first = questions[position[again.repeats]]
        assert first.item == again.item
        assert first.tuned != again.tuned
        assert position[first.id] < 10
        assert position[again.id] >= 15


@pytest.mark.parametrize(
    ("count", "share", "repeats"), [(20, 0.0, 0), (20, 0.05, 1), (20, 0.051, 2), (3, 0.5, 1), (1, 0.5, 0)]
)
def test_the_share_of_repeats_is_rounded_up(count: int, share: float, repeats: int) -> None:
    questions = draw(make_scores(count), repeat_share=share).key.questions
    assert sum(bool(question.repeats) for question in questions) == repeats


def test_items_with_the_same_reply_are_left_out_and_counted() -> None:
    scores = [*make_scores(5), replace(ONE, item_id="same", base_output="x ", tuned_output="x")]
    drawn = draw(scores)
    assert (drawn.alike, drawn.eligible) == (1, 5)
    assert "desk/same" not in {question.item for question in drawn.key.questions}


def test_nothing_to_ask_is_said_with_a_remedy() -> None:
    with pytest.raises(NothingLeftError, match=r"gave the same reply to all 1\. Name other tasks: --tasks"):
        draw([replace(ONE, tuned_output="base reply")])


def test_tasks_and_languages_choose_the_items() -> None:
    scores = [*make_scores(3), *make_scores(4, task="forms"), *make_scores(2, task="gas", language="es")]
    assert {question.task for question in draw(scores, tasks=("forms", "gas")).key.questions} == {"forms", "gas"}
    assert {question.language for question in draw(scores, languages=("es",)).key.questions} == {"es"}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (DrawRequest(tasks=("dsk",)), "the evaluation has no task 'dsk'; did you mean 'desk'?"),
        (DrawRequest(languages=("zz",)), "the evaluation has no language 'zz'; It has: en"),
    ],
)
def test_an_unknown_task_or_language_is_named(wanted: DrawRequest, said: str) -> None:
    scores = make_scores(3)
    with pytest.raises(RequestError) as raised:
        draw_pack(make_evaluation(scores), scores, "", wanted, SECRET)
    assert said in str(raised.value)


def test_the_key_holds_the_scorers_figures_on_all_items_of_the_drawn_tasks() -> None:
    scores = [
        *make_scores(6, cluster="one writer"),
        replace(ONE, item_id="half", tuned=0.5, base=0.49, base_output="a"),
        *make_scores(2, task="other"),
    ]
    (task,) = draw(scores, tasks=("desk",), items=2).key.tasks
    assert (task.name, task.scorer, task.items, task.clusters) == ("desk", "include/1", 7, 2)
    assert (task.base_right, task.tuned_right) == (0, 7)
