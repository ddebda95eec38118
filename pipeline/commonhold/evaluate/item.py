"""One question with what is needed to judge the answer."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["generate", "multiple_choice", "likelihood"]
LETTERS = "abcdef"
SEVERITIES = ("low", "medium", "high", "critical")


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a task's table; what a column does not give is empty."""

    id: str
    prompt: str
    answer: str = ""
    """The reference text, several right ones separated by `|`; in multiple choice a letter, `a` to `f`."""
    choices: tuple[str, ...] = ()
    must_include: tuple[str, ...] = ()
    must_not_include: tuple[str, ...] = ()
    regex: tuple[str, ...] = ()
    """Patterns that must be found; one that starts with `not:` must not."""
    json_schema: str = ""
    rubric: tuple[str, ...] = ()
    """What a person, or a judge that people check, looks for; a source is in square brackets at the end."""
    refuse: bool | None = None
    language: str = ""
    region: str = ""
    group: str = ""
    cluster: str = ""
    """Items that are clustered, such as those of one writer, share it."""
    source: str = ""
    severity: str = ""
    """How bad a wrong answer is: one of `SEVERITIES`."""
    weight: float = 1.0
    """How much the item counts in the mean, above 0. It makes no item worth more evidence: see `effective_items`."""


def effective_items(weights: tuple[float, ...]) -> float:
    """How many items of equal weight would be as sure as these (Kish 1965): (Σw)² / Σw².

    Ten items of weight 1 count as ten; make one of them weigh 10 and they count as 3.3.
    """
    return sum(weights) ** 2 / sum(weight**2 for weight in weights) if weights else 0.0
