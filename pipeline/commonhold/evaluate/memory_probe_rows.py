"""Which rows a model's memory is looked into with, and where each is broken off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from commonhold.evaluate.matching import words
from commonhold.records.chat import Conversation, Message
from commonhold.records.example import Example
from commonhold.seeds import order_key

SHORTEST_WORDS = 10
"""A shorter message has no half that says which message it is."""
WORDS_TO_MATCH = 10
"""A row is continued word for word when so many words follow as they stand in it, or all that are left."""


@dataclass(frozen=True, slots=True)
class MemoryRows:
    """Rows that were trained on and rows that were not, in the order in which the seed draws them."""

    trained: tuple[Example, ...]
    held_out: tuple[Example, ...]


class Broken(NamedTuple):
    """A row's message, or its text where it has no message, cut in the middle."""

    beginning: str
    rest: tuple[str, ...]
    """The words that follow, as many as are compared."""


def draw_rows(examples: Sequence[Example], seed: int, most: int) -> MemoryRows:
    """At most so many rows of each kind, drawn by what they say; validation and test rows count as not trained on."""
    ordered = sorted(examples, key=lambda row: order_key(seed, "evaluate/memory", f"{row.prompt}\0{row.completion}"))
    return MemoryRows(
        tuple(row for row in ordered if row.split == "train")[:most],
        tuple(row for row in ordered if row.split != "train")[:most],
    )


def broken_off(row: Example) -> Broken | None:
    """The row cut after the first half of its words; absent for a short one."""
    text = row.prompt or row.completion
    spaces = [index for index, letter in enumerate(text) if letter.isspace()] or list(range(1, len(text)))
    if len(words(text)) < SHORTEST_WORDS:
        return None
    cut = spaces[len(spaces) // 2]
    rest = tuple(words(text[cut:]))[:WORDS_TO_MATCH]
    return Broken(text[:cut], rest) if rest else None


def as_beginning(row: Example, broken: Broken, system_prompt: str) -> Conversation | str:
    """What the model is given to go on with: the person's turn, not yet ended, or the text."""
    if not row.prompt:
        return broken.beginning
    before = (Message("system", system_prompt),) if system_prompt else ()
    return (*before, Message("user", broken.beginning))


def goes_on(broken: Broken, generated: str) -> bool:
    """Whether what was generated is the rest of the row, word for word."""
    return tuple(words(generated))[: len(broken.rest)] == broken.rest
