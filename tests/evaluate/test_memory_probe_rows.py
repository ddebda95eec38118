"""Which rows memory is looked into with, and where they break off."""

import pytest
from tests.toys import make_example

from commonhold.evaluate.memory_probe_rows import Broken, as_beginning, broken_off, draw_rows, goes_on
from commonhold.records.chat import Message
from commonhold.records.example import Example

LONG = "one two three four five six seven eight nine ten eleven twelve"


def text_row(text: str) -> Example:
    row = make_example(0, completion=text)
    return Example(**{name: getattr(row, name) for name in row.__slots__} | {"prompt": ""})


def test_row_is_cut_after_half_of_its_words() -> None:
    broken = broken_off(make_example(0, prompt=LONG))
    assert broken == Broken("one two three four five six", ("seven", "eight", "nine", "ten", "eleven", "twelve"))


def test_no_more_than_ten_words_are_compared() -> None:
    broken = broken_off(make_example(0, prompt=" ".join(f"w{number}" for number in range(40))))
    assert broken is not None
    assert (broken.rest[0], broken.rest[-1], len(broken.rest)) == ("w20", "w29", 10)


@pytest.mark.parametrize(("words", "broken"), [(9, False), (10, True)])
def test_short_row_has_no_half_that_tells(words: int, broken: bool) -> None:
    assert (broken_off(make_example(0, prompt=" ".join("abcdefghijkl"[:words]))) is not None) is broken


def test_script_without_spaces_is_cut_between_letters() -> None:
    broken = broken_off(make_example(0, prompt="水道料金を払うにはどうすれば"))
    assert broken is not None
    assert broken.beginning == "水道料金を払う"
    assert broken.rest == tuple("にはどうすれば")


def test_person_s_turn_is_begun_after_the_instruction() -> None:
    row = make_example(0, prompt=LONG)
    broken = broken_off(row)
    assert broken is not None
    assert as_beginning(row, broken, "Be kind.") == (
        Message("system", "Be kind."),
        Message("user", "one two three four five six"),
    )
    assert as_beginning(row, broken, "") == (Message("user", "one two three four five six"),)


def test_text_without_a_message_is_begun_as_it_is() -> None:
    row = text_row(LONG)
    broken = broken_off(row)
    assert broken is not None
    assert as_beginning(row, broken, "Be kind.") == "one two three four five six"


def test_word_for_word_is_up_to_case_and_punctuation_and_no_word_less() -> None:
    broken = Broken("a b", ("c", "d", "e"))
    assert goes_on(broken, "C, d. E! And so on")
    assert not goes_on(broken, "c d")
    assert not goes_on(broken, "c d f")
    assert not goes_on(broken, "")


def test_rows_are_drawn_by_what_they_say_and_kept_apart() -> None:
    rows = [make_example(number) for number in range(20)] + [
        make_example(number, "validation" if number % 2 else "test") for number in range(20, 30)
    ]
    drawn = draw_rows(rows, 1, 6)
    assert {row.split for row in drawn.trained} == {"train"}
    assert {row.split for row in drawn.held_out} == {"validation", "test"}
    assert len(drawn.trained) == len(drawn.held_out) == 6
    assert draw_rows(rows[::-1], 1, 6) == drawn
    assert draw_rows(rows, 2, 6) != drawn
    assert set(draw_rows(rows, 1, 3).trained) < set(drawn.trained)
