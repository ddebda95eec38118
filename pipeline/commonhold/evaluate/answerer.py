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
