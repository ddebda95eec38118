"""begins/1: the first word counts."""

import re
from collections.abc import Iterator

from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, FirstTask, Scorer, references


@SCORERS.register("begins/1")
class Begins(Scorer):
    """The reply begins with `answer`, or one of several separated by `|`; capitals and white space aside."""

    kind = "generate"
    columns = frozenset({"answer"})
    first_task = FirstTask(
        ("answer",),
        (
            ("Which desk mends potholes? Begin with its name.", "Streets"),
            ("Is the desk open today? Begin with yes or no.", "yes|open"),
        ),
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """An empty answer, with which every reply begins."""
        if not all(references(item)):
            yield Complaint("answer", "an answer is empty", "Write the words with which a right reply begins")

    def expected(self, item: Item) -> str:
        """The right beginnings."""
        return " or ".join(references(item))

    def score(self, item: Item, output: str) -> float:
        """1 for a reply that begins so, else 0."""
        said = _plain(output)
        return float(any(re.match(rf"{re.escape(_plain(each))}(?!\w)", said) for each in references(item)))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
