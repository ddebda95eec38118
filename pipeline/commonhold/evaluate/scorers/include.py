"""Right when the answer has everything it must have and nothing it must not."""

from collections.abc import Iterator
from typing import ClassVar

from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.matching import contains, fold
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer


@SCORERS.register("include/1")
class Include(Scorer):
    """Every phrase of `must_include` stands in the reply as whole words, and none of `must_not_include`."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset({"must_include", "must_not_include"})
    follows: ClassVar[str] = "Capitals, kinds of quotes and order mean nothing; `ext. 20` is not in `ext. 204`."

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """There is nothing to look for, or one phrase is wanted and unwanted at once."""
        if not item.must_include and not item.must_not_include:
            remedy = "Write what a right reply contains, several values separated by |"
            yield Complaint("must_include", "must_include and must_not_include are both empty", remedy)
        for phrase in item.must_include:
            if any(contains(phrase, unwanted) for unwanted in item.must_not_include):
                message = f"{phrase!r} contains what must not be there, so no reply can be right"
                yield Complaint("must_not_include", message, "Take it out of one of the two columns")
        for column, phrases in (("must_include", item.must_include), ("must_not_include", item.must_not_include)):
            if not all(map(fold, phrases)):
                yield Complaint(column, "a value is empty", "Remove the | that has nothing on one side")

    def expected(self, item: Item) -> str:
        """The phrases."""
        included = " + ".join(item.must_include)
        excluded = "not: " + ", ".join(item.must_not_include) if item.must_not_include else ""
        return "; ".join(part for part in (included, excluded) if part)

    def score(self, item: Item, output: str) -> float:
        """1 when all wanted phrases are there and no unwanted one is."""
        all_included = all(contains(output, phrase) for phrase in item.must_include)
        return float(all_included and not any(contains(output, phrase) for phrase in item.must_not_include))

    def right_reply(self, item: Item) -> str:
        """The phrases; what is only unwanted has no example."""
        return "\n".join(item.must_include)
