from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.rows.chunks import pieces
from commonhold.curate.text.tidy import tidy
from commonhold.curate.text.words import word_count, words

TEXTS = st.text(st.sampled_from("ab ab.\n\n?。水 "), max_size=200)


def test_a_text_that_fits_stays_as_it_came() -> None:
    assert pieces("one  two\r\nthree", 3) == ["one  two\r\nthree"]


def test_a_text_one_word_too_long_is_cut_between_paragraphs() -> None:
    assert pieces("one two\n\nthree\n\nfour", 3) == ["one two", "three\n\nfour"]


def test_pieces_are_about_equally_long() -> None:
    text = "\n\n".join(["a b"] * 6)
    assert [word_count(piece) for piece in pieces(text, 10)] == [6, 6]


def test_a_long_paragraph_is_cut_between_lines_and_a_long_line_between_sentences() -> None:
    assert pieces("a b c\nd e f\n\ng", 4) == ["a b c", "d e f\n\ng"]
    assert pieces("A b. C d? E f", 2) == ["A b.", "C d?", "E f"]


def test_a_number_or_a_link_is_not_cut_at_its_dot() -> None:
    assert pieces("Pay 3.50 at x.org now", 2) == ["Pay 3.50 at x.org now"]


def test_a_sentence_that_is_too_long_stays_whole() -> None:
    assert pieces("one two three four. five", 2) == ["one two three four.", "five"]


def test_chinese_is_cut_without_a_space() -> None:
    assert pieces("水水。水水。", 2) == ["水水。", "水水。"]


@given(TEXTS, st.integers(1, 8))
def test_no_word_is_lost_repeated_or_moved(text: str, most: int) -> None:
    assert [word for piece in pieces(text, most) for word in words(piece)] == words(tidy(text))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12), st.integers(5, 12))
def test_no_piece_is_too_long_where_sentences_are_short_enough(sizes: list[int], most: int) -> None:
    text = " ".join(" ".join(["w"] * size) + "." for size in sizes)
    assert all(word_count(piece) <= most for piece in pieces(text, most))
