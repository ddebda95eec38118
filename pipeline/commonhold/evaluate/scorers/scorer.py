"""What a scorer is, and where scorers are known by name and version."""

from collections.abc import Iterator
from typing import ClassVar, NamedTuple, Protocol

from commonhold.evaluate.item import Item, Kind
from commonhold.registry import Registry


class Complaint(NamedTuple):
    """Why an item cannot be scored."""

    column: str
    message: str
    remedy: str


class Scorer(Protocol):
    """Judges one answer to one item; deterministic, and without a model of its own."""

    kind: ClassVar[Kind]
    columns: ClassVar[frozenset[str]]
    """Columns of items.csv that it judges by."""

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """What the item lacks."""
        ...

    def expected(self, item: Item) -> str:
        """The right answer in words, for the report."""
        ...

    def score(self, item: Item, output: str) -> float:
        """In [0, 1]; 1 is right. In multiple choice `output` is the chosen text."""
        ...


SCORERS: Registry[type[Scorer]] = Registry("scorer")
