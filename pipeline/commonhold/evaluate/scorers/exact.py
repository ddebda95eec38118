"""Right when the answer is the reference, letter for letter as a reader sees it."""

from collections.abc import Iterator
from typing import ClassVar

from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.matching import fold
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint

FINAL_PUNCTUATION = " .!?,;:。、।؟۔"


@SCORERS.register("exact/1")
class Exact:
    """Equal after folding and without punctuation at the end."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset({"answer"})

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """The answer is missing, or is punctuation only and would equal an empty reply."""
        if not _normalised(item.answer):
            yield Complaint("answer", "the answer is empty", "Write the reply that is right")

    def expected(self, item: Item) -> str:
        """The reference."""
        return item.answer

    def score(self, item: Item, output: str) -> float:
        """1 when equal."""
        return float(_normalised(output) == _normalised(item.answer))


def _normalised(text: str) -> str:
    return fold(text).rstrip(FINAL_PUNCTUATION)
