import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from commonhold.curate.steps.split import split_by_component
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.division import divide, draw_key
from commonhold.curate.record import Record
from commonhold.curate.similarity.leaks import leak
from commonhold.curate.words import shingles
from commonhold.errors import NothingLeftError


def record(
    number: int, prompt: str, contributor: str = "", completion: str = "", language: str = "", source: str = ""
) -> Record:
    reply = completion or f"reply{number}"
    return Record(f"r{number}", prompt, reply, "rows.csv", number, contributor, language=language, source=source)


def distinct(number: int) -> str:
    return f"alpha{number} beta{number} gamma{number} delta{number}"


def sizes(records: Sequence[Record]) -> dict[str, int]:
    return dict(Counter(one.split for one in records))


def crossing(records: Sequence[Record], label: str) -> list[str]:
    splits: dict[str, set[str]] = {}
    for one in records:
        splits.setdefault(getattr(one, label), set()).add(one.split)
    return [name for name, found in splits.items() if len(found) > 1]


def test_people_documents_messages_and_replies_never_cross_splits() -> None:
    records = [
        record(n, distinct(n // 2), f"p{n % 40}", completion=f"{distinct(1000 + n // 3)} so", source=f"d{n // 5}")
        for n in range(200)
    ]
    apart = [record(n, distinct(n), f"q{n}", source=f"e{n}") for n in range(200, 400)]
    kept = split_by_component(0.1, 0.1, 3, lambda one: one.source)([*records, *apart]).kept
    assert sizes(kept) == {"train": 320, "validation": 40, "test": 40}
    assert [crossing(kept, label) for label in ("contributor", "source", "prompt", "completion", "cluster")] == [[]] * 5


@pytest.mark.parametrize(("words", "same"), [("a b c d e f g", True), ("a b c d e f x y z", False)])
def test_overlap_of_seven_tenths_keeps_rows_together(words: str, same: bool) -> None:
    # abc bcd cde def, with efg 4 of 5; with efx fxy xyz 4 of 7.
    records = [record(1, "a b c d e f"), record(2, words), *(record(n, distinct(n)) for n in range(3, 20))]
    kept = split_by_component(0.1, 0.1, 1)(records).kept
    assert (kept[0].cluster == kept[1].cluster) is same


def test_the_share_is_met_with_what_fits() -> None:
    # A share of 10 of 100; components of 7, 6 and 3: 7 + 3, whatever is drawn first, or 6 and four single ones.
    people = ["a"] * 7 + ["b"] * 6 + ["c"] * 3 + ["d"] * 84
    for seed in range(5):
        kept = split_by_component(0.0, 0.1, seed)([record(n, distinct(n), who) for n, who in enumerate(people)]).kept
        assert sizes(kept)["test"] in (9, 10)


def test_a_component_larger_than_the_share_is_learnt_from_and_it_is_said() -> None:
    people = ["big"] * 11 + [f"p{number}" for number in range(89)]
    outcome = split_by_component(0.0, 0.1, 5)([record(n, distinct(n), who) for n, who in enumerate(people)])
    assert sizes(outcome.kept) == {"train": 90, "test": 10}
    assert all(one.split == "train" for one in outcome.kept if one.contributor == "big")
    assert outcome.warnings == [
        "11 rows are learnt from because they stay together with more rows than a held-out share"
    ]


def test_a_component_as_large_as_the_share_is_held_out() -> None:
    people = ["one"] * 10 + ["other"] * 90
    outcome = split_by_component(0.0, 0.1, 5)([record(n, distinct(n), who) for n, who in enumerate(people)])
    assert {one.contributor for one in outcome.kept if one.split == "test"} == {"one"}
    assert [warning[:7] for warning in outcome.warnings] == ["90 rows"]


def test_components_that_fit_no_kind_are_still_held_out_as_long_as_they_fit_the_share() -> None:
    # Ten components of 9 rows, two of each kind; 2 of each kind are wanted, 10 in all: one component, not two.
    group, kind = np.repeat(np.arange(10), 9), np.repeat(np.arange(5), 18)
    assert divide(group, np.arange(90, dtype=np.uint64), kind, {"test": 10}).sizes == (81, 9)


def test_a_share_is_overshot_only_when_that_comes_nearer() -> None:
    # 30 wanted: components of 20 leave 10 missing; one more makes 40, as far off as 20, so it stays.
    group = np.repeat(np.arange(5), 20)
    drawn = np.arange(100, dtype=np.uint64)
    assert divide(group, drawn, np.zeros(100, np.int64), {"test": 30}).sizes == (80, 20)
    assert divide(group, drawn, np.zeros(100, np.int64), {"test": 31}).sizes == (60, 40)


def test_languages_and_sources_are_held_out_in_their_shares() -> None:
    # 10 % of 60, 30 and 10 rows.
    kinds = [("en", "form")] * 60 + [("es", "form")] * 30 + [("es", "desk")] * 10
    records = [record(n, distinct(n), language=language, source=source) for n, (language, source) in enumerate(kinds)]
    for seed in range(5):
        kept = split_by_component(0.0, 0.1, seed)(records).kept
        held_out = Counter((one.language, one.source) for one in kept if one.split == "test")
        assert held_out == {("en", "form"): 6, ("es", "form"): 3, ("es", "desk"): 1}


def test_without_contributors_it_is_said() -> None:
    outcome = split_by_component(0.1, 0.0, 1)([record(n, distinct(n)) for n in range(20)])
    assert [warning[:35] for warning in outcome.warnings] == ["no row names its contributor: only "]


def test_a_single_contributor_crosses_and_it_is_said() -> None:
    outcome = split_by_component(0.1, 0.1, 1)([record(n, distinct(n), "ana") for n in range(20)])
    assert sizes(outcome.kept) == {"train": 16, "validation": 2, "test": 2}
    assert outcome.warnings[0].startswith("too few contributors")


def test_messages_that_all_overlap_leave_no_row_to_hold_out() -> None:
    records = [record(n, "the lamp on the corner is out again") for n in range(30)]
    with pytest.raises(NothingLeftError, match=r"no row is left for validation.*data\.validation_share"):
        split_by_component(0.1, 0.0, 1)(records)


def test_no_share_makes_no_split_and_no_warning() -> None:
    outcome = split_by_component(0.0, 0.0, 1)([record(1, "a b c"), record(2, "d e f")])
    assert (sizes(outcome.kept), outcome.warnings) == ({"train": 2}, [])


def test_another_seed_holds_out_other_rows_and_another_key_the_same() -> None:
    records = [record(n, distinct(n)) for n in range(50)]
    renamed = [Record(f"x{one.row}", one.prompt, one.completion, one.file, one.row) for one in records]
    first, again, other = (split_by_component(0.1, 0.1, seed)(records).kept for seed in (1, 1, 2))
    assert first == again != other
    assert [one.split for one in split_by_component(0.1, 0.1, 1)(renamed).kept] == [one.split for one in first]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 2)), min_size=1, max_size=40), st.integers(0, 99))
