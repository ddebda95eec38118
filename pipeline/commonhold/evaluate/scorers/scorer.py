"""What a scorer is, and where scorers are known by name and version."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple, Protocol

from commonhold.evaluate.item import Item, Kind
from commonhold.records.answer import ChoiceScore
from commonhold.registry import Registry


class Complaint(NamedTuple):
    """Why an item cannot be scored."""

    column: str
    message: str
    remedy: str


class Scorer(Protocol):
    """Judges one answer to one item; deterministic, and without a model of its own.

    A scorer of a whole set of answers, such as BLEU, also has `corpus_score(items, outputs)`, in [0, 1].
    """

    kind: ClassVar[Kind]
    columns: ClassVar[frozenset[str]]
    """Columns of a task's table that it judges by."""
    graded: ClassVar[bool] = False
    """Whether there is something between right and wrong."""
    follows: ClassVar[str] = ""
    """The paper or program whose definition it keeps to, and where it differs."""

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """What the item lacks."""
        ...

    def expected(self, item: Item) -> str:
        """The right answer in words, for the report."""
        ...

    def score(self, item: Item, output: str) -> float:
        """In [0, 1]; 1 is right. `output` is the reply, or what `output` makes of likelihoods."""
        ...

    def message(self, item: Item) -> str:
        """What the model is asked."""
        return item.prompt

    def candidates(self, item: Item) -> tuple[str, ...]:
        """The replies of which the likelihoods are wanted; none where the model writes a reply."""
        return item.choices

    def output(self, item: Item, scores: Sequence[ChoiceScore]) -> str:  # noqa: ARG002 - most scorers have replies
        """What stands for a reply once the candidates' likelihoods are known."""
        return ""

    def right_reply(self, item: Item) -> str:
        """A reply that scores 1, to show; empty when none can be made of the columns."""
        return item.answer.split("|")[0].strip()


SCORERS: Registry[type[Scorer]] = Registry("scorer")


def references(item: Item) -> list[str]:
    """The right replies of an item, which `|` separates."""
    return [text.strip() for text in item.answer.split("|")]


def answer_complaints(scorer: Scorer, item: Item) -> Iterator[Complaint]:
    """No answer, or one that would not count as right if a model gave it."""
    if not item.answer:
        yield Complaint("answer", "the answer is empty", "Write the reply that is right")
        return
    for text in references(item):
        if not text:
            yield Complaint("answer", "an answer is empty", "Remove the | that has nothing on one side")
        elif scorer.score(item, text) < 1:
            message = f"nothing is left of {text!r} once case and punctuation are gone"
            yield Complaint("answer", message, "Write an answer with words, or take another scorer")
