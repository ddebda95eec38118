from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from commonhold.curate.steps.split import split
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.record import Record
from commonhold.errors import NothingLeftError

Row = Callable[..., Record]


def record(number: int, prompt: str, contributor: str = "") -> Record:
    return Record(f"r{number}", prompt, "reply", "rows.csv", number, contributor)


def distinct(number: int) -> str:
    return f"alpha{number} beta{number} gamma{number} delta{number}"


def sizes(records: Sequence[Record]) -> dict[str, int]:
    return dict(Counter(one.split for one in records))


def test_rows_of_one_person_and_overlapping_messages_never_cross_splits() -> None:
    people = [f"p{number % 20}" for number in range(200)]
    records = [record(number, distinct(number // 2), person) for number, person in enumerate(people)]
    kept = split(0.1, 0.1, seed=3)(records).kept
    assert sizes(kept).keys() == {"train", "validation", "test"}
    for label in ("contributor", "prompt", "cluster"):
        splits: dict[str, set[str]] = {}
        for one in kept:
            splits.setdefault(getattr(one, label), set()).add(one.split)
        assert all(len(found) == 1 for found in splits.values())


def test_shares_are_met_exactly_when_every_row_stands_alone() -> None:
    records = [record(number, distinct(number)) for number in range(50)]
    assert sizes(split(0.1, 0.2, seed=1)(records).kept) == {"train": 35, "validation": 5, "test": 10}


def test_no_share_makes_no_split_and_no_warning() -> None:
    outcome = split(0.0, 0.0, seed=1)([record(1, "a b c"), record(2, "d e f")])
    assert sizes(outcome.kept) == {"train": 2}
    assert outcome.warnings == []


def test_without_contributors_only_messages_are_kept_together_and_it_is_said() -> None:
    outcome = split(0.1, 0.0, seed=1)([record(number, distinct(number)) for number in range(20)])
    assert any(warning.startswith("no row names its contributor") for warning in outcome.warnings)


def test_a_single_contributor_falls_back_to_messages_with_a_warning() -> None:
    outcome = split(0.1, 0.1, seed=1)([record(number, distinct(number), "ana") for number in range(20)])
    assert sizes(outcome.kept) == {"train": 16, "validation": 2, "test": 2}
    assert any(warning.startswith("too few contributors") for warning in outcome.warnings)


def test_a_cluster_of_more_than_half_over_the_share_is_learnt_from() -> None:
    # 100 rows, a share of 10: clusters of 16 are too large, those of 1 are not.
    people = [f"big{number // 16}" for number in range(80)] + [f"p{number}" for number in range(20)]
    records = [record(number, distinct(number), person) for number, person in enumerate(people)]
    kept = split(0.1, 0.0, seed=5)(records).kept
    assert sizes(kept) == {"train": 90, "validation": 10}
    assert {one.contributor[:3] for one in kept if one.split == "train"} >= {"big"}
    assert not any(one.contributor.startswith("big") for one in kept if one.split == "validation")


def test_messages_that_all_overlap_leave_no_row_for_validation() -> None:
    records = [record(number, "the lamp on the corner is out again", f"p{number}") for number in range(30)]
    with pytest.raises(NothingLeftError, match=r"no row is left for validation.*data\.validation_share"):
        split(0.1, 0.0, seed=1)(records)


def test_a_single_row_cannot_be_held_out_and_learnt_from() -> None:
    with pytest.raises(NothingLeftError, match="no row is left for train"):
        split(0.5, 0.0, seed=1)([record(1, "a b c")])


def test_a_split_of_less_than_half_its_share_is_warned_of() -> None:
    # 40 rows, a share of 12: two rows stand alone, the other clusters have 19 rows, over 1.5 times the share.
    people = ["a"] * 19 + ["b"] * 19 + ["c", "d"]
    records = [record(number, distinct(number), person) for number, person in enumerate(people)]
    outcome = split(0.0, 0.3, seed=1)(records)
    assert sizes(outcome.kept) == {"train": 38, "test": 2}
    assert outcome.warnings == ["the test split has 2 of the 12 rows asked for: rows that stay together are too many"]


def test_another_seed_holds_out_other_rows() -> None:
    records = [record(number, distinct(number)) for number in range(50)]
    assert split(0.1, 0.1, seed=1)(records).kept != split(0.1, 0.1, seed=2)(records).kept
    assert split(0.1, 0.1, seed=1)(records).kept == split(0.1, 0.1, seed=1)(records).kept


@given(st.lists(st.integers(0, 5), min_size=12, max_size=40), st.integers(0, 99))
def test_no_person_is_in_two_splits_unless_it_is_said(people: list[int], seed: int) -> None:
    records = [record(number, distinct(number), f"p{person}") for number, person in enumerate(people)]
    outcome = split(0.1, 0.1, seed)(records)
    assert [one.record_id for one in outcome.kept] == [one.record_id for one in records]
    crossing = len({(one.contributor, one.split) for one in outcome.kept}) > len(set(people))
    said = any(warning.startswith("too few contributors") for warning in outcome.warnings)
    assert said or not crossing
