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
    clean: Slice | None = None
    """The items that do not stand in the training rows; None when all of them are clean, or none is."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition for publication, with what was seen."""

    name: str
    verdict: Verdict
    reason: str
    """One plain sentence with the figures."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that was looked for; figures and a sentence, never a text of a row."""

    name: str
    """`continues_rows`, `knows_rows`, `personal_data` or `masked_values`."""
    title: str
    looked_at: int
    """Rows or generated texts."""
    found: int
    figure: float
    """Share found, in [0, 1]; for `knows_rows` how often a trained row is told from one that was not, 0.5 for never."""
    interval: Interval
    """95 %; when nothing was found, from 0 to the bound of the rule of three."""
    base: float | None
    """The same figure of the base model; absent where it is not taken."""
    held_out: float | None
    """The same figure over rows that were not trained on."""
    notable: bool
    """Whether a person should look before the model is published."""
    sentence: str
    """The finding in plain words."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that evaluation found."""

    results: tuple[TaskResult, ...]
    gates: tuple[Gate, ...] = field(default=())
    probes: tuple[Probe, ...] = field(default=())
    """What was found in the tuned model's memory."""
