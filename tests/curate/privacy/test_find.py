from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.privacy.find import Candidate, around_digits, settle

CANDIDATES = st.lists(
    st.builds(
        lambda start, length, doubt, rank: Candidate(start, start + length, doubt, rank, f"kind{rank}", "X"),
        st.integers(0, 30), st.integers(1, 8), st.integers(0, 1), st.integers(0, 3),
    )
)  # fmt: skip


def candidate(start: int, end: int, doubt: int = 0, rank: int = 0) -> Candidate:
    return Candidate(start, end, doubt, rank, f"kind{rank}", "X")


@given(CANDIDATES)
def test_what_was_covered_stays_covered_and_nothing_more(candidates: list[Candidate]) -> None:
    settled = list(settle(candidates))
    assert {place for each in settled for place in range(each.start, each.end)} == {
        place for each in candidates for place in range(each.start, each.end)
    }
    assert all(left.end <= right.start for left, right in pairwise(settled))


def test_the_certain_one_gives_its_name_then_the_rank_then_the_length() -> None:
    assert [each.kind for each in settle([candidate(0, 9, 1, 0), candidate(3, 5, 0, 2)])] == ["kind2"]
    assert [each.kind for each in settle([candidate(0, 9, 0, 1), candidate(3, 5, 0, 0)])] == ["kind0"]
    assert list(settle([candidate(0, 3), candidate(2, 9)])) == [candidate(0, 9)]


def test_neighbours_that_only_touch_stay_two() -> None:
    assert list(settle([candidate(0, 3), candidate(3, 5)])) == [candidate(0, 3), candidate(3, 5)]


def test_a_chain_of_overlaps_is_one_find() -> None:
    assert list(settle([candidate(0, 9), candidate(1, 2), candidate(8, 12)])) == [candidate(0, 12)]


@given(st.text("a1 ", max_size=400), st.integers(0, 20))
def test_every_digit_and_its_neighbourhood_are_in_a_stretch(text: str, reach: int) -> None:
    stretches = list(around_digits(text, reach))
    for place, character in enumerate(text):
        if character == "1":
            first, last = max(place - reach, 0), min(place + 1 + reach, len(text))
            assert any(start <= first and last <= end for start, end in stretches)


def test_a_text_without_digits_has_no_stretch() -> None:
    assert list(around_digits("no number at all", 5)) == []
