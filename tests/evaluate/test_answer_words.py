"""Exact match and F1 over words, held to SQuAD's formulas."""

import re
import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.scorers.answer_words import answer_tokens


def score(scorer: str, output: str, answer: str) -> float:
    return SCORERS.get(scorer)().score(Item(id="1", prompt="p", answer=answer), output)


def squad_tokens(text: str) -> list[str]:
    """SQuAD's evaluation: lower case, no punctuation, no articles, split at white space."""
    bare = "".join(letter for letter in text.lower() if letter not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


@pytest.mark.parametrize("output", ["the Streets desk", "Streets Desk.", " STREETS  desk!", "“Streets” desk"])
def test_normalised_overlooks_capitals_punctuation_and_articles(output: str) -> None:
    assert score("normalised/1", output, "The Streets desk") == 1.0


@pytest.mark.parametrize("output", ["", "the", "Street desk", "Streets desk now", "desk Streets"])
def test_normalised_is_not_nearly(output: str) -> None:
    assert score("normalised/1", output, "The Streets desk") == 0.0


def test_any_of_several_answers_will_do() -> None:
    assert [score("normalised/1", said, "Streets| the roads desk") for said in ("Roads desk", "Streets", "roads")] == [
        1,
        1,
        0,
    ]


@pytest.mark.parametrize(
    ("output", "answer", "expected"),
    [
        ("nine to five", "from nine to five", 6 / 7),  # 3 of 3 and 3 of 4
        ("from nine to five, Monday to Friday", "nine to five", 0.6),  # 3 of 7 and 3 of 3
        ("five to nine", "nine to five", 1.0),  # order is free
        ("nine nine nine", "nine to five", 1 / 3),  # a word counts as often as it is wanted
        ("ten", "nine to five", 0.0),
        ("", "nine", 0.0),
        ("ten o'clock", "nine|ten oclock", 1.0),
        ("水が出る", "水が出ない", 2 * 3 / 9),  # a letter is a word: 水 が 出 of 4 and 5
    ],
)
def test_f1_by_hand(output: str, answer: str, expected: float) -> None:
    assert score("token_f1/1", output, answer) == pytest.approx(expected)


PRINTABLE = st.text(alphabet=[letter for letter in string.printable if letter not in "|\x0b\x0c\r"], max_size=40)


@given(PRINTABLE)
def test_words_of_ascii_are_those_of_squad(text: str) -> None:
    assert answer_tokens(text) == squad_tokens(text)


@given(PRINTABLE, PRINTABLE)
def test_f1_of_ascii_is_that_of_squad(output: str, answer: str) -> None:
    said, wanted = squad_tokens(output), squad_tokens(answer)
    shared = sum((Counter(said) & Counter(wanted)).values())
    expected = 0.0
    if shared:
        precision, recall = shared / len(said), shared / len(wanted)
        expected = 2 * precision * recall / (precision + recall)
    assert score("token_f1/1", output, answer) == pytest.approx(expected)
