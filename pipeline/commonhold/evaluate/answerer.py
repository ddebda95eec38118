"""What evaluation asks of a model; the models room has the answer, and tests have toys."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from commonhold.records.chat import Conversation


class ChoiceScore(NamedTuple):
    """How likely a model finds one choice as the reply."""

    log_likelihood: float
    """Natural logarithm, summed over the tokens of the choice; at most 0."""
    tokens: int
    bytes: int
    """Length of the choice in UTF-8."""


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
