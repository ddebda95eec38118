from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from commonhold.curate.steps.exact_duplicate import exact_duplicate
from commonhold.curate.steps.sample import sample

from commonhold.curate.record import Record
from commonhold.curate.step import Outcome
from commonhold.curate.steps.consent import consent
from commonhold.curate.steps.empty import empty
from commonhold.curate.steps.length import length
from commonhold.curate.steps.outdated import outdated, read_day

Row = Callable[..., Record]


def reasons(outcome: Outcome) -> dict[str, str]:
    return {verdict.record.record_id: verdict.reason for verdict in outcome.verdicts}


def test_consent_is_a_yes_in_any_capitals(row: Row) -> None:
    records = [row(n, consent=cell) for n, cell in enumerate(["yes", "YES", " Sí "], start=1)]
    assert reasons(consent(["yes", "sí"])(records)) == {}


@pytest.mark.parametrize("cell", ["", "no", "ask her first", "yes but not my name", "y", "si"])
def test_everything_but_an_accepted_answer_is_no_consent(row: Row, cell: str) -> None:
    outcome = consent(["yes", "sí"])([row(1, consent=cell)])
    assert reasons(outcome) == {"r1": "no_consent"}
    assert outcome.kept == []


def test_what_a_person_wrote_instead_of_yes_is_not_repeated(row: Row) -> None:
    (verdict,) = consent(["yes"])([row(1, consent="ask Ana first")]).verdicts
    assert verdict.detail == "the answer is not one that means yes"


def test_a_basis_that_covers_all_rows_needs_no_answer(row: Row) -> None:
    assert consent(None)([row(1, consent="")]).kept == [row(1, consent="")]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-03-04", date(2025, 3, 4)),
        ("3/4/2025", date(2025, 3, 4)),
        ("03/04/2025", date(2025, 3, 4)),
        ("3/4/2025 10:22:05", date(2025, 3, 4)),
        ("2025-03-04T10:22", date(2025, 3, 4)),
    ],
)
def test_dates_are_read_as_iso_or_month_first(text: str, day: date) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize("text", ["", "last week", "25/3/2025", "2025-02-30", "3/4/25", "2025", "2025-03-041"])
def test_other_dates_are_not_guessed(text: str) -> None:
    assert read_day(text) is None


def test_rows_before_the_day_are_outdated_and_those_of_the_day_are_not(row: Row) -> None:
    records = [row(1, date="2025-12-31"), row(2, date="2026-01-01"), row(3, date="12/31/2025")]
    assert reasons(outdated(date(2026, 1, 1))(records)) == {"r1": "outdated", "r3": "outdated"}


def test_a_row_without_a_readable_date_stays_with_a_warning(row: Row) -> None:
    outcome = outdated(date(2026, 1, 1))([row(1, date="spring"), row(2, date="2026-05-01")])
    assert len(outcome.kept) == 2
    assert outcome.warnings == ["1 rows have no readable date and were kept: rows.csv:1"]


def test_an_empty_side_is_named(row: Row) -> None:
    records = [row(1, "", "yes"), row(2, "hello", " \n"), row(3, "", ""), row(4, "?", "yes")]
    assert reasons(empty()(records)) == {"r1": "empty_prompt", "r2": "empty_completion", "r3": "empty_prompt"}


def test_both_bounds_are_allowed_lengths(row: Row) -> None:
    records = [row(1, "a", "a b"), row(2, "a b", "a b c"), row(3, "a b c d", "a b"), row(4, "a b", "a b c d")]
    outcome = length(2, 3)(records)
    assert reasons(outcome) == {"r1": "too_short", "r3": "too_long", "r4": "too_long"}
    assert [verdict.detail for verdict in outcome.verdicts] == [
        "the prompt has 1 of at least 2 words",
        "the prompt has 4 of at most 3 words",
        "the completion has 4 of at most 3 words",
    ]


def test_punctuation_is_not_a_word(row: Row) -> None:
    assert reasons(length(2, 9)([row(1, "help ! ?", "a b")])) == {"r1": "too_short"}


def test_the_first_of_two_equal_rows_stays_and_the_second_names_it(row: Row) -> None:
    records = [row(1, "Where is it?", "There."), row(2, "where  IS it?", "there."), row(3, "Where is it?", "Here.")]
    outcome = exact_duplicate()(records)
    assert [record.record_id for record in outcome.kept] == ["r1", "r3"]
    assert [(v.record.record_id, v.reason, v.detail) for v in outcome.verdicts] == [
        ("r2", "exact_duplicate", "copy of r1")
    ]


def test_text_that_moves_from_message_to_reply_is_not_a_duplicate(row: Row) -> None:
    assert reasons(exact_duplicate()([row(1, "a b", "c"), row(2, "a", "b c")])) == {}


def test_a_sample_keeps_the_order_and_the_number_asked_for(row: Row) -> None:
    outcome = sample(5, seed=1)([row(n, prompt=f"prompt {n}") for n in range(20)])
    numbers = [record.row for record in outcome.kept]
    assert len(numbers) == 5
    assert numbers == sorted(numbers)
    assert set(reasons(outcome).values()) == {"not_sampled"}
    assert len(outcome.verdicts) == 15


def test_a_row_taken_back_changes_a_sample_by_one_row_only(row: Row) -> None:
    records = [row(n, prompt=f"prompt {n}") for n in range(20)]
    before = {record.record_id for record in sample(5, seed=1)(records).kept}
    gone = min(before)
    after = {r.record_id for r in sample(5, seed=1)([r for r in records if r.record_id != gone]).kept}
    assert before - after == {gone}


def test_another_seed_samples_other_rows(row: Row) -> None:
    records = [row(n, prompt=f"prompt {n}") for n in range(50)]
    assert sample(5, seed=1)(records).kept != sample(5, seed=2)(records).kept


def test_a_sample_is_the_same_in_workspaces_with_other_keys(row: Row) -> None:
    records = [row(n, prompt=f"prompt {n}") for n in range(20)]
    elsewhere = [replace(record, record_id=f"other-{record.record_id}") for record in records]
    rows = [record.row for record in sample(5, seed=1)(records).kept]
    assert [record.row for record in sample(5, seed=1)(elsewhere).kept] == rows
