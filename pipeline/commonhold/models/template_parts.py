"""A chat template taken apart into what it writes around each message, for programs that do not run it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from commonhold.models.chat_template import render
from commonhold.records.chat import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

SYSTEM, USER, REPLY, AGAIN = "S1y", "U2n", "R3k", "U4z"


@dataclass(frozen=True, slots=True)
class TemplateParts:
    """The pieces; `write` puts them together again."""

    opening: str
    system: tuple[str, str]
    default_system: str | None
    """The instruction that the template puts where a conversation has none."""
    user: tuple[str, str]
    assistant: tuple[str, str]
    reply: str
    """Where the model is to go on."""
    stop: str

    def write(self, messages: list[Message]) -> str:
        """A conversation as the model reads it, up to where its reply starts."""
        if self.default_system is not None and messages[0].role != "system":
            messages = [Message("system", self.default_system), *messages]
        around = {"system": self.system, "user": self.user, "assistant": self.assistant}
        turns = [f"{around[each.role][0]}{each.content}{around[each.role][1]}" for each in messages]
        return "".join([self.opening, *turns, self.reply])


def parse_template(tokenizer: "PreTrainedTokenizerBase") -> TemplateParts | None:
    """The pieces of a template; none where it does more than write something around each message."""
    try:
        turns = _pieces(tokenizer)
    except ValueError:
        return None
    exchange = [Message("user", USER), Message("assistant", REPLY), Message("user", AGAIN)]
    tried = ([exchange[0]], exchange, [*exchange, *exchange[1:]])
    conversations = [list(each) for each in tried] + [[Message("system", SYSTEM), *each] for each in tried]
    same = all(turns.write(each) == render(tokenizer, each, reply_follows=True) for each in conversations)
    return turns if same else None


def _pieces(tokenizer: "PreTrainedTokenizerBase") -> TemplateParts:
    """Reads the pieces off five conversations.

    Raises:
        ValueError: a message or piece is not where it is looked for.
    """
    system, user, reply = Message("system", SYSTEM), Message("user", USER), Message("assistant", REPLY)
    alone = render(tokenizer, [user], reply_follows=True)
    asked = render(tokenizer, [system, user], reply_follows=True)
    unasked = render(tokenizer, [system, user], reply_follows=False)
    answered = render(tokenizer, [system, user, reply], reply_follows=False)
    onward = render(tokenizer, [system, user, reply, Message("user", AGAIN)], reply_follows=True)
    after_user, after_reply = unasked.split(USER)[1], answered.split(REPLY)[1]
    before_user = _without(_between(onward, REPLY, AGAIN), start=after_reply)
    before_reply = _without(_between(answered, USER, REPLY), start=after_user)
    after_system = _without(_between(asked, SYSTEM, USER), end=before_user)
    going_on = _without(asked.split(USER)[1], start=after_user)
    before_system = asked.split(SYSTEM)[0]
    opening, default = "", None
    if rest := _without(alone.split(USER)[0], end=before_user):
        if before_system.startswith(rest):  # such as the mark of a text's beginning
            opening, before_system = rest, before_system[len(rest) :]
        else:
            default = _without(rest, start=before_system, end=after_system)
    return TemplateParts(
        opening=opening,
        system=(before_system, after_system),
        default_system=default,
        user=(before_user, after_user),
        assistant=(before_reply, after_reply),
        reply=going_on,
        stop=str(tokenizer.eos_token),
    )


def _between(text: str, left: str, right: str) -> str:
    return text[text.index(left) + len(left) : text.index(right)]


def _without(text: str, start: str = "", end: str = "") -> str:
    if not text.startswith(start) or not text.endswith(end) or len(text) < len(start) + len(end):
        raise ValueError(f"{text!r} does not begin with {start!r} and end with {end!r}")
    return text[len(start) : len(text) - len(end)]
