"""What evaluation asks of a model; the models room has the answer, and tests have toys."""

from collections.abc import Sequence
from typing import Protocol

from commonhold.records.answer import ChoiceScore
from commonhold.records.chat import Conversation


class Answerer(Protocol):
    """A model that replies to conversations, each on its own; the same conversations always get the same replies."""

    def generate(self, conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:
        """One reply a conversation, in order, chosen greedily."""
        ...

    def choice_log_likelihoods(
        self, conversations: Sequence[Conversation], choices: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        """For every conversation, how likely each of its choices is as the reply, in order."""
        ...


class Continuer(Answerer, Protocol):
    """A model that also continues what others started, for looking into its memory."""

    def go_on(self, beginnings: Sequence[Conversation | str], max_new_tokens: int) -> list[str]:
        """What follows each beginning, chosen greedily: of a conversation, whose last message breaks off; of a text."""
        ...

    def text_log_likelihoods(
        self, contexts: Sequence[str], following: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        """For every plain text, empty ones too, how likely each of several texts is to follow it."""
        ...
