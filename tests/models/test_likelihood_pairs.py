"""Plain texts are cut into tokens where the reference harness cuts them."""

from typing import Any

import pytest

from commonhold.models.generation import BatchGenerator
from commonhold.models.likelihood_pairs import pair_ids, text_questions
from commonhold.models.shared_prefix import ScoredQuestion


def encoded(tokenizer: Any, text: str) -> tuple[int, ...]:
    return tuple(tokenizer(text, add_special_tokens=False)["input_ids"])


def test_context_and_what_follows_by_hand(tokenizer: Any) -> None:
    given, following = pair_ids(tokenizer, "ab", "cd")
    assert given == encoded(tokenizer, "ab")
    assert (*given, *following) == encoded(tokenizer, "abcd")


def test_spaces_at_the_end_of_the_context_belong_to_what_follows(tokenizer: Any) -> None:
    assert pair_ids(tokenizer, "ab  ", "cd") == pair_ids(tokenizer, "ab", "  cd")
    assert pair_ids(tokenizer, "ab\n", "cd") == pair_ids(tokenizer, "ab", "\ncd")


@pytest.mark.parametrize("context", ["", "  "])
def test_an_empty_context_is_the_token_that_texts_begin_with(tokenizer: Any, context: str) -> None:
    assert pair_ids(tokenizer, context, "cd") == ((tokenizer.bos_token_id,), encoded(tokenizer, context + "cd"))


def test_without_such_a_token_it_is_the_one_that_ends_texts(tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(tokenizer), "bos_token_id", None, raising=False)
    assert pair_ids(tokenizer, "", "cd")[0] == (tokenizer.eos_token_id,)


def test_a_text_that_brings_its_own_beginning_gets_no_second_one(tokenizer: Any) -> None:
    assert pair_ids(tokenizer, "", f"{tokenizer.bos_token}cd") == (
        (tokenizer.bos_token_id,),
        encoded(tokenizer, "cd"),
    )


@pytest.mark.parametrize("context", ["", "ab"])
def test_nothing_that_follows_is_refused(tokenizer: Any, context: str) -> None:
    with pytest.raises(ValueError, match="token"):
        pair_ids(tokenizer, context, "")


def test_choices_of_one_context_are_one_question(tokenizer: Any) -> None:
    (question,) = text_questions(tokenizer, [("ab", ["cd", "ef"])])
    assert question == ScoredQuestion(encoded(tokenizer, "ab"), (encoded(tokenizer, "cd"), encoded(tokenizer, "ef")))


def test_choices_that_begin_from_other_tokens_are_questions_of_their_own(tokenizer: Any) -> None:
    # The second brings its own beginning, so the first token is given and not scored.
    asked = text_questions(tokenizer, [("", ["cd", f"{tokenizer.eos_token}cd"])])
    assert [len(question.choices) for question in asked] == [2]
    monkey = text_questions(tokenizer, [("abcdef", ["x", "yz!"])], most_tokens=6)
    assert [question.context for question in monkey] == [
        encoded(tokenizer, "abcdef"),
        encoded(tokenizer, "abcdef")[-4:],
    ]


def test_plain_texts_are_scored_item_by_item_in_order(model: Any, tokenizer: Any) -> None:
    answerer = BatchGenerator(model, tokenizer, adapter=False)
    contexts, following = ["ab", "", "ab "], [["cd", "ef"], ["qx"], ["cd"]]
    rows = answerer.text_log_likelihoods(contexts, following)
    assert [[(score.tokens, score.bytes) for score in row] for row in rows] == [[(2, 2), (2, 2)], [(2, 2)], [(3, 2)]]
    one_by_one = [answerer.text_log_likelihoods([c], [f])[0] for c, f in zip(contexts, following, strict=True)]
    assert [score.log_likelihood for row in rows for score in row] == pytest.approx(
        [score.log_likelihood for row in one_by_one for score in row], abs=1e-4
    )
