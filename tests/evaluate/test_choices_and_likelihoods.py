"""Choices by likelihood and by reply, and the likelihood of one answer."""

import math

import pytest

from commonhold.errors import CommonholdError
from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.scorers.likelihood import Likelihood, perplexity
from commonhold.evaluate.scorers.multiple_choice_generated import MultipleChoiceGenerated
from commonhold.records.answer import ChoiceScore

DESKS = Item(id="1", prompt="Which desk?", answer="b", choices=("Water", "Streets", "Water and gas"))


@pytest.mark.parametrize(
    ("scorer", "chosen"),
    [
        ("multiple_choice_sum/1", "no"),  # −3 against −4 and −4
        ("multiple_choice_letters/1", "ñandúes"),  # −1.5, −4/7, −4/6 a letter
        ("multiple_choice/1", "ñandúes"),  # −1.5, −4/9, −4/6 a byte
    ],
)
def test_the_likeliest_choice_by_sum_letter_and_byte(scorer: str, chosen: str) -> None:
    item = Item(id="1", prompt="p", answer="a", choices=("no", "ñandúes", "rather"))
    scores = [ChoiceScore(-3.0, 1, 2), ChoiceScore(-4.0, 3, 9), ChoiceScore(-4.0, 2, 6)]
    assert SCORERS.get(scorer)().output(item, scores) == chosen


def test_letters_and_bytes_differ_where_letters_have_several_bytes() -> None:
    item = Item(id="1", prompt="p", answer="a", choices=("ññ", "abc"))
    scores = [ChoiceScore(-3.0, 1, 4), ChoiceScore(-3.0, 1, 3)]  # 1.5 and 1 a letter, 0.75 and 1 a byte
    assert SCORERS.get("multiple_choice_letters/1")().output(item, scores) == "abc"
    assert SCORERS.get("multiple_choice/1")().output(item, scores) == "ññ"


def test_equals_go_to_the_first_in_every_kind() -> None:
    item = Item(id="1", prompt="p", answer="b", choices=("red", "tan"))
    same = [ChoiceScore(-3.0, 1, 3), ChoiceScore(-3.0, 1, 3)]
    kinds = ("multiple_choice/1", "multiple_choice_sum/1", "multiple_choice_letters/1")
    assert {SCORERS.get(kind)().output(item, same) for kind in kinds} == {"red"}


def test_choices_are_shown_with_their_letters() -> None:
    assert MultipleChoiceGenerated().message(DESKS) == "Which desk?\na) Water\nb) Streets\nc) Water and gas"


@pytest.mark.parametrize(
    "reply",
    [
        "b", "B", "b)", "(b)", "B.", "**b**", "b) Streets", "The answer is b", "Answer: B", "La respuesta es b.",
        "I would say (b), Streets.", "Streets", "the Streets desk", "Option b because roads", "b) Streets, not Water",
    ],
)  # fmt: skip
def test_replies_that_name_the_second_choice(reply: str) -> None:
    assert MultipleChoiceGenerated().score(DESKS, reply) == 1.0


@pytest.mark.parametrize(
    "reply",
    [
        "", "a", "c)", "d", "a or b", "a) or b)", "Water or Streets", "Streetside", "bee", "A pothole is a bad thing.",
        "Either a) Water or b) Streets", "Water and gas",
    ],
)  # fmt: skip
def test_replies_that_do_not(reply: str) -> None:
    assert MultipleChoiceGenerated().score(DESKS, reply) == 0.0


def test_a_choice_inside_a_longer_one_is_not_named_by_it() -> None:
    water = Item(id="1", prompt="p", answer="a", choices=("Water", "Water and gas"))
    scorer = MultipleChoiceGenerated()
    assert [scorer.score(water, said) for said in ("Water", "Water and gas", "Water and gas, or Water")] == [1, 0, 0]


def test_a_geometric_mean_by_hand() -> None:
    item = Item(id="1", prompt="p", answer="red tan")
    scorer = Likelihood()
    assert scorer.candidates(item) == ("red tan",)
    output = scorer.output(item, [ChoiceScore(math.log(0.5) + math.log(0.125), 2, 7)])  # √(0.5 · 0.125) = 0.25
    assert scorer.score(item, output) == pytest.approx(0.25)
    assert perplexity(scorer.score(item, output)) == pytest.approx(4.0)


def test_a_hopeless_answer_keeps_a_perplexity() -> None:
    output = Likelihood().output(Item(id="1", prompt="p", answer="x"), [ChoiceScore(-2000.0, 1, 1)])
    assert perplexity(Likelihood().score(Item(id="1", prompt="p", answer="x"), output)) == pytest.approx(1e12)


def test_damaged_weights_are_told_and_not_scored() -> None:
    with pytest.raises(CommonholdError, match=r"item q7: .* not a number.*learning_rate"):
        Likelihood().output(Item(id="q7", prompt="p", answer="x"), [ChoiceScore(math.nan, 1, 1)])
