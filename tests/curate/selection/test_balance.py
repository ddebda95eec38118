import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.curate.compared import SETTINGS, Compared, compare

from commonhold.curate.rows.record import Record
from commonhold.curate.selection.balance import by_weight, cell_weights, gini, largest_share, under_cap
from commonhold.errors import RequestError

Row = Callable[..., Record]


def reasons(outcome: Compared) -> Counter[str]:
    return Counter(outcome.reasons.values())


def given_by(outcome: Compared) -> dict[str, int]:
    return dict(Counter(record.contributor for record in outcome.records))


def capped(records: Sequence[Record], seed: int = 1, most: int | None = None, share: float | None = None) -> Compared:
    return compare(records, replace(SETTINGS, contributor_max=most, contributor_share=share), seed)


def test_gini_is_worked_out_as_by_hand() -> None:
    assert gini([5, 5, 5]) == 0.0
    assert math.isclose(gini([0, 0, 0, 8]), 0.75)
    # Mean absolute difference of 1 and 3 over twice the mean: (0 + 2 + 2 + 0) / 4 / (2 * 2).
    assert math.isclose(gini([3, 1]), 0.25)
    assert gini([]) == 0.0


def rows_of(row: Row, *given: tuple[str, int]) -> list[Record]:
    people = [name for name, count in given for _ in range(count)]
    return [row(number, f"prompt {number}", contributor=name) for number, name in enumerate(people)]


def test_a_cap_leaves_at_most_so_many_rows_of_each_and_all_of_nobody(row: Row) -> None:
    outcome = capped(rows_of(row, ("ana", 9), ("ben", 3), ("", 6)), most=3)
    assert given_by(outcome) == {"ana": 3, "ben": 3, "": 6}
    assert reasons(outcome) == {"contributor_cap": 6}
    assert {detail for _, detail in outcome.told.values()} == {"a contributor's rows are used up to 3"}


def test_a_share_is_of_what_is_left(row: Row) -> None:
    # 90, 6 and 4 rows; no more than half: 10 of 20, and not half of 100.
    outcome = capped(rows_of(row, ("ana", 90), ("ben", 6), ("eva", 4)), share=0.5)
    assert given_by(outcome) == {"ana": 10, "ben": 6, "eva": 4}


def test_the_smaller_of_number_and_share_holds(row: Callable[..., Record]) -> None:
    people = rows_of(row, ("ana", 90), ("ben", 6), ("eva", 4))
    assert given_by(capped(people, most=5, share=0.5)) == {"ana": 5, "ben": 5, "eva": 4}
    # Ana's 12, Ben's 6 and Eva's 4: 10 of 20.
    assert given_by(capped(people, most=12, share=0.5)) == {"ana": 10, "ben": 6, "eva": 4}


def test_a_row_that_another_repeats_does_not_count_for_its_contributor(row: Callable[..., Record]) -> None:
    records = [row(1, "one two three", contributor="ana"), row(2, "one two three", contributor="ana"),
               row(3, "four five six", contributor="ana")]  # fmt: skip
    outcome = capped(records, most=2)
    assert outcome.ids == ["r1", "r3"]
    assert outcome.reasons == {"r2": "exact_duplicate"}


def test_rows_of_nobody_count_in_the_whole() -> None:
    assert largest_share(0.5, [90, 6, 4], others=20) == 30
    assert largest_share(0.5, [], others=20) == 0
    assert largest_share(1.0, [7]) == 7


def test_too_few_contributors_for_a_share_are_refused_with_a_remedy() -> None:
    with pytest.raises(RequestError, match=r"held to 20% of the rows: 4 contributors .* 0\.25 or more"):
        largest_share(0.2, [9, 9, 9, 9])
    assert largest_share(0.2, [9, 9, 9, 9, 9]) == 9


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.floats(0.05, 1.0), st.integers(0, 20))
def test_the_share_is_kept_and_one_row_more_would_break_it(counts: list[int], share: float, others: int) -> None:
    def kept(cap: int) -> bool:
        left = [min(count, cap) for count in counts]
        return max(left) <= share * (sum(left) + others) + 1e-9

    try:
        cap = largest_share(share, counts, others)
    except RequestError:
        assert not kept(1)
    else:
        assert kept(cap)
        assert cap == max(counts) or not kept(cap + 1)


def test_the_chosen_rows_depend_on_the_seed_and_the_text_and_not_on_the_order(row: Row) -> None:
    records = rows_of(row, ("ana", 40))
    chosen = {one.prompt for one in capped(records, most=5).records}
    assert {one.prompt for one in capped(records[::-1], most=5).records} == chosen
    assert {one.prompt for one in capped(records, seed=2, most=5).records} != chosen


def test_no_cap_drops_nothing(row: Row) -> None:
    records = rows_of(row, ("ana", 4))
    assert capped(records).records == records
    assert "contributor_cap/1" not in capped(records).result.account


def test_weights_of_source_and_language_are_multiplied(row: Row) -> None:
    records = [
        *(row(n, f"p {n}", source="forum", language="en") for n in range(40)),
        *(row(n, f"p {n}", source="forum", language="es") for n in range(40, 60)),
        *(row(n, f"p {n}", source="desk", language="es") for n in range(60, 70)),
    ]
    asked = replace(SETTINGS, source_weights={"forum": 0.5}, language_weights={"en": 0.2})
    outcome = compare(records, asked)
    assert Counter((one.source, one.language) for one in outcome.records) == {
        ("forum", "en"): 4,
        ("forum", "es"): 10,
        ("desk", "es"): 10,
    }
    assert reasons(outcome) == {"weight": 46}
    assert outcome.told["r0"] in (("weight", "0.1 of the rows of this source and language are used"), ())


def test_parts_are_rounded_so_that_the_whole_is_right() -> None:
    # A third of 4, 4 and 2: 1.33, 1.33 and 0.67 are 3.33, so three rows: the remainder of 0.67 is the largest.
    cell = np.repeat(np.arange(3), [4, 4, 2])
    kept = by_weight(cell, np.arange(10, dtype=np.uint64), [1 / 3] * 3)
    assert np.bincount(cell[kept], minlength=3).tolist() == [1, 1, 1]
    assert kept.tolist() == [True, False, False, False, True, False, False, False, True, False]


def test_nothing_is_kept_of_a_weight_of_nought_and_all_of_one() -> None:
    kept = by_weight(np.array([0, 0, 1]), np.array([3, 1, 2], np.uint64), [0.0, 1.0])
    assert kept.tolist() == [False, False, True]


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_rows_are_never_repeated(weight: float) -> None:
    with pytest.raises(ValueError, match="'forum' is between 0 and 1"):
        cell_weights([("forum", "en")], {"forum": weight}, {})


@given(st.lists(st.integers(-1, 3), max_size=30), st.integers(0, 5))
def test_a_cap_keeps_what_is_drawn_first(people: list[int], most: int) -> None:
    contributor = np.array(people, np.int64)
    drawn = np.array([(place * 7919) % 104_729 for place in range(len(people))], np.uint64)
    kept = under_cap(contributor, drawn, most)
    for name in range(4):
        mine = sorted(drawn[contributor == name].tolist())
        assert sorted(drawn[kept & (contributor == name)].tolist()) == mine[:most]
    assert kept[contributor < 0].all()
