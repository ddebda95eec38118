"""Conversations to tokens, by the base model's own chat template."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from commonhold.errors import CommonholdError
from commonhold.records.chat import Conversation, Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class TokenPair(NamedTuple):
    """One exchange as token ids: what is given, and what is learnt."""

    prompt: tuple[int, ...]
    completion: tuple[int, ...]
    """The reply and the token that ends it."""


def conversation(prompt: str, system_prompt: str = "") -> Conversation:
    """A user's message, after the instruction if there is one."""
    return with_system_prompt((Message("user", prompt),), system_prompt)


def with_system_prompt(messages: Conversation, system_prompt: str) -> Conversation:
    """`system_prompt` first, unless it is empty or the conversation brings a system message."""
    if not system_prompt or any(message.role == "system" for message in messages):
        return messages
    return (Message("system", system_prompt), *messages)


def render(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message], *, reply_follows: bool) -> str:
    """The conversation as the model reads it; with `reply_follows` it ends where the reply starts."""
    turns = [{"role": message.role, "content": harmless(tokenizer, message.content)} for message in messages]
    text: str = tokenizer.apply_chat_template(
        turns, tokenize=False, add_generation_prompt=reply_follows, enable_thinking=False
    )
    return text


def harmless(tokenizer: "PreTrainedTokenizerBase", text: str) -> str:
    """Text in which the template's own marks, such as `<|im_end|>`, are words: nobody can write another's turn.

    All the special tokens count: some models have marks of turns that are neither beginning nor end of a text to them.
    """
    for token in tokenizer.added_tokens_decoder.values():
        if token.special:
            text = text.replace(token.content, f"{token.content[:1]} {token.content[1:]}")
    return text


def prompt_ids(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> list[int]:
    """Token ids of a conversation up to where the reply starts."""
    ids: list[int] = tokenizer(render(tokenizer, messages, reply_follows=True), add_special_tokens=False)["input_ids"]
    return ids


def beginning_ids(tokenizer: "PreTrainedTokenizerBase", beginning: Sequence[Message] | str) -> list[int]:
    """Token ids of a text, or of a conversation whose last message breaks off: nothing says that it ends there."""
    if isinstance(beginning, str):
        text_ids: list[int] = tokenizer(harmless(tokenizer, beginning))["input_ids"]  # as plain texts are trained on
        return text_ids[:-1] if text_ids[-1:] == [tokenizer.eos_token_id] else text_ids
    last = harmless(tokenizer, beginning[-1].content).strip()
    whole = render(tokenizer, beginning, reply_follows=False)
    ids: list[int] = tokenizer(whole[: whole.rindex(last) + len(last)], add_special_tokens=False)["input_ids"]
    return ids


def token_pair(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message], reply: str) -> TokenPair:
    """One exchange as token ids, the reply ended by the template's stop token.

    Raises:
        CommonholdError: the template writes the prompt differently once a reply follows, so that the place where the
            reply starts is not certain.
    """
    before = render(tokenizer, messages, reply_follows=True)
    whole = render(tokenizer, [*messages, Message("assistant", reply)], reply_follows=False)
    if not whole.startswith(before):
        raise CommonholdError(
            "the base model's chat template does not keep the prompt as it is when a reply follows; "
            "it cannot be trained on without a template of its own"
        )
    completion = whole[len(before) :]
    stop = completion.find(tokenizer.eos_token)  # the first: none is in the reply, which is harmless
    if stop < 0:
        raise CommonholdError(f"the base model's chat template does not end a reply with {tokenizer.eos_token!r}")
    completion = completion[: stop + len(tokenizer.eos_token)]
    ids = tokenizer([before, completion], add_special_tokens=False)["input_ids"]
    return TokenPair(tuple(ids[0]), tuple(ids[1]))
