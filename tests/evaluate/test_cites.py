"""Numbers that are given, and numbers that are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers.cites import Cites, numbers


def score(answer: str, reply: str, prompt: str = "Whom do I call?") -> float:
    return Cites().score(Item(id="1", prompt=prompt, answer=answer), reply)


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("ext. 204", "Streets, extension 204."),
        ("204", "Call 204, please: 204!"),
        ("555-0142", "Call 555 0142"),
        ("555-0142", "(555) 01-42."),
        ("555-0142", "5550142"),
        ("+44 20 7946 0958", "+44 (20) 7946-0958"),
        ("555-0142 ext. 204", "204 is the extension of 555.0142"),
        ("555-0142|+1 555-0142", "+1 (555) 0142"),
        ("1,200", "1200 dollars, that is $1.200"),
        ("20.50", "20,50 euros"),
        ("9:30", "from 9:30"),
        ("204", "٢٠٤"),
        ("204", "1. Call 204\n2. Wait"),
    ],
)
def test_the_number_is_given(answer: str, reply: str) -> None:
    assert score(answer, reply) == 1.0


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ("204", ""),
        ("204", "Call Streets"),
        ("204", "2041"),
        ("204", "20 4"),
        ("204", "ext. 204 or ext. 217"),
        ("204", "204, open from 9:30"),
        ("0204", "204"),
        ("205", "20.5"),
        ("555-0142", "555-0143"),
        ("555-0142", "555-01422"),
        ("555-0142", "1 555-0142"),
        ("555-0142", "555-0142, or 555-0199"),
        ("555-0142 ext. 204", "555-0142"),
        ("9:30", "9.30"),
        ("12:00", "1200"),
    ],
)
def test_no_number_another_or_one_more_is_wrong(answer: str, reply: str) -> None:
    assert score(answer, reply) == 0.0


def test_numbers_of_the_prompt_may_be_repeated_but_do_not_count_as_the_answer() -> None:
    prompt = "I live at 41 Elm, phone 555-0100"
    assert score("204", "For 41 Elm: ext. 204. We call 555 0100 back.", prompt) == 1.0
    assert score("204", "For 41 Elm, call 555-0100.", prompt) == 0.0


def test_an_answer_without_a_number_is_a_mistake() -> None:
    (complaint,) = Cites().complaints(Item(id="1", prompt="p", answer="the desk"))
    assert complaint.message == "there is no number in 'the desk'"


@given(st.from_regex(r"[1-9][0-9]{6,11}", fullmatch=True), st.data())
def test_a_phone_number_is_the_same_however_it_is_cut(digits: str, data: st.DataObject) -> None:
    gaps = data.draw(
        st.lists(st.sampled_from(["", " ", "-", ".", ") ", "/"]), min_size=len(digits), max_size=len(digits))
    )
    assert numbers("".join(digit + gap for digit, gap in zip(digits, gaps, strict=True))) == {digits}
