"""Right when the answer is the reference, letter for letter as a reader sees it."""

from collections.abc import Iterator
from typing import ClassVar

from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.matching import fold
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer

FINAL_PUNCTUATION = " .!?,;:。、।؟۔"


@SCORERS.register("exact/1")
class Exact(Scorer):
    """The reply is the `answer`; capitals, white space and punctuation at the end aside."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset({"answer"})
    follows: ClassVar[str] = "`|` has no meaning here: it is part of the answer."

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """The answer is missing, or is punctuation only and would equal an empty reply."""
        if not normalised(item.answer):
            yield Complaint("answer", "the answer is empty", "Write the reply that is right")

    def expected(self, item: Item) -> str:
        """The reference."""
        return item.answer

    def score(self, item: Item, output: str) -> float:
        """1 when equal."""
        return float(normalised(output) == normalised(item.answer))

    def right_reply(self, item: Item) -> str:
        """The reference."""
        return item.answer


def normalised(text: str) -> str:
    """Folded, and without punctuation at the end."""
    return fold(text).rstrip(FINAL_PUNCTUATION)
