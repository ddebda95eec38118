import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.curate.oracle import shingles

from commonhold.curate.dedup.evaluation_overlap import EvalIndex, Hit
from commonhold.curate.text.words import words

LONG = "when the water is cut off in the old town the desk in the hall gives out ten litres a day"
"""21 words: 9 runs of 13."""


def hits(items: list[str], prompts: list[str], completions: list[str] | None = None) -> list[Hit]:
    index = EvalIndex(items)
    return index.hits(index.find(prompts, completions or [""] * len(prompts)))


def test_thirteen_words_in_a_row_are_a_hit_and_twelve_are_not() -> None:
    thirteen, twelve = " ".join(LONG.split()[3:16]), " ".join(LONG.split()[3:15])
    assert hits([LONG], [f"so {thirteen} yes"]) == [Hit(0, 0, "run_of_13_words", 1 / 9)]
    assert hits([LONG], [f"so {twelve} yes"]) == []


def test_the_reply_is_searched_too_but_no_run_reaches_from_the_message_into_it() -> None:
    first, rest = " ".join(LONG.split()[:12]), " ".join(LONG.split()[12:])
    assert hits([LONG], ["x"], [LONG.upper()]) == [Hit(0, 0, "run_of_13_words", 1.0)]
    assert hits([LONG], [first], [rest]) == []


def test_overlap_is_the_share_of_the_items_different_runs() -> None:
    assert hits([LONG], [LONG], [LONG]) == [Hit(0, 0, "run_of_13_words", 1.0)]
    fourteen = " ".join(LONG.split()[:14])
    assert hits([LONG], [fourteen], [fourteen]) == [Hit(0, 0, "run_of_13_words", 2 / 9)]


def test_a_short_item_is_found_whole_and_word_by_word() -> None:
    item = "Where is the water desk?"
    assert hits([item], ["Tell me, where is the water desk today"]) == [Hit(0, 0, "whole_item", 1.0)]
    assert hits([item], ["Tell me, where is the old water desk today"]) == []
    assert hits([item], ["Tell me: where is the water"], ["desk"]) == []


def test_an_item_of_four_words_is_looked_for_inside_and_one_of_three_is_not() -> None:
    assert [hit.kind for hit in hits(["is it open now"], ["and is it open now or not at all today"])] == ["whole_item"]
    assert hits(["is it open"], ["and is it open now or not at all today"]) == []


def test_a_message_that_is_a_very_short_item_is_a_near_duplicate_of_it() -> None:
    assert hits(["Is it open?"], ["is it open"]) == [Hit(0, 0, "near_duplicate", 1.0)]


def test_a_message_that_overlaps_a_short_item_by_four_fifths_is_a_near_duplicate() -> None:
    # abc bcd cde def: with efg 4 of 5, and with efg fgh 4 of 6.
    assert hits(["a b c d e f g"], ["a b c d e f"]) == [Hit(0, 0, "near_duplicate", 0.8)]
    assert hits(["a b c d e f g h"], ["a b c d e f"]) == []


def test_a_reply_is_not_compared_as_a_whole() -> None:
    assert hits(["a b c d e f g"], ["x"], ["a b c d e f"]) == []


def test_twelve_and_thirteen_words_are_both_found() -> None:
    said = LONG.split()
    twelve, thirteen = " ".join(said[:12]), " ".join(said[:13])
    assert [hit.kind for hit in hits([twelve, thirteen], [f"oh {LONG}"])] == ["whole_item", "run_of_13_words"]


def test_empty_items_and_empty_records_overlap_with_nothing() -> None:
    assert hits(["", "?"], ["", "!"]) == []
    assert hits([], [LONG]) == []
    assert hits([LONG], []) == []


FORM = "please tick the box that says how you heard of the desk in the hall"
"""15 words: 3 runs of 13."""


def form_case(records: int) -> tuple[EvalIndex, list[str]]:
    return EvalIndex([f"{FORM} item{n}" for n in range(3)]), [f"{FORM} x{n} y" for n in range(records)]


def test_runs_of_many_records_and_several_items_are_told_as_boilerplate_and_make_no_hit() -> None:
    index, records = form_case(10)
    found = index.find(records, [""] * 10)
    assert index.hits(found) == []
    told = index.boilerplate(index.counts(found))
    assert {(one.records, one.items) for one in told} == {(10, 3)}
    assert sorted(one.words for one in told) == sorted(" ".join(FORM.split()[n : n + 13]) for n in range(3))


def test_runs_of_nine_records_or_two_items_are_hits() -> None:
    index, records = form_case(9)
    assert len(index.hits(index.find(records, [""] * 9))) == 9 * 3
    two, records = EvalIndex([f"{FORM} item{n}" for n in range(2)]), form_case(10)[1]
    assert len(two.hits(two.find(records, [""] * 10))) == 10 * 2


def test_what_is_boilerplate_is_decided_over_all_batches() -> None:
    index, records = form_case(12)
    batches = [index.find(part, [""] * len(part)) for part in (records[:5], records[5:])]
    counts = index.counts(batches[0]) + index.counts(batches[1])
    assert [index.hits(found, counts) for found in batches] == [[], []]
    assert index.hits(batches[0]) != []


WORDY = st.lists(st.sampled_from(["a", "b", "c"]), max_size=18).map(" ".join)


@given(st.lists(WORDY, max_size=6), st.lists(WORDY, min_size=1, max_size=6))
def test_all_that_a_plain_search_finds_is_found(items: list[str], prompts: list[str]) -> None:
    index = copy.deepcopy(EvalIndex(items))
    found = {(hit.record, hit.item, hit.kind) for hit in index.hits(index.find(prompts, [""] * len(prompts)))}
    expected: set[tuple[int, int, str]] = set()
    for record, prompt in enumerate(prompts):
        for number, item in enumerate(items):
            size, text = len(words(item)), f" {' '.join(words(prompt))} "
            runs = [f" {' '.join(words(item)[n : n + 13])} " for n in range(size - 12)]
            if any(run in text for run in runs):
                expected.add((record, number, "run_of_13_words"))
            if 4 <= size < 13 and f" {' '.join(words(item))} " in text:
                expected.add((record, number, "whole_item"))
            one, other = shingles(prompt), shingles(item)
            if size < 13 and one & other and len(one & other) >= 0.8 * len(one | other):
                expected.add((record, number, "near_duplicate"))
    assert found == expected


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_batches_do_not_matter(batch: int) -> None:
    index = EvalIndex([LONG, "where is the water desk", "a b c d e f g"])
    prompts = ["where is the water desk", "a b c d e f", LONG, "nothing of it", f"oh {LONG}", "a b", "b c d e f g"]
    whole = index.hits(index.find(prompts, prompts[::-1]))
    counts = np.zeros_like(index.counts(index.find([], [])))
    parts = []
    for start in range(0, len(prompts), batch):
        found = index.find(prompts[start : start + batch], prompts[::-1][start : start + batch])
        parts += [hit._replace(record=hit.record + start) for hit in index.hits(found, counts)]
    assert parts == whole
