"""What a step of another package may be; how it is found and installed is tried with the example package."""

from typing import Any

import pytest

from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordStep,
    CrossRecordStepResult,
    PerRecordStep,
    Place,
    Reason,
    _refuse,
    keep_all,
)

QUALITY = Place("quality", 15, "anywhere")


def refused(step: Any) -> str:
    return _refuse("shout/1", step, {**{name: STEPS.get(name) for name in STEPS}, "shout/1": step})


def step(place: Place = QUALITY, reason: str = "shouted", words: Reason | None = None, **more: Any) -> PerRecordStep:
    return PerRecordStep(lambda _: keep_all, place, {reason: words or Reason("Shouted")}, **more)


def test_a_step_with_words_of_its_own_is_taken() -> None:
    assert refused(step()) == ""


def test_a_step_that_compares_records_is_not_taken() -> None:
    assert "look at one record at a time" in refused(CrossRecordStep(lambda _: CrossRecordStepResult(), QUALITY))


def test_a_stage_is_one_of_those_for_one_record() -> None:
    assert "stage is one of permission, cleaning, quality, got 'copies'" in refused(step(Place("copies", 1, "late")))


@pytest.mark.parametrize("reason", ["Shouted", "in capitals", "tab\tbed", ""])
def test_a_reason_is_one_plain_word(reason: str) -> None:
    assert "a reason is one word in small letters" in refused(step(reason=reason))


def test_a_reason_of_another_step_needs_its_words() -> None:
    assert "its reason 'too_short' is one of length/1 with other words" in refused(step(reason="too_short"))
    assert refused(step(reason="too_short", words=STEPS.get("length/1").reasons["too_short"])) == ""


def test_settings_are_a_form() -> None:
    assert "its settings are no class below Form" in refused(step(settings=dict))
