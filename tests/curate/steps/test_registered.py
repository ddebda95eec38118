"""The registered steps: their order, which are part of a run, and what they say of themselves."""

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from tests.curate.compared import SETTINGS

from commonhold.curate.engine.plan import Plan
from commonhold.curate.settings import Rephrasing
from commonhold.curate.steps.registered import (
    cross_record_steps,
    for_review,
    idle_steps,
    in_order,
    masking,
    per_record_steps,
    purposes,
    reasons,
)
from commonhold.curate.steps.step import STEPS, PerRecordStep

EVERYTHING: dict[str, Any] = {
    "strip_boilerplate": True,
    "evaluation_prompts": ("Who?",),
    "meaning_duplicate": 0.9,
    "contributor_max": 3,
    "language_weights": {"es": 0.5},
    "max_records": 9,
}


def plan(**settings: Any) -> Plan:
    return Plan(replace(SETTINGS, **settings), ("US",), None, (), (), None, Path("survey.json"), b"key", 1)


def before(first: str, second: str) -> bool:
    names = [name.partition("/")[0] for name in in_order()]
    return names.index(first) < names.index(second)


def test_every_step_can_be_part_of_a_run() -> None:
    asked = plan(**EVERYTHING)
    assert {*per_record_steps(asked), *cross_record_steps(asked)} == set(STEPS.built_in())


def test_only_what_was_asked_for_is_part_of_a_run() -> None:
    names = {name.partition("/")[0] for name in chain(per_record_steps(plan()), cross_record_steps(plan()))}
    optional = {
        "boilerplate", "evaluation_overlap", "meaning_duplicate", "contributor_cap", "weights", "sample",
    }  # fmt: skip
    assert names & optional == set()
    assert {name.partition("/")[0] for name in STEPS.built_in()} >= names | optional


def test_the_order_keeps_its_reasons() -> None:
    first, *_, last = in_order()
    assert (first.partition("/")[0], last.partition("/")[0]) == ("consent", "split")
    assert before("normalise", "empty")
    assert before("boilerplate", "redact_pii")
    assert before("near_duplicate", "contributor_cap")
    assert before("weights", "sample")
    texts = [name for name, step in in_order().items() if step.place.stage not in ("permission", "cleaning")]
    assert all(before("redact_pii", name.partition("/")[0]) for name in texts)


def test_what_looks_at_one_record_comes_before_what_compares() -> None:
    alone = [isinstance(step, PerRecordStep) for step in in_order().values()]
    assert alone == sorted(alone, reverse=True)


@pytest.mark.parametrize("name", list(STEPS.built_in()))
def test_a_step_says_why_it_stands_where_it_stands(name: str) -> None:
    assert len(STEPS.get(name).place.why.split()) > 5


@pytest.mark.parametrize("name", list(STEPS.built_in()))
def test_a_step_that_leaves_rows_out_asks_a_question(name: str) -> None:
    step = STEPS.get(name)
    assert bool(step.question) == any(words.label for words in step.reasons.values())
    assert not step.question or step.question.endswith("?")


def test_a_reason_is_given_by_one_step() -> None:
    given = [reason for step in in_order().values() for reason in step.reasons]
    assert len(given) == len(set(given)) == len(reasons())


def test_likely_finds_are_for_review_and_all_finds_are_masked() -> None:
    assert for_review() == {"likely_personal_data_masked"}
    assert masking() == {"likely_personal_data_masked", "personal_data_masked"}


def test_steps_that_leave_nothing_out_as_asked_are_idle() -> None:
    assert idle_steps(plan()) == ("outdated", "objective", "language", "flagged_words")
    asked = plan(wrong_language="drop", method="kto", evaluation_overlap="flag")
    assert idle_steps(asked) == ("outdated", "flagged_words", "evaluation_overlap")


def test_records_are_drawn_for_what_was_asked_for() -> None:
    assert purposes(plan()) == ("split",)
    rephrased = plan(**EVERYTHING, rephrase=Rephrasing(("easy",)))
    assert purposes(rephrased) == ("contributor_cap", "weights", "sample", "split", "rephrase")
