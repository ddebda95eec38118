"""One question with what is needed to judge the answer."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["generate", "multiple_choice"]
LETTERS = "abcdef"


@dataclass(frozen=True, slots=True)
class Item:
    """One row of items.csv; what a column does not give is empty."""

    id: str
    prompt: str
    answer: str = ""
    """The reference text; in multiple choice a letter, `a` to `f`."""
    choices: tuple[str, ...] = ()
    must_include: tuple[str, ...] = ()
    must_not_include: tuple[str, ...] = ()
    refuse: bool | None = None
    language: str = ""
    region: str = ""
    group: str = ""
    cluster: str = ""
    """Items that hang together, such as those of one writer, share it."""
    source: str = ""
    severity: str = ""
    """How bad a wrong answer would be, in the community's words."""
    weight: float = 1.0
    """How many items it stands for."""
