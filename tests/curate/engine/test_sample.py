from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from tests.curate.compared import SETTINGS, compare

from commonhold.curate.rows.record import Record

Row = Callable[..., Record]


@pytest.fixture
def records(row: Row) -> list[Record]:
    """Twenty different rows."""
    return [row(number, f"question number {number}") for number in range(20)]


def sampled(records: Sequence[Record], seed: int = 1) -> list[str]:
    return compare(records, replace(SETTINGS, max_records=5), seed).ids


def test_a_sample_keeps_the_order_and_the_number_asked_for(records: list[Record]) -> None:
    outcome = compare(records, replace(SETTINGS, max_records=5))
    numbers = [record.row for record in outcome.records]
    assert len(numbers) == 5
    assert numbers == sorted(numbers)
    assert outcome.told == {
        record.record_id: ("not_sampled", "5 rows are used") for record in records if record.row not in numbers
    }


def test_a_sample_as_large_as_the_whole_keeps_all(records: list[Record]) -> None:
    assert len(compare(records, replace(SETTINGS, max_records=20)).records) == 20
    assert len(compare(records, replace(SETTINGS, max_records=19)).records) == 19


def test_a_row_taken_back_changes_a_sample_by_one_row_only(records: list[Record]) -> None:
    before = set(sampled(records))
    gone = min(before)
    after = set(sampled([record for record in records if record.record_id != gone]))
    assert before - after == {gone}


def test_another_seed_samples_other_rows(records: list[Record]) -> None:
    assert sampled(records, 1) != sampled(records, 2)


def test_a_sample_is_the_same_in_workspaces_with_other_keys(records: list[Record]) -> None:
    elsewhere = [record._replace(record_id=f"other-{record.record_id}") for record in records]
    assert sampled(elsewhere) == [f"other-{record_id}" for record_id in sampled(records)]
