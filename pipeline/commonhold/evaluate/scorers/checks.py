"""Right when everything that a row asks for holds: several kinds of checks in one table."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.scorers.exact import Exact
from commonhold.evaluate.scorers.include import Include
from commonhold.evaluate.scorers.json_reply import JsonSchema
from commonhold.evaluate.scorers.pattern import Pattern
from commonhold.evaluate.scorers.refusal import RefusalScorer
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer, references


@SCORERS.register("checks/1")
class Checks(Scorer):
    """All that the row has filled in holds: phrases, patterns, JSON, refusal, and the `answer` if there is one."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset(
        {"answer", "must_include", "must_not_include", "regex", "json_schema", "refuse"}
    )
    follows: ClassVar[str] = (
        "Each column as its own scorer judges it: include/1, regex/1, json_schema/1, refusal/1, exact/1."
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """Nothing is asked for, or something that its own scorer would not take."""
        parts = list(_parts(item))
        if not parts and not item.answer:
            remedy = f"Fill in one of: {', '.join(sorted(self.columns))}"
            yield Complaint("must_include", "the row says nothing of what is right", remedy)
        for scorer in parts:
            yield from scorer.complaints(replace(item, answer=""))
        if item.answer and not all(map(str.strip, references(item))):
            yield Complaint("answer", "an answer is empty", "Remove the | that has nothing on one side")

    def expected(self, item: Item) -> str:
        """All of it."""
        parts = [scorer.expected(item) for scorer in _parts(item)]
        return "; ".join([*([" or ".join(references(item))] if item.answer else []), *parts])

    def score(self, item: Item, output: str) -> float:
        """1 when all of it holds."""
        exact = Exact()
        fits = not item.answer or any(exact.score(replace(item, answer=text), output) for text in references(item))
        return float(fits and all(scorer.score(item, output) for scorer in _parts(item)))

    def right_reply(self, item: Item) -> str:
        """The answer, or the phrases, if that is enough."""
        reply = item.answer.split("|")[0].strip() or "\n".join(item.must_include)
        return reply if reply and self.score(item, reply) else ""


def _parts(item: Item) -> Iterator[Scorer]:
    if item.must_include or item.must_not_include:
        yield Include()
    if item.regex:
        yield Pattern()
    if item.json_schema:
        yield JsonSchema()
    if item.refuse is not None:
        yield RefusalScorer()
