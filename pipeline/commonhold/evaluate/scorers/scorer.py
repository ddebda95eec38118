"""What a scorer is, and where scorers are known by name and version."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple, Protocol, get_args

from commonhold.evaluate.columns import COLUMNS
from commonhold.evaluate.item import Item, Kind
from commonhold.records.answer import ChoiceScore
from commonhold.registry import Registry


class Complaint(NamedTuple):
    """Why an item cannot be scored."""

    column: str
    message: str
    remedy: str


class FirstTask(NamedTuple):
    """A table to begin with, whose rows are there to be replaced."""

    columns: Sequence[str]
    """Besides those that go with every scorer."""
    rows: Sequence[Sequence[str]]
    """Two, each a message and then a cell for each column; a right reply scores 1."""


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

    first_task: ClassVar[FirstTask | None] = None
    """What `commonhold eval new` writes for it; absent for none."""

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
        """The replies whose likelihoods are needed; none where the model writes a reply."""
        return item.choices

    def output(self, item: Item, scores: Sequence[ChoiceScore]) -> str:  # noqa: ARG002 - most scorers have replies
        """What is taken as the reply once the candidates' likelihoods are known."""
        return ""

    def right_reply(self, item: Item) -> str:
        """A reply that scores 1, to show; empty when none can be made of the columns."""
        return item.answer.split("|")[0].strip()


def _refuse(name: str, scorer: type[Scorer], _others: Mapping[str, type[Scorer]]) -> str:  # noqa: ARG001 - a refusal
    """Why a scorer of another package is not taken."""
    if not (isinstance(scorer, type) and Scorer in scorer.__mro__):
        return "it is no class below Scorer"
    if missing := [part for part in PARTS if getattr(scorer, part, None) is getattr(Scorer, part, None)]:
        return f"it has no {' and no '.join(missing)}"
    if scorer.kind not in get_args(Kind):
        return f"its kind is one of {', '.join(get_args(Kind))}, got {scorer.kind!r}"
    if unknown := sorted(set(scorer.columns) - set(COLUMNS)):
        return f"tasks have no column {', '.join(unknown)}"
    return ""


PARTS = ("kind", "columns", "complaints", "expected", "score")
"""What a scorer cannot inherit from `Scorer`."""
SCORERS: Registry[type[Scorer]] = Registry(
    "scorer", home="commonhold.evaluate.scorers", group="commonhold.scorers", refuse=_refuse
)


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
