"""exact_duplicate/1 and near_duplicate/4: which rows repeat another, and which of them stays."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.curate.compared import SETTINGS, Compared, compare

from commonhold.curate.rows.record import Record

Row = Callable[..., Record]


def near(records: list[Record], threshold: float) -> Compared:
    return compare(records, replace(SETTINGS, near_duplicate=threshold))


def test_the_first_of_two_equal_rows_stays_and_the_second_names_it(row: Row) -> None:
    records = [row(1, "Where is it?", "There."), row(2, "where  IS it?", "there.")]
    outcome = compare(records)
    assert outcome.ids == ["r1"]
    assert outcome.told == {"r2": ("exact_duplicate", "copy of r1")}
    assert [one.action for one in outcome.result.decisions["exact_duplicate/1"]] == ["merge"]


def test_text_that_moves_from_message_to_reply_is_not_a_duplicate(row: Row) -> None:
    assert compare([row(1, "a b", "c"), row(2, "a", "b c")]).told == {}


def test_overlap_that_reaches_the_threshold_is_a_copy_and_just_below_is_not(row: Row) -> None:
    # abc bcd cde def efg fgh and abc bcd cde def: 4 shared of 6 is 0.667; they differ in two words of eight.
    records = [row(1, "a b c d e f g h"), row(2, "a b c d e f")]
    assert near(records, 0.67).ids == ["r1", "r2"]
    outcome = near(records, 0.66)
    assert outcome.ids == ["r1"]
    assert outcome.told == {"r2": ("near_duplicate", "message overlaps 0.67 with r1")}
    assert [one.action for one in outcome.result.decisions["near_duplicate/4"]] == ["merge"]


def test_the_same_message_with_another_reply_stays_and_both_are_listed(row: Row) -> None:
    outcome = near([row(1, "where is it", "here"), row(2, "Where is it?", "there")], 1.0)
    assert [record.completion for record in outcome.records] == ["here", "there"]
    detail = "2 rows have the message of r1 and 2 different replies"
    assert outcome.told == {"r1": ("other_reply", detail), "r2": ("other_reply", detail)}


def test_the_same_reply_to_other_messages_is_no_copy(row: Row) -> None:
    assert near([row(1, "where is it", "here"), row(2, "where was it", "here")], 0.5).told == {}


def test_a_copy_of_a_row_that_was_left_out_is_compared_with_those_that_stay(row: Row) -> None:
    # b is a copy of a (0.75), c of b (0.75) but not of a (2 shared of 4 is 0.5): c stays.
    records = [row(1, "a b c d e f"), row(2, "a b c d e"), row(3, "a b c d")]
    assert near(records, 0.75).ids == ["r1", "r3"]


@pytest.mark.parametrize("shard_rows", [1, 2, 20_000])
def test_an_original_may_lie_in_another_shard(row: Row, shard_rows: int) -> None:
    records = [row(1, "a b c d e f"), row(2, "x y z"), row(3, "a b c d e"), row(4, "X y z")]
    outcome = compare(records, replace(SETTINGS, near_duplicate=0.75), shard_rows=shard_rows)
    assert outcome.told == {
        "r3": ("near_duplicate", "message overlaps 0.75 with r1"),
        "r4": ("exact_duplicate", "copy of r2"),
    }
