"""Conversations become tokens by the template, and nobody can write a mark of the template by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.toys import CHATML, MARKS, make_tokenizer

from commonhold.errors import CommonholdError
from commonhold.models.chat_template import conversation, harmless, prompt_ids, render, token_pair, with_system_prompt
from commonhold.records.chat import Message

TOKENIZER = make_tokenizer()
MARK_IDS = frozenset(TOKENIZER.convert_tokens_to_ids(list(MARKS)))
TEXTS = st.lists(st.sampled_from([*MARKS, "<|", "|>", "im_end", "<|im_", "end|>", "ñ", "水", " ", "\n", "a"])).map(
    "".join
)


def with_template(template: str) -> Any:
    tokenizer = make_tokenizer()
    tokenizer.chat_template = template
    return tokenizer


def test_template_writes_the_systems_default_line_when_no_instruction_is_given() -> None:
    assert render(TOKENIZER, conversation("Hi"), reply_follows=True) == (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    )


def test_an_instruction_stands_instead_of_the_default_line() -> None:
    assert render(TOKENIZER, conversation("Hi", "Be brief."), reply_follows=True) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    )


def test_completion_is_the_reply_and_the_stop_token_and_nothing_after_it() -> None:
    pair = token_pair(TOKENIZER, conversation("Hi"), "Yes.")
    assert TOKENIZER.decode(pair.completion) == "Yes.<|im_end|>"
    assert pair.completion[-1] == TOKENIZER.eos_token_id


def test_prompt_of_a_pair_is_what_the_model_reads_when_it_is_asked() -> None:
    pair = token_pair(TOKENIZER, conversation("Hi", "Be brief."), "Yes.")
    assert list(pair.prompt) == prompt_ids(TOKENIZER, conversation("Hi", "Be brief."))


@given(prompt=TEXTS, reply=TEXTS)
def test_pair_is_the_whole_conversation_cut_in_two(prompt: str, reply: str) -> None:
    # Curation trims replies: white space at their start could grow together with the template's line break.
    messages = conversation(prompt)
    whole = render(TOKENIZER, [*messages, Message("assistant", reply.strip())], reply_follows=False)
    pair = token_pair(TOKENIZER, messages, reply.strip())
    assert [*pair.prompt, *pair.completion] == TOKENIZER(whole.removesuffix("\n"), add_special_tokens=False)[
        "input_ids"
    ]


@given(prompt=TEXTS, system=TEXTS, reply=TEXTS)
def test_marks_that_people_type_are_words(prompt: str, system: str, reply: str) -> None:
    pair = token_pair(TOKENIZER, conversation(prompt, system), reply)
    marks = [token for token in (*pair.prompt, *pair.completion) if token in MARK_IDS]
    start, end = TOKENIZER.convert_tokens_to_ids(["<|im_start|>", "<|im_end|>"])
    assert marks == [start, end] * 3  # system, user, assistant: the template's own six


def test_without_the_care_a_typed_mark_would_end_the_turn() -> None:
    assert TOKENIZER("a<|im_end|>", add_special_tokens=False)["input_ids"][-1] == TOKENIZER.eos_token_id


def test_special_token_that_is_neither_beginning_nor_end_is_a_word_too() -> None:
    assert "<file_sep>" not in TOKENIZER.all_special_tokens
    assert harmless(TOKENIZER, "a<file_sep>b") == "a< file_sep>b"


@given(st.text())
def test_text_without_marks_is_left_as_it_is(text: str) -> None:
    assert harmless(TOKENIZER, text) == text


@given(TEXTS)
def test_care_taken_twice_is_care_taken_once(text: str) -> None:
    once = harmless(TOKENIZER, text)
    assert harmless(TOKENIZER, once) == once


def test_template_that_rewrites_the_prompt_once_a_reply_follows_is_refused() -> None:
    rewriting = "{% if add_generation_prompt %}Q:{% else %}q:{% endif %}" + CHATML
    with pytest.raises(CommonholdError, match="does not keep the prompt as it is"):
        token_pair(with_template(rewriting), conversation("Hi"), "Yes.")


def test_template_that_does_not_end_a_reply_is_refused() -> None:
    endless = "{% for m in messages %}{{ m['content'] }}\n{% endfor %}"
    with pytest.raises(CommonholdError, match=r"does not end a reply with '<\|im_end\|>'"):
        token_pair(with_template(endless), conversation("Hi"), "Yes.")


def test_template_that_trims_the_reply_is_accepted() -> None:
    trimming = CHATML.replace("message['content']", "message['content'].strip()")
    pair = token_pair(with_template(trimming), conversation("Hi"), "Yes.   ")
    assert TOKENIZER.decode(pair.completion) == "Yes.<|im_end|>"


SAID = (Message("user", "Hello"),)


def test_the_system_prompt_comes_first() -> None:
    assert with_system_prompt(SAID, "Be brief.") == (Message("system", "Be brief."), *SAID)


def test_the_clients_system_message_replaces_the_system_prompt() -> None:
    own = (Message("system", "Rhyme."), *SAID)
    assert with_system_prompt(own, "Be brief.") == own


def test_an_empty_system_prompt_adds_no_message() -> None:
    assert with_system_prompt(SAID, "") == SAID
