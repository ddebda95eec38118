import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.words import _WORD_BREAKS, word_count, words


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("don't", 1), ("follow-up", 2), ("' '", 0), ("a'", 1), ("'a b'", 2), (" ? !", 0), ("x1 2", 2),
     ("你好 ok", 3), ("l’été", 1)],
)  # fmt: skip
def test_words_are_counted_without_making_them(text: str, count: int) -> None:
    assert word_count(text) == count


@given(st.text() | st.text("ab '’-.é你ไ\u200d\n", max_size=30))
def test_the_fast_ways_agree_with_one_look_at_every_character(text: str) -> None:
    slow = text.translate(_WORD_BREAKS).split()
    assert words(text) == slow
    assert word_count(text) == len(slow)
