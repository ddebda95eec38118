"""How a model reads conversations and ends replies: its chat template, vocabulary and stop tokens."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from commonhold.models.generation import stop_tokens
from commonhold.number_format import listed


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """Of one model; another with the same weights and another reading answers otherwise, or does not stop."""

    chat_template: str
    vocabulary: Mapping[str, int]
    stops: Collection[int]
    """Ids that end a reply."""

    @classmethod
    def of(cls, model: Any, tokenizer: Any) -> "ChatFormat":
        """As the model in memory and its tokenizer have it."""
        return cls(str(tokenizer.chat_template), tokenizer.get_vocab(), stop_tokens(model, tokenizer))

    def difference(self, model: Any, tokenizer: Any) -> str:
        """What another model does not hold of it, such as `chat template`; empty where it holds all."""
        other = ChatFormat.of(model, tokenizer)
        parts = {
            "chat template": self.chat_template == other.chat_template,
            "vocabulary": self.vocabulary == other.vocabulary,
            "stop tokens": self.stops == other.stops,
        }
        wrong = [name for name, same in parts.items() if not same]
        return listed(wrong) if wrong else ""
