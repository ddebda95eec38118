from collections.abc import Callable, Sequence
from datetime import date

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.consent import consent
from commonhold.curate.steps.empty import empty
from commonhold.curate.steps.length import length
from commonhold.curate.steps.outdated import outdated
from commonhold.curate.steps.step import Step, StepResult

Row = Callable[..., Record]


def reasons(step: Step, records: Sequence[Record]) -> dict[str, str]:
    return {records[decision.item].record_id: decision.reason for decision in step(records).decisions}


def test_a_row_without_consent_is_dropped_with_the_reason_that_was_read(row: Row) -> None:
    records = [row(1), row(2, refusal="consent_expired", refusal_detail="consent held until 2026-01-01")]
    result = consent()(records)
    assert result.kept == [records[0]]
    (decision,) = result.decisions
    assert (decision.item, decision.action, decision.reason) == (1, "drop", "consent_expired")
    assert decision.detail == "consent held until 2026-01-01"


def test_rows_before_the_day_are_outdated_and_those_of_the_day_are_not(row: Row) -> None:
    records = [row(1, date="2025-12-31"), row(2, date="2026-01-01"), row(3, date="2025-01-01")]
    step = outdated(date(2026, 1, 1))
    assert reasons(step, records) == {"r1": "outdated", "r3": "outdated"}
    assert step(records).kept == [records[1]]


def test_without_a_day_nothing_is_outdated(row: Row) -> None:
    assert outdated(None)([row(1, date="1999-01-01"), row(2, date="?")]) == StepResult(
        [row(1, date="1999-01-01"), row(2, date="?")]
    )


def test_a_row_without_a_readable_date_stays_and_is_flagged(row: Row) -> None:
    result = outdated(date(2026, 1, 1))([row(1, date="spring"), row(2, date="2026-05-01")])
    assert [record.record_id for record in result.kept] == ["r1", "r2"]
    assert [(one.item, one.action, one.reason) for one in result.decisions] == [(0, "flag", "unreadable_date")]


def test_an_empty_side_is_named(row: Row) -> None:
    records = [row(1, "", "yes"), row(2, "hello", " \n"), row(3, "", ""), row(4, "?", "yes")]
    assert reasons(empty(), records) == {"r1": "empty_prompt", "r2": "empty_completion", "r3": "empty_prompt"}


def test_both_bounds_are_allowed_lengths(row: Row) -> None:
    records = [row(1, "a", "a b"), row(2, "a b", "a b c"), row(3, "a b c d", "a b"), row(4, "a b", "a b c d")]
    step = length(2, 3)
    assert reasons(step, records) == {"r1": "too_short", "r3": "too_long", "r4": "too_long"}
    assert [decision.detail for decision in step(records).decisions] == [
        "the prompt has 1 of at least 2 words",
        "the prompt has 4 of at most 3 words",
        "the completion has 4 of at most 3 words",
    ]


def test_punctuation_is_not_a_word(row: Row) -> None:
    assert reasons(length(2, 9), [row(1, "help ! ?", "a b")]) == {"r1": "too_short"}
