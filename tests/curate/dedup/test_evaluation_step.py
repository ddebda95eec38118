"""evaluation_overlap/1: what the evaluation asks is not learnt beforehand, or at least told."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.curate.compared import SETTINGS, compare

from commonhold.curate.rows.record import Record
from commonhold.curate.settings import Overlap

Row = Callable[..., Record]
QUESTION = "Who looks after the old stone bridge by the mill?"
LONG = "when the river rises over the lower road which of the three desks do people of the valley call first"
ASKED = replace(SETTINGS, evaluation_prompts=(LONG, QUESTION))


def records(row: Row) -> list[Record]:
    """The question in the message, in the reply, nearly the question, and something else."""
    return [
        row(1, f"My neighbour asks: {QUESTION.lower()} I do not know."),
        row(2, "What did the other desk say?", f"They said: {QUESTION}"),
        row(3, "Who looks after the old stone bridge by the mill now?"),
        row(4, "Who looks after the new stone bridge by the school?"),
    ]


@pytest.mark.parametrize("action", ["drop", "flag"])
def test_records_with_a_question_of_the_evaluation_are_dropped_or_flagged(row: Row, action: Overlap) -> None:
    outcome = compare(records(row), replace(ASKED, evaluation_overlap=action))
    assert outcome.told == {
        f"r{number}": ("evaluation_overlap", "evaluation question 2: the whole question") for number in (1, 2)
    } | {"r3": outcome.told["r3"]}
    assert outcome.told["r3"][0] == "evaluation_overlap"
    assert [one.action for one in outcome.result.decisions["evaluation_overlap/1"]] == [action] * 3
    assert outcome.ids == (["r4"] if action == "drop" else ["r1", "r2", "r3", "r4"])


def test_a_part_of_a_long_question_is_told_by_its_share(row: Row) -> None:
    # The question has 20 words, so 8 runs of 13; the message has its first 15 words, so 3 of them.
    outcome = compare([row(1, " ".join(LONG.split()[:15])), row(2, " ".join(LONG.split()[:12]))], ASKED)
    assert outcome.told == {
        "r1": ("evaluation_overlap", "evaluation question 1: 38% of the question's runs of 13 words")
    }
    assert outcome.ids == ["r2"]


def test_a_phrase_that_many_rows_and_several_questions_share_is_no_leak_and_is_told(row: Row) -> None:
    form = "please write down in your own words what you saw at the place today"
    asked = replace(
        SETTINGS, evaluation_prompts=tuple(f"{form} number{n} {n} {n}" for n in range(3)), near_duplicate=1.0
    )
    many = [row(n, f"{form} w{n} x{n} y{n}") for n in range(10)]
    outcome = compare(many, asked)
    assert outcome.told == {}
    assert {one.words for one in outcome.result.shared_phrases} == {
        "please write down in your own words what you saw at the place",
        "write down in your own words what you saw at the place today",
    }
    assert len(compare(many[:9], asked).told) == 9


def test_without_an_evaluation_there_is_no_such_step(row: Row) -> None:
    assert "evaluation_overlap/1" not in compare(records(row)).result.account


def test_a_row_that_is_dropped_for_it_is_no_original_of_a_copy(row: Row) -> None:
    outcome = compare([row(1, "a b c d", QUESTION), row(2, "a b c d", "nobody")], ASKED)
    assert outcome.ids == ["r2"]
