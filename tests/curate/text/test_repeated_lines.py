import pickle  # noqa: TID251 - that worker processes can be handed the counts is what is tested

from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.text.repeated_lines import BoilerplateCounts, RepeatedLines

FOOTER = "Riverbend desk, 12 Main Street, open 9 to 17"


def counted(texts: list[str]) -> BoilerplateCounts:
    counts = BoilerplateCounts()
    counts.add(texts)
    return counts


def test_a_line_of_many_rows_goes_and_what_is_the_rows_own_stays() -> None:
    texts = [f"Answer number {number}\n{FOOTER}" for number in range(20)]
    repeated = counted(texts).repeated(min_rows=10, min_share=0.5)
    assert len(repeated) == 1
    assert repeated.strip(texts[3]) == ("Answer number 3", ("repeated_line",))


def test_capitals_digits_and_spaces_do_not_make_another_line() -> None:
    texts = [f"Answer\n{FOOTER} until {number}" for number in range(10)]
    repeated = counted(texts).repeated(min_rows=10)
    assert repeated.strip(f"Mine\n{FOOTER.upper()}  until 99").text == "Mine"


def test_both_bounds_count_from_the_bound_itself() -> None:
    texts = [f"a\n{FOOTER}"] * 10 + ["other"] * 10
    assert len(counted(texts).repeated(min_rows=10, min_share=0.5)) == 1
    assert len(counted(texts).repeated(min_rows=11, min_share=0.5)) == 0
    assert len(counted(texts).repeated(min_rows=10, min_share=0.51)) == 0


def test_a_line_that_stands_twice_in_a_row_counts_once() -> None:
    assert len(counted([f"{FOOTER}\n{FOOTER}"] * 5).repeated(min_rows=6, min_share=0)) == 0


def test_short_answers_and_texts_of_one_line_are_never_boilerplate() -> None:
    assert len(counted(["No problem.\nThank you all."] * 50).repeated()) == 0
    assert len(counted([FOOTER] * 50).repeated()) == 0


def test_a_text_of_repeated_lines_only_stays_whole() -> None:
    repeated = counted([f"x\n{FOOTER}"] * 10).repeated(min_rows=10)
    assert repeated.strip(f"{FOOTER}\n{FOOTER}") == (f"{FOOTER}\n{FOOTER}", ())
    assert repeated.strip(FOOTER) == (FOOTER, ())


@given(
    st.lists(st.sampled_from([f"x\n{FOOTER}", "x\nThis line is in some of the rows", "y", f"{FOOTER}\nz"])),
    st.integers(0, 9),
)
def test_counts_of_parts_merge_to_the_counts_of_the_whole(texts: list[str], cut: int) -> None:
    first, second = counted(texts[:cut]), counted(texts[cut:])
    second.merge(pickle.loads(pickle.dumps(first)))
    whole = counted(texts)
    assert second.texts == whole.texts == len(texts)
    for rows in (1, 2, 3):
        parts, once = second.repeated(rows, 0.3), whole.repeated(rows, 0.3)
        assert [parts.strip(text) for text in texts] == [once.strip(text) for text in texts]


def test_without_repeated_lines_nothing_is_stripped() -> None:
    assert RepeatedLines([]).strip(f"a\n{FOOTER}") == (f"a\n{FOOTER}", ())
