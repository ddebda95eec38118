import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.curate.oracle import shingles

from commonhold.curate.text.words import _WORD_BREAKS, word_count, words


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


def test_words_have_no_punctuation() -> None:
    assert words("Don’t worry: it's a follow-up, O.K.? – [EMAIL]") == [
        *("Dont", "worry", "its", "a", "follow", "up", "O", "K", "EMAIL"),
    ]


def test_vowel_signs_do_not_cut_words() -> None:
    assert words("नमस्ते दुनिया") == ["नमस्ते", "दुनिया"]


def test_every_letter_is_a_word_where_no_spaces_are_written() -> None:
    assert words("我要水 ok") == ["我", "要", "水", "ok"]


def test_shingles_are_runs_of_three_words() -> None:
    assert shingles("The lamp is OUT.") == {("the", "lamp", "is"), ("lamp", "is", "out")}


def test_a_short_text_is_one_shingle_and_an_empty_one_none() -> None:
    assert shingles("Lamp out") == {("lamp", "out")}
    assert shingles("?!") == frozenset()
