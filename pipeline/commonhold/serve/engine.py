"""What the server needs of a model; weights and tokens are somebody else's business."""

import threading
from collections.abc import Iterator
from typing import Protocol

from commonhold.records.answer import Piece, Sampling
from commonhold.records.chat import Conversation


class Engine(Protocol):
    """One loaded model. The server calls it from one thread, one call at a time."""

    def count_tokens(self, conversation: Conversation, /) -> int:
        """Tokens that the model reads before it answers, the chat template's included."""
        ...

    def stream(self, conversation: Conversation, settings: Sampling, stop: threading.Event, /) -> Iterator[Piece]:
        """The answer in pieces, the last one with `finish`.

        Blocks between pieces. When `stop` is set the iterator ends at the next token, with or without `finish`.
        """
        ...
