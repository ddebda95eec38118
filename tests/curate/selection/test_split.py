"""split/4: records that give each other away never cross splits, and what could not be met is said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.curate.compared import SETTINGS, Compared, compare

from commonhold.curate.rows.record import Record


def record(number: int, prompt: str, contributor: str = "", completion: str = "", **more: str) -> Record:
    reply = completion or f"reply{number}"
    return Record(f"r{number}", prompt, reply, "rows.csv", number, contributor, **more)


def distinct(number: int) -> str:
    return f"alpha{number} beta{number} gamma{number} delta{number}"


def split(records: Sequence[Record], validation: float, test: float, seed: int = 1) -> Compared:
    outcome = compare(records, replace(SETTINGS, validation_share=validation, test_share=test), seed)
    assert len(outcome.records) == len(records)
    return outcome


def given_by(people: Sequence[str]) -> list[Record]:
    return [record(number, distinct(number), who) for number, who in enumerate(people)]


def test_people_documents_messages_and_replies_never_cross_splits() -> None:
    # Two messages each overlap by 5 of 6, three replies each by 2 of 2 (equal), five rows are from one document.
    records = [
        record(n, f"{distinct(n // 2)} w{n // 2} x y z{n % 2}", f"p{n % 40}", f"{distinct(1000 + n // 3)} so",
               document=f"d{n // 5}")
        for n in range(200)
    ]  # fmt: skip
    apart = [record(n, distinct(n), f"q{n}", document=f"e{n}") for n in range(200, 400)]
    outcome = split([*records, *apart], 0.1, 0.1, 3)
    used = outcome.records
    assert outcome.sizes == {"train": 320, "validation": 40, "test": 40}
    assert outcome.crossing([one.contributor for one in used]) == []
    assert outcome.crossing([one.document for one in used]) == []
    assert outcome.crossing([one.prompt[:-1] for one in used]) == []
    assert outcome.crossing([one.completion for one in used]) == []
    assert outcome.crossing([outcome.clusters[one.record_id] for one in used]) == []


@pytest.mark.parametrize(("words", "same"), [("a b c d e f g", True), ("a b c d e f x y z", False)])
@pytest.mark.parametrize("side", ["prompt", "completion"])
def test_overlap_of_seven_tenths_keeps_rows_together(words: str, same: bool, side: str) -> None:
    # abc bcd cde def, with efg 4 of 5; with efx fxy xyz 4 of 7.
    texts = ["a b c d e f", words]
    two = [
        record(n, text) if side == "prompt" else record(n, distinct(n), completion=text) for n, text in enumerate(texts)
    ]
    outcome = split([*two, *(record(n, distinct(n)) for n in range(3, 20))], 0.1, 0.1)
    assert (outcome.clusters["r0"] == outcome.clusters["r1"]) is same


@pytest.mark.parametrize(("document", "same"), [("minutes.pdf", True), ("", False)])
def test_rows_of_one_document_stay_together_and_rows_of_none_do_not(document: str, same: bool) -> None:
    records = [record(n, distinct(n), document=document if n < 2 else f"d{n}") for n in range(20)]
    outcome = split(records, 0.1, 0.1)
    assert (outcome.clusters["r0"] == outcome.clusters["r1"]) is same


def test_groups_join_through_a_middle_one_and_are_named_by_their_first_record() -> None:
    # r0 and r1 are Ana's, r1 and r2 from one document.
    records = [
        record(0, distinct(0), "ana"),
        record(1, distinct(1), "ana", document="d"),
        record(2, distinct(2), document="d"),
    ]
    outcome = split([*records, *(record(n, distinct(n)) for n in range(3, 30))], 0.1, 0.1)
    assert [outcome.clusters[name] for name in ("r0", "r1", "r2", "r3")] == ["r0", "r0", "r0", "r3"]


def test_shares_are_met_exactly_when_every_row_stands_alone() -> None:
    records = [record(number, distinct(number)) for number in range(50)]
    assert split(records, 0.1, 0.2).sizes == {"train": 35, "validation": 5, "test": 10}


def test_the_share_is_met_with_what_fits() -> None:
    # A share of 10 of 100; components of 7, 6 and 3: 7 + 3, whatever is drawn first, or 6 and what comes near.
    people = ["a"] * 7 + ["b"] * 6 + ["c"] * 3 + ["d"] * 84
    for seed in range(5):
        assert split(given_by(people), 0.0, 0.1, seed).sizes["test"] in (9, 10)


def test_a_component_larger_than_the_share_is_learnt_from() -> None:
    outcome = split(given_by(["big"] * 11 + [f"p{number}" for number in range(89)]), 0.0, 0.1, 5)
    assert outcome.sizes == {"train": 90, "test": 10}
    assert all(outcome.splits[one.record_id] == "train" for one in outcome.records if one.contributor == "big")
    assert outcome.result.warnings == []


def test_a_component_as_large_as_the_share_is_held_out() -> None:
    outcome = split(given_by(["one"] * 10 + ["other"] * 90), 0.0, 0.1, 5)
    assert {one.contributor for one in outcome.records if outcome.splits[one.record_id] == "test"} == {"one"}


def test_a_split_of_less_than_half_its_share_is_warned_of() -> None:
    # 40 rows, a share of 12: two rows stand alone, the other two groups have 19 rows each.
    outcome = split(given_by(["a"] * 19 + ["b"] * 19 + ["c", "d"]), 0.0, 0.3)
    assert outcome.sizes == {"train": 38, "test": 2}
    assert outcome.result.warnings == [
        "the test split has 2 of the 12 rows asked for: rows that stay together are too many",
        "38 rows are learnt from because they stay together with more rows than a held-out share",
    ]


def labelled(labels: int, asked: bool | None = None) -> Compared:
    """Twenty rows with so many different replies."""
    records = [record(n, distinct(n), completion=f"reply {n % labels}") for n in range(20)]
    return compare(records, replace(SETTINGS, test_share=0.2, keep_replies_together=asked))


def test_replies_that_most_rows_share_are_labels_and_cross_splits() -> None:
    # Of 20 rows, 10 different replies are half and 9 are less.
    assert labelled(9).crossing([f"{n % 9}" for n in range(20)])
    assert labelled(10).crossing([f"{n % 10}" for n in range(20)]) == []


def test_whoever_asks_decides_whether_replies_stay_together() -> None:
    assert labelled(9, asked=True).crossing([f"{n % 9}" for n in range(20)]) == []
    assert labelled(10, asked=False).crossing([f"{n % 10}" for n in range(20)])


def test_languages_and_sources_are_held_out_in_their_shares() -> None:
    # 10 % of 60, 30 and 10 rows.
    kinds = [("en", "form")] * 60 + [("es", "form")] * 30 + [("es", "desk")] * 10
    records = [
        record(n, f"{n}", completion=f"{n}", language=language, source=source)
        for n, (language, source) in enumerate(kinds)
    ]
    for seed in range(3):
        outcome = split(records, 0.0, 0.1, seed)
        held_out = Counter(
            (one.language, one.source) for one in outcome.records if outcome.splits[one.record_id] == "test"
        )
        assert held_out == {("en", "form"): 6, ("es", "form"): 3, ("es", "desk"): 1}


def test_no_share_makes_no_split_and_no_warning() -> None:
    outcome = split([record(1, "a b c"), record(2, "d e f")], 0.0, 0.0)
    assert (outcome.sizes, outcome.result.warnings) == ({"train": 2}, [])


def test_without_contributors_it_is_said() -> None:
    outcome = split([record(n, distinct(n)) for n in range(20)], 0.1, 0.0)
    assert [warning[:35] for warning in outcome.result.warnings] == ["no row names its contributor: only "]


def test_a_single_contributor_crosses_and_it_is_said() -> None:
    outcome = split(given_by(["ana"] * 20), 0.1, 0.1)
    assert outcome.sizes == {"train": 16, "validation": 2, "test": 2}
    assert outcome.result.warnings[0].startswith("too few contributors")


def test_a_document_never_crosses_even_when_contributors_must() -> None:
    records = [record(n, distinct(n), "ana", document=f"d{n // 2}") for n in range(40)]
    outcome = split(records, 0.1, 0.1)
    assert outcome.result.warnings[0].startswith("too few contributors")
    assert outcome.crossing([one.document for one in records]) == []


def test_messages_that_are_all_the_same_are_all_learnt_from_and_it_is_said() -> None:
    records = [record(n, "the lamp on the corner is out") for n in range(30)]
    outcome = split(records, 0.1, 0.0)
    assert outcome.sizes == {"train": 30}
    (warning,) = outcome.result.warnings
    assert warning.startswith(
        "there is no validation split, since 30 rows are used and those that belong together stay"
    )


@pytest.mark.parametrize(
    ("rows", "sizes"),
    [
        (1, {"train": 1}),
        (2, {"train": 1, "validation": 1}),
        (3, {"train": 1, "validation": 1, "test": 1}),
        (5, {"train": 3, "validation": 1, "test": 1}),
        (10, {"train": 8, "validation": 1, "test": 1}),
        (20, {"train": 16, "validation": 2, "test": 2}),
    ],
)
@pytest.mark.parametrize("people", [1, 100])
def test_of_few_rows_the_splits_shrink_or_are_left_out(rows: int, sizes: dict[str, int], people: int) -> None:
    outcome = split(given_by([f"p{n % people}" for n in range(rows)]), 0.1, 0.1)
    assert outcome.sizes == sizes
    missing = [name for name in ("test", "validation") if name not in sizes]
    told = [line for line in outcome.result.warnings if line.startswith("there is no ")]
    assert [line.split()[3] for line in told] == missing


def test_shares_that_leave_nothing_to_learn_from_shrink() -> None:
    # Of 4 rows, half are 2 each; halving the test split leaves one row, and the other one stays as it was.
    outcome = split([record(n, distinct(n)) for n in range(4)], 0.5, 0.5)
    assert outcome.sizes == {"train": 1, "validation": 2, "test": 1}


@given(
    rows=st.integers(1, 12),
    people=st.integers(1, 12),
    documents=st.integers(1, 12),
    shares=st.tuples(st.sampled_from([0.0, 0.05, 0.5, 0.9]), st.sampled_from([0.0, 0.05, 0.5, 0.9])),
)
@settings(max_examples=60, deadline=None)
def test_something_is_always_learnt_from_and_every_missing_split_is_said(
    rows: int, people: int, documents: int, shares: tuple[float, float]
) -> None:
    records = [record(n, distinct(n), f"p{n % people}", document=f"d{n % documents}") for n in range(rows)]
    outcome = split(records, *shares)
    assert outcome.sizes["train"] > 0
    assert sum(outcome.sizes.values()) == rows
    assert outcome.crossing([one.document for one in records]) == []
    for name, share in zip(("validation", "test"), shares, strict=True):
        said = any(line.startswith(f"there is no {name} split") for line in outcome.result.warnings)
        assert said is (share > 0 and not outcome.sizes.get(name))


def test_messages_that_all_overlap_cross_and_it_is_said() -> None:
    # 7 of 9 shingles are shared by all.
    records = [record(n, f"the lamp on the corner is out again since {n // 2}") for n in range(30)]
    outcome = split(records, 0.1, 0.0)
    assert outcome.result.warnings[0].startswith("the messages are too much alike")
    assert outcome.sizes == {"train": 28, "validation": 2}
    assert outcome.crossing([one.prompt for one in outcome.records]) == []


def test_near_copies_that_stay_for_their_replies_are_in_one_split() -> None:
    # One of five words differs in the middle: no shingle of three is shared.
    records = [
        record(n, f"w{n // 2} x{n // 2} {side} y{n // 2} z{n // 2}") for n, side in enumerate(["look", "see"] * 20)
    ]
    outcome = compare(records, replace(SETTINGS, near_duplicate=0.8, validation_share=0.1, test_share=0.1))
    assert outcome.crossing([f"{n // 2}" for n in range(40)]) == []
    assert outcome.sizes == {"train": 32, "validation": 4, "test": 4}


def test_a_share_asks_for_one_record_at_least() -> None:
    assert split([record(n, distinct(n)) for n in range(3)], 0.01, 0.0).sizes == {"train": 2, "validation": 1}


def test_another_seed_holds_out_other_rows_and_another_key_the_same() -> None:
    records = [record(n, distinct(n)) for n in range(50)]
    renamed = [one._replace(record_id=f"x{one.row}") for one in records]
    first, again, other = (split(records, 0.1, 0.1, seed).splits for seed in (1, 1, 2))
    assert first == again != other
    assert list(split(renamed, 0.1, 0.1).splits.values()) == list(first.values())


def test_the_number_of_shards_does_not_matter() -> None:
    records = [record(n, distinct(n // 2), f"p{n % 40}", document=f"d{n // 5}") for n in range(60)]
    asked = replace(SETTINGS, validation_share=0.2, test_share=0.2)
    whole, parts = compare(records, asked), compare(records, asked, shard_rows=7)
    assert (whole.splits, whole.clusters, whole.told) == (parts.splits, parts.clusters, parts.told)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 5), min_size=12, max_size=40), st.integers(0, 99))
def test_no_person_is_in_two_splits_unless_it_is_said(people: list[int], seed: int) -> None:
    outcome = split(given_by([f"p{person}" for person in people]), 0.1, 0.1, seed)
    assert outcome.ids == [f"r{number}" for number in range(len(people))]
    crossing = outcome.crossing([one.contributor for one in outcome.records])
    said = any(warning.startswith("too few contributors") for warning in outcome.result.warnings)
    assert said or not crossing
