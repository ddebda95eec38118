"""Many conversations at once are answered as each of them alone, with the adapter and without."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.toys import MARKS

from commonhold.models.batches import BATCH_TOKENS, batches_by_length
from commonhold.models.chat_template import conversation, prompt_ids, render
from commonhold.models.generation import BatchGenerator, stop_tokens
from commonhold.records.chat import Conversation

ASKED: list[Conversation] = [
    conversation("Hi"),
    conversation("Where is the well? I have walked all the morning and found none."),
    conversation("When does the desk open?", "Be brief."),
]


def by_hand(model: Any, tokenizer: Any, asked: Conversation | str, max_new_tokens: int) -> str:
    """The likeliest token again and again, the whole text read anew each time."""
    if isinstance(asked, str):
        ids = tokenizer(asked, add_special_tokens=False)["input_ids"]
    else:
        ids = prompt_ids(tokenizer, asked)
    made: list[int] = []
    while len(made) < max_new_tokens:
        with torch.inference_mode():
            token = int(model(input_ids=torch.tensor([ids + made]), use_cache=False).logits[0, -1].argmax())
        if token == tokenizer.eos_token_id:
            break
        made.append(token)
    return str(tokenizer.decode(made, skip_special_tokens=True)).strip()


def test_answers_of_a_batch_are_those_of_one_by_one(model: Any, tokenizer: Any) -> None:
    answerer = BatchGenerator(model, tokenizer, adapter=False)
    assert answerer.generate(ASKED, 12) == [answerer.generate([asked], 12)[0] for asked in ASKED]


def test_answers_are_the_likeliest_tokens(model: Any, tokenizer: Any) -> None:
    answers = BatchGenerator(model, tokenizer, adapter=False).generate(ASKED, 12)
    assert answers == [by_hand(model, tokenizer, asked, 12) for asked in ASKED]
    assert len(set(answers)) == 3  # a model that always says the same would prove nothing


def test_adapter_on_answers_otherwise_and_off_answers_as_the_base(model: Any, tuned: Any, tokenizer: Any) -> None:
    base = BatchGenerator(model, tokenizer, adapter=False).generate(ASKED, 12)
    assert BatchGenerator(tuned, tokenizer, adapter=False).generate(ASKED, 12) == base
    assert BatchGenerator(tuned, tokenizer, adapter=True).generate(ASKED, 12) != base


def test_adapter_is_on_again_after_the_base_was_asked(tuned: Any, tokenizer: Any) -> None:
    with_adapter = BatchGenerator(tuned, tokenizer, adapter=True)
    before = with_adapter.generate(ASKED, 8)
    BatchGenerator(tuned, tokenizer, adapter=False).generate(ASKED, 8)
    assert with_adapter.generate(ASKED, 8) == before


def test_choices_are_scored_with_the_adapter_or_without(model: Any, tuned: Any, tokenizer: Any) -> None:
    choices = [["yes", "no"]] * 3
    base = BatchGenerator(model, tokenizer, adapter=False).choice_log_likelihoods(ASKED, choices)
    off = BatchGenerator(tuned, tokenizer, adapter=False).choice_log_likelihoods(ASKED, choices)
    on = BatchGenerator(tuned, tokenizer, adapter=True).choice_log_likelihoods(ASKED, choices)
    assert [score.log_likelihood for row in off for score in row] == pytest.approx(
        [score.log_likelihood for row in base for score in row], abs=1e-5
    )
    assert abs(on[0][0].log_likelihood - base[0][0].log_likelihood) > 1e-3


def test_choice_is_measured_in_tokens_and_in_bytes(model: Any, tokenizer: Any) -> None:
    [[score]] = BatchGenerator(model, tokenizer, adapter=False).choice_log_likelihoods(ASKED[:1], [["ñ水"]])
    assert (score.tokens, score.bytes) == (5, 5)  # two letters of two and three bytes, and no merges for them
    assert score.log_likelihood < 0


def test_mark_in_a_choice_is_words(model: Any, tokenizer: Any) -> None:
    [[mark]] = BatchGenerator(model, tokenizer, adapter=False).choice_log_likelihoods(ASKED[:1], [[MARKS[2]]])
    assert mark.tokens > 1


def test_a_turn_that_breaks_off_is_gone_on_with(model: Any, tokenizer: Any) -> None:
    answerer = BatchGenerator(model, tokenizer, adapter=False)
    asked = conversation("Where is the", "Be brief.")
    begun = render(tokenizer, asked, reply_follows=False).removesuffix("<|im_end|>\n")
    assert begun.endswith("user\nWhere is the")
    (said,) = answerer.go_on([asked], 8)
    assert said == by_hand(model, tokenizer, begun, 8)
    assert said != answerer.generate([asked], 8)[0]


def test_a_plain_text_is_gone_on_with_as_it_was_trained_on(model: Any, tokenizer: Any) -> None:
    (said,) = BatchGenerator(model, tokenizer, adapter=False).go_on(["Where is the"], 8)
    assert said == by_hand(model, tokenizer, "Where is the", 8)


def test_turns_and_texts_that_break_off_are_answered_in_order(model: Any, tokenizer: Any) -> None:
    answerer = BatchGenerator(model, tokenizer, adapter=False)
    begun: list[Conversation | str] = ["Where is the", conversation("When does"), "The pump"]
    assert answerer.go_on(begun, 6) == [answerer.go_on([each], 6)[0] for each in begun]


def test_progress_is_said_until_all_is_done(model: Any, tokenizer: Any) -> None:
    said: list[tuple[int, int]] = []
    BatchGenerator(model, tokenizer, adapter=False, say=lambda *done: said.append(done)).generate(ASKED, 2)
    assert said == [(3, 3)]


def test_nothing_asked_is_nothing_answered(model: Any, tokenizer: Any) -> None:
    assert BatchGenerator(model, tokenizer, adapter=False).generate([], 4) == []


@pytest.mark.parametrize(
    ("own", "expected"), [(None, [2]), (2, [2]), (1, [1, 2]), ([0, 1], [0, 1, 2])], ids=["none", "same", "one", "two"]
)
def test_reply_ends_by_the_token_that_training_teaches_and_by_the_bases_own(
    fresh_model: Callable[[], Any], tokenizer: Any, own: Any, expected: list[int]
) -> None:
    model = fresh_model()
    model.generation_config.eos_token_id = own
    assert stop_tokens(model, tokenizer) == expected


@given(st.lists(st.integers(1, 9000), max_size=60), st.integers(1, 512))
def test_batches_hold_everything_once_longest_first_within_the_budget(lengths: list[int], max_new_tokens: int) -> None:
    batches = batches_by_length(lengths, max_new_tokens)
    order = [index for batch in batches for index in batch]
    assert sorted(order) == list(range(len(lengths)))
    assert all(lengths[first] >= lengths[second] for first, second in pairwise(order))
    for batch in batches:
        filled = len(batch) * (lengths[batch[0]] + max_new_tokens)
        assert len(batch) == 1 or filled <= BATCH_TOKENS


def test_batches_by_hand() -> None:
    # Budget 20, 4 new tokens each: 6+4 leaves room for two, 1+4 for four.
    assert batches_by_length([1, 6, 1, 6, 6, 1], 4, budget=20) == [[1, 3], [4, 0], [2, 5]]


def test_conversation_larger_than_the_budget_goes_alone() -> None:
    assert batches_by_length([50, 1, 1], 4, budget=20) == [[0], [1, 2]]
