"""Evaluation's product: scores per item, results per task, gates."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Verdict = Literal["pass", "fail", "inconclusive"]


class Interval(NamedTuple):
    """A confidence interval, 95 % unless said otherwise."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """How the base and the tuned model did on one item."""

    task: str
    item_id: str
    base: float
    """In [0, 1]; 1 is right."""
    tuned: float
    base_output: str
    tuned_output: str
    prompt: str
    expected: str
    language: str
    group: str
    cluster: str


@dataclass(frozen=True, slots=True)
class Slice:
    """One task, or one language or group of it, base against tuned on the same items."""

    name: str
    """`all`, `language=es`, `group=water`."""
    items: int
    base: float
    """Mean score in [0, 1]."""
    tuned: float
    base_interval: Interval
    tuned_interval: Interval
    difference: float
    """tuned − base."""
    difference_interval: Interval
    wins: int
    """Items the tuned model gets right and the base does not."""
    losses: int


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One task: the whole of it first, then its slices."""

    task: str
    title: str
    scorer: str
    overall: Slice
    slices: tuple[Slice, ...]
    contaminated: int
    """Items that stand in the training rows, exactly or nearly."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition for publication, with what was seen."""

    name: str
    verdict: Verdict
    reason: str
    """One plain sentence with the figures."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that evaluation found."""

    results: tuple[TaskResult, ...]
    gates: tuple[Gate, ...] = field(default=())
