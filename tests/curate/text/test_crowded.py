"""Counts that tell which texts may repeat themselves are never lower than the true ones."""

from hypothesis import example, given
from hypothesis import strategies as st

from commonhold.curate.text.crowded import crowds
from commonhold.curate.text.runs import measure

WORDS = st.lists(st.sampled_from(["a", "B", "b", "wordlong1", "wordlong2", "é", "-", "\n", "  "]), max_size=40)


@given(st.lists(WORDS.map(" ".join), max_size=5))
@example(["", " ", "a " * 300, "no no no no", "\x00 \x00 \x00", "wordlong1 wordlong2 " * 3])
@example(["a"] * 600)
def test_no_count_is_lower_than_the_true_one(texts: list[str]) -> None:
    upper, true = crowds(texts), measure(texts)
    assert upper.words.tolist() == true.words.tolist()
    assert (upper.bytes >= true.bytes).all()
    assert (upper.top_pair >= true.top_pair).all()
    assert (upper.repeated_fives >= true.repeated_fives).all()


def test_words_that_begin_alike_and_are_as_long_are_taken_for_one() -> None:
    alike = "beginning1 x beginning2 x beginning3 x beginning4 x"
    assert crowds([alike]).top_pair.tolist() == [4]
    assert measure([alike]).top_pair.tolist() == [1]


def test_different_words_are_told_apart() -> None:
    text = " ".join(f"w{number}" for number in range(20))
    assert crowds([text]).repeated_fives.tolist() == [0]
