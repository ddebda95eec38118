"""What holds of every scorer, whatever is written."""

import json
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from commonhold.evaluate.exchange.patterns import literal
from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS
from commonhold.records.answer import ChoiceScore

TEXT = st.text(min_size=1, max_size=60)
Make = Callable[[str], Item]


def answering(text: str) -> Item:
    return Item(id="1", prompt="p", answer=text.strip())


def choosing(text: str) -> Item:
    return Item(id="1", prompt="p", answer="a", choices=(text, f"{text} not"))


# For each scorer, an item of which a text is the right reply.
MAKERS: dict[str, Make] = {
    **dict.fromkeys(("exact/1", "normalised/1", "token_f1/1", "chrf/1", "bleu/1", "rouge_l/1"), answering),
    **dict.fromkeys(("multiple_choice/1", "multiple_choice_sum/1", "multiple_choice_letters/1"), choosing),
    "cites/1": lambda text: answering(f"{text} 204"),
    "include/1": lambda text: Item(id="1", prompt="p", must_include=(text,)),
    "checks/1": lambda text: Item(id="1", prompt="p", must_include=(text,), answer=text.strip()),
    "regex/1": lambda text: Item(id="1", prompt="p", regex=(literal(text),), answer=text),
    "json_schema/1": lambda text: Item(
        id="1", prompt="p", json_schema=json.dumps({"const": text}), answer=json.dumps(text)
    ),
    "contains_json/1": lambda text: Item(
        id="1", prompt="p", json_schema=json.dumps({"const": [text]}), answer=json.dumps([text])
    ),
    "multiple_choice_generated/1": choosing,
    "refusal/1": lambda _: Item(id="1", prompt="p", refuse=True),
}
WRITING = sorted(set(SCORERS.built_in()) - {"likelihood/1"})


def test_every_scorer_that_judges_a_text_has_a_maker() -> None:
    assert sorted(MAKERS) == WRITING


@pytest.mark.parametrize("name", WRITING)
@settings(max_examples=40, deadline=None)
@given(text=TEXT, output=TEXT)
def test_a_score_is_from_0_to_1_and_the_same_each_time(name: str, text: str, output: str) -> None:
    scorer, item = SCORERS.get(name)(), MAKERS[name](text)
    assume(not list(scorer.complaints(item)))
    score = scorer.score(item, output)
    assert 0.0 <= score <= 1.0
    assert scorer.score(item, output) == score
    assert SCORERS.get(name).graded or score in (0.0, 1.0)


@pytest.mark.parametrize("name", WRITING)
@settings(max_examples=40, deadline=None)
@given(text=TEXT)
def test_the_reference_itself_is_right(name: str, text: str) -> None:
    scorer, item = SCORERS.get(name)(), MAKERS[name](text)
    assume(not list(scorer.complaints(item)))
    right = scorer.right_reply(item)
    assert not right or scorer.score(item, right) == 1.0


@pytest.mark.parametrize("name", WRITING)
def test_plain_words_are_taken_and_their_own_right_reply(name: str) -> None:
    scorer, item = SCORERS.get(name)(), MAKERS[name]("Streets, ext. 204")
    assert list(scorer.complaints(item)) == []
    assert scorer.score(item, scorer.right_reply(item)) == 1.0


@given(st.floats(min_value=-1e6, max_value=0.0), st.integers(min_value=1, max_value=500))
def test_a_likelihood_is_above_0_and_at_most_1(log_likelihood: float, tokens: int) -> None:
    scorer, item = SCORERS.get("likelihood/1")(), answering("x")
    score = scorer.score(item, scorer.output(item, [ChoiceScore(log_likelihood, tokens, 1)]))
    assert 0.0 < score <= 1.0


@pytest.mark.parametrize("name", list(SCORERS))
def test_an_empty_item_is_a_mistake_for_every_scorer(name: str) -> None:
    assert list(SCORERS.get(name)().complaints(Item(id="1", prompt="p"))) != []
