"""What a pack of blind comparisons is: what people see, and what only the organiser knows."""

import hmac
from dataclasses import asdict, dataclass
from typing import Literal

from commonhold.digests import canonical_json, digest_of

Letter = Literal["A", "B"]
Verdict = Literal["A", "B", "both_good", "both_bad", "cannot_judge"]
VERDICTS: tuple[Verdict, ...] = ("A", "B", "both_good", "both_bad", "cannot_judge")
ID_DIGITS = 15
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class PackQuestion:
    """One message with two replies, as people see it."""

    id: str
    """`q07`; says nothing about the item."""
    prompt: str
    a: str
    b: str
    language: str


@dataclass(frozen=True, slots=True)
class Pack:
    """All that people see, and the seal of what they do not."""

    title: str
    """Above the page; empty for the page's own words."""
    page_language: str
    """In which the page starts; people can change it."""
    asks_right: bool
    """Whether people also say of each reply if it is right."""
    questions: tuple[PackQuestion, ...]
    seal: str
    """HMAC-SHA-256 of the key's content under the key's secret: the sides cannot be exchanged afterwards unseen."""

    @property
    def id(self) -> str:
        """Digits that change with anything people see, and with the sides."""
        # The letter keeps spreadsheet programs from reading digits, or 12e34, as a number.
        return f"p{digest_of(asdict(self))[:ID_DIGITS]}"


@dataclass(frozen=True, slots=True)
class SealedQuestion:
    """What a question is really about."""

    id: str
    task: str
    item_id: str
    tuned: Letter
    """The side on which the tuned model's reply is shown."""
    repeats: str
    """The question that this one asks again with sides exchanged; empty for a first time."""
    language: str
    group: str
    cluster: str
    base_score: float
    """What the task's scorer gave, in [0, 1]."""
    tuned_score: float

    @property
    def item(self) -> str:
        """The item with its task: one item is in a pack once, or twice with sides exchanged."""
        return f"{self.task}/{self.item_id}"

    @property
    def hangs_with(self) -> str:
        """What the question is one judgement about: the item's cluster, or else the item."""
        return f"{self.task}/cluster/{self.cluster}" if self.cluster else self.item


@dataclass(frozen=True, slots=True)
class SealedTask:
    """What a task's scorer found on all of its items, not only on those that people are asked about."""

    name: str
    title: str
    scorer: str
    items: int
    clusters: int
    """Items in one cluster count as one."""
    base_right: int
    """Items whose score is at least a half."""
    tuned_right: int


@dataclass(frozen=True, slots=True)
class PackKey:
    """The sealed side of a pack; whoever has it knows which reply is whose."""

    secret: bytes
    """Draws sides, order and repeats, and makes the seal; random for each pack."""
    scores: str
    """SHA-256 of the evaluation's scores.jsonl."""
    questions: tuple[SealedQuestion, ...]
    tasks: tuple[SealedTask, ...]

    @property
    def content(self) -> dict[str, object]:
        """Everything but the secret, as plain data."""
        return {
            "scores": self.scores,
            "questions": [asdict(question) for question in self.questions],
            "tasks": [asdict(task) for task in self.tasks],
        }

    @property
    def seal(self) -> str:
        """What the pack carries of it.

        Keyed, since there are few ways to lay out the sides of a short pack: a plain digest could be found by trying.
        """
        return hmac.digest(self.secret, canonical_json(self.content), "sha256").hex()
