"""Evaluation's product: scores per item, results per task, gates."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

from commonhold.typed_json import read_dataclass, write_dataclass

RESULTS = "results.json"
"""Its name in the folder of an evaluation, and in a bundle's `evaluation`."""
REMEDY = (
    "Another version of commonhold wrote them, or they were changed; in a workspace they are made again with: "
    "commonhold train RECIPE --force evaluate"
)
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
    region: str = ""
    severity: str = ""
    """How bad a wrong answer would be, in the community's words."""
    weight: float = 1.0
    """How many items it stands for."""
    base_probability: float | None = None
    """Which the base gave the answer it chose, in [0, 1]; None where it wrote its answer."""
    tuned_probability: float | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """One task, or one language, region, group or severity of it, base against tuned on the same items."""

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
    effective_n: float | None = None
    """How many items that are independent and weigh the same would tell as much; None in files of earlier versions."""
    failures: int | None = None
    """Items that the tuned model does not get wholly right."""
    p: float | None = None
    """How often chance alone would set the two sides at least this far apart."""
    p_adjusted: float | None = None
    """The same after Holm, over all the slices of the task that are large enough to judge; None for the others."""
    detectable: float | None = None
    """The smallest true difference that so many items would show four times in five."""


@dataclass(frozen=True, slots=True)
class CorpusScore:
    """A score of all the answers together, such as BLEU, which is no mean of items."""

    base: float
    """In [0, 1]."""
    tuned: float
    difference: float
    base_interval: Interval | None
    """By bootstrap over clusters; None below 50 of them, where it does not hold."""
    tuned_interval: Interval | None
    difference_interval: Interval | None


@dataclass(frozen=True, slots=True)
class Sureness:
    """Answers about which a model was about equally sure."""

    items: int
    confidence: float
    """Mean probability that the model gave its answers."""
    right: float
    """Share of them that was right."""
    interval: Interval


@dataclass(frozen=True, slots=True)
class Abstention:
    """What it comes to when a model answers only where it is sure enough, and a person answers the rest."""

    threshold: float
    """Least probability of the answer."""
    answered: float
    """Share of the questions that it then answers."""
    right: float
    """Share of these answers that is right."""
    interval: Interval


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether one model knows what it knows."""

    items: int
    brier: float
    """Mean square of probability minus outcome; 0 is perfect, 0.25 is what saying one half always gets."""
    ece: float | None
    """Expected calibration error over ten bins of equal size; None below 300 items, where it is mostly noise."""
    bins: tuple[Sureness, ...]
    abstention: tuple[Abstention, ...]
    """From answering everything to answering little."""


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
    corpus: CorpusScore | None = None
    base_calibration: Calibration | None = None
    """None where the answers have no probabilities."""
    tuned_calibration: Calibration | None = None


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


@dataclass(frozen=True, slots=True)
class Rescored:
    """One task asked again of a file of weights: the same items beside what was evaluated."""

    task: str
    whole: Slice
    """`base` is what was evaluated, `tuned` the file."""
    same_answers: int
    """Items that both answer with the same words."""
    margin: float
    """By how much the file may be worse, in [0, 1]."""


def write_evaluation(folder: Path, evaluation: Evaluation) -> None:
    """Writes results, gates and probes; the scores of the items stand in a file of their own."""
    write_dataclass(folder / RESULTS, evaluation)


def read_evaluation(folder: Path) -> Evaluation:
    """The results, gates and probes in a folder of an evaluation, or of a bundle's.

    Raises:
        DigestError: the file is not of that form.
    """
    return read_dataclass(Evaluation, folder / RESULTS, "results of an evaluation as this version reads them", REMEDY)
