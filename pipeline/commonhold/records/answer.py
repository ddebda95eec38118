"""What a loaded model gives back: pieces of an answer, likelihoods of choices."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Finish = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How one answer is drawn."""

    max_new_tokens: int
    temperature: float = 0.0
    """0 takes the likeliest token each time; up to 2."""
    top_p: float = 1.0
    """Draw from the likeliest tokens that together have this probability, in (0, 1]."""
    seed: int | None = None
    """A signed 64-bit number; None draws anew each time."""


@dataclass(frozen=True, slots=True)
class Piece:
    """The next part of an answer."""

    text: str
    """Whole characters; empty while a character or a word is still incomplete."""
    tokens: int
    """Tokens made since the last piece; the end-of-turn token is not counted."""
    finish: Finish | None = None
    """Set on the last piece only: the model ended its turn, or the limit on new tokens was reached."""


class ChoiceScore(NamedTuple):
    """How likely a model finds one choice as the reply."""

    log_likelihood: float
    """Natural logarithm, summed over the tokens of the choice; at most 0."""
    tokens: int
    bytes: int
    """Length of the choice in UTF-8."""