def test_splits_are_whole_components_and_do_not_depend_on_order_or_names(
    rows: list[tuple[int, int]], seed: int
) -> None:
    group, stratum = (np.array(column) for column in zip(*rows, strict=True))
    drawn = np.array([draw_key(seed, "split", str(place)) for place in range(len(rows))], np.uint64)
    wanted = {"test": max(len(rows) // 5, 1), "validation": max(len(rows) // 10, 1)}
    division = divide(group, drawn, stratum, wanted)  # type: ignore[arg-type]
    assert sum(division.sizes) == len(rows)
    assert all(len(set(division.split[group == name].tolist())) == 1 for name in set(group.tolist()))
    assert all(size < 2 * most for size, most in zip(division.sizes[1:], wanted.values(), strict=True))
    order = np.array(random.Random(seed).sample(range(len(rows)), len(rows)))
    shuffled = divide(50 - group[order], drawn[order], stratum[order] + 7, wanted)  # type: ignore[arg-type]
    assert shuffled.split.tolist() == division.split[order].tolist()


SENTENCE = st.lists(st.sampled_from("abcd"), max_size=8).map(" ".join)


@given(st.lists(SENTENCE, max_size=12), st.lists(SENTENCE, max_size=12), st.sampled_from([0.3, 0.7, 1.0]))
def test_leaks_are_those_that_comparing_all_with_all_finds(train: list[str], test: list[str], threshold: float) -> None:
    def near(one: str, other: str) -> bool:
        mine, theirs = shingles(one), shingles(other)
        return bool(mine) and len(mine & theirs) / len(mine | theirs) >= threshold

    expected = [place for place, text in enumerate(test) if any(near(text, other) for other in train)]
    found = leak(train, test, threshold)
    assert found.rows.tolist() == expected
    assert found.share == (len(expected) / len(test) if test else 0.0)


def test_a_leak_is_seven_tenths_and_not_less() -> None:
    # 7 of 10 shingles: 9 words beside 12; 9 of 13 is 0.69.
    assert leak(["a b c d e f g h i j k l"], ["a b c d e f g h i"]).share == 1.0
    assert leak(["a b c d e f g h i j k l m n o"], ["a b c d e f g h i j k"]).share == 0.0
