"""A chat template taken apart gives back what it writes, or nothing."""

from typing import Any

import pytest
from tests.toys import CHATML, SYSTEM, make_tokenizer

from commonhold.models.chat_template import render
from commonhold.models.template_parts import parse_template
from commonhold.records.chat import Message

PLAIN = """{{ bos_token }}{% for m in messages %}{{ '[' + m['role'] + ']' + m['content'] + eos_token }}{% endfor %}\
{% if add_generation_prompt %}[assistant]{% endif %}"""
NUMBERED = """{% for m in messages %}{{ loop.index }}{{ m['content'] }}<|im_end|>{% endfor %}\
{% if add_generation_prompt %}>{% endif %}"""
TRIMMED = PLAIN.replace("m['content']", "m['content'] | trim")


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return make_tokenizer()


def with_template(tokenizer: Any, template: str) -> Any:
    tokenizer.chat_template = template
    return tokenizer


def test_pieces_of_chatml_are_these(tokenizer: Any) -> None:
    turns = parse_template(with_template(tokenizer, CHATML))
    assert turns is not None
    assert turns.system == ("<|im_start|>system\n", "<|im_end|>\n")
    assert turns.user == ("<|im_start|>user\n", "<|im_end|>\n")
    assert turns.reply == "<|im_start|>assistant\n"
    assert turns.default_system == SYSTEM
    assert (turns.opening, turns.stop) == ("", "<|im_end|>")


@pytest.mark.parametrize("template", [CHATML, PLAIN])
@pytest.mark.parametrize("system", ["", "Be kind."])
def test_pieces_write_what_the_template_writes(tokenizer: Any, template: str, system: str) -> None:
    turns = parse_template(with_template(tokenizer, template))
    assert turns is not None
    messages = [Message("user", "Hi"), Message("assistant", "Hello"), Message("user", "Where is the well?")]
    messages = [Message("system", system), *messages] if system else messages
    assert turns.write(messages) == render(tokenizer, messages, reply_follows=True)


def test_mark_of_a_beginning_is_no_instruction(tokenizer: Any) -> None:
    turns = parse_template(with_template(tokenizer, PLAIN))
    assert turns is not None
    assert (turns.opening, turns.default_system) == ("<|im_start|>", None)


@pytest.mark.parametrize("template", [NUMBERED, PLAIN.replace("m['role']", "m['role'][:1]"), "{{ messages }}"])
def test_template_that_does_more_is_not_taken_apart_wrongly(tokenizer: Any, template: str) -> None:
    turns = parse_template(with_template(tokenizer, template))
    messages = [Message("user", "Hi"), Message("assistant", "Yes"), Message("user", "Why?")]
    assert turns is None or turns.write(messages) == render(tokenizer, messages, reply_follows=True)
