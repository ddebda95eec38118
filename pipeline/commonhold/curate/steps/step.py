"""What a curation step is: what it says of itself, what it is made of, and what it decides."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.evaluation_overlap import Boilerplate
from commonhold.curate.dedup.ragged import Places
from commonhold.curate.engine.executor import Executor
from commonhold.curate.engine.plan import Plan
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.engine.survey import Survey
from commonhold.curate.privacy.sealed_map import MapEntry
from commonhold.curate.rows.record import Record
from commonhold.forms import Form
from commonhold.records.example import Action, Split
from commonhold.registry import Registry

OwnForm = TypeVar("OwnForm", bound=Form)
PerRecordStage = Literal["permission", "cleaning", "quality"]
CrossRecordStage = Literal["copies", "balance", "split"]
STAGES = (*get_args(PerRecordStage), *get_args(CrossRecordStage))
"""In their order: whether a row may be used at all, before anything reads its text; texts put right and masked, before
anything judges or compares them; texts worth learning from; copies, so that nobody is counted for a row that another
row repeats; caps and samples; splits, of what is left in the end."""
REASON = re.compile(r"[a-z][a-z0-9_]*")


class Decision(NamedTuple):
    """What a step decided about one record, and why."""

    item: int
    """Number of the record: among those that a per-record step was given, or in the table of all of them."""
    action: Action
    """`flag`: a person should look; the record continues as it is."""
    reason: str
    """A stable snake_case word; counted in the report."""
    detail: str = ""
    """For people; never the personal data itself."""


class StepResult(NamedTuple):
    """What a per-record step did with the records it was given."""

    kept: Sequence[Record]
    """In the order they came."""
    decisions: Sequence[Decision] = ()
    """On every record that it changed, flagged or dropped: one for each, in the order they came."""
    counts: Mapping[str, int] = {}
    """What the step counted besides records: masked e-mail addresses, for one."""
    masked: Sequence[MapEntry] = ()
    """What was masked, to be sealed for the stewards at once and written nowhere else."""


Step = Callable[[Sequence[Record]], StepResult]
"""Records come in batches of any size and order, and what a step makes of one depends on it and the settings alone."""
WordCounts = Callable[[Sequence[str]], Places]
"""How many words texts have."""
Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Makes a vector of each text, `(texts, width)`."""


@dataclass(frozen=True, slots=True)
class StepInputs:
    """All that a per-record step may ask for."""

    plan: Plan
    """Recipe and datasheet."""
    survey: Survey
    """What the first look at all the texts found."""
    word_counts: WordCounts | None = None
    """Remembers the texts of a shard whose words were counted already."""
    own_settings: Form | None = None

    def own(self, form: type[OwnForm]) -> OwnForm:
        """What the recipe says for this step, as the form that the step registered for it."""
        if not isinstance(self.own_settings, form):
            raise TypeError(f"the step registered another form than {form.__name__} for its settings")
        return self.own_settings


@dataclass(frozen=True, slots=True)
class CrossRecordInputs:
    """All that a cross-record step may ask for."""

    table: RecordTable
    """All records in columns of numbers; those that are still in are `table.items`."""
    plan: Plan
    executor: Executor
    work: Path
    """A folder of the step's own, for parts that are done once."""
    embed: Embed | None = None


@dataclass(frozen=True, slots=True)
class Splits:
    """Where every item goes."""

    split: Sequence[Split]
    """Of every item; those that are out are in train."""
    cluster: Places
    """The least item of the group that each stays together with."""
    people_apart: bool
    """Whether no contributor's records are in two splits."""


@dataclass(frozen=True, slots=True)
class CrossRecordStepResult:
    """What a cross-record step decided."""

    decisions: Sequence[Decision] = ()
    """In the order of the items, at most one for each."""
    warnings: Sequence[str] = ()
    shared_phrases: Sequence[Boilerplate] = ()
    """Phrases that many records and several questions have in common, and that therefore count as no leak."""
    splits: Splits | None = None


class Place(NamedTuple):
    """Where a step is in the order of all of them."""

    stage: PerRecordStage | CrossRecordStage
    number: int
    """Within the stage; equal numbers go by the name."""
    why: str
    """Why it is there."""

    @property
    def order(self) -> tuple[int, int]:
        """To sort by."""
        return STAGES.index(self.stage), self.number


@dataclass(frozen=True, slots=True)
class Reason:
    """The words for one reason; without them, the report has its name."""

    label: str = ""
    one: str = ""
    """After "1 is not used, because"."""
    many: str = ""
    """After "2 are not used, because"."""
    help: str = ""
    """What would let such a row in; empty when nothing needs to be done."""
    note: str = ""
    """After "In 2 rows,": what was changed or noted."""
    remedy: str = ""
    """What to do when it took the last rows."""
    review: bool = False
    """Whether a person should look at what was changed; what is flagged is always listed for that."""
    masks: bool = False
    """Whether personal data was masked."""


@dataclass(frozen=True, slots=True)
class PerRecordStep:
    """A step that looks at one record at a time, as it is registered."""

    make: Callable[[StepInputs], Step]
    place: Place
    reasons: Mapping[str, Reason]
    """All that it gives."""
    question: str = ""
    """What it asks of every row; empty for one that leaves none out."""
    used: Callable[[Plan], bool] = lambda _plan: True
    """Whether it is part of a run."""
    idle: Callable[[Plan], bool] = lambda _plan: False
    """Whether it leaves no row out as it was asked."""
    settings: type[Form] = Form
    """What a recipe may say for it, when it is named there."""
    tidies: bool = False
    """Whether what it changes says the same, so that a rephrased record may go through it."""


@dataclass(frozen=True, slots=True)
class CrossRecordStep:
    """A step that compares records with each other, as it is registered."""

    run: Callable[[CrossRecordInputs], CrossRecordStepResult]
    place: Place
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    question: str = ""
    used: Callable[[Plan], bool] = lambda _plan: True
    idle: Callable[[Plan], bool] = lambda _plan: False
    draws: str = ""
    """The purpose for which it draws records, in an order that the seed decides; empty for none."""


def _refuse(
    name: str, step: PerRecordStep | CrossRecordStep, others: Mapping[str, PerRecordStep | CrossRecordStep]
) -> str:
    """Why a step of another package is not taken."""
    if not isinstance(step, PerRecordStep):
        return "a package can add steps that look at one record at a time, and no others"
    if step.place.stage not in get_args(PerRecordStage):
        return f"its stage is one of {', '.join(get_args(PerRecordStage))}, got {step.place.stage!r}"
    if not issubclass(step.settings, Form):
        return "its settings are no class below Form"
    for reason, words in step.reasons.items():
        if not REASON.fullmatch(reason):
            return f"a reason is one word in small letters with underscores, got {reason!r}"
        clashing = (
            other for other in others if other != name and others[other].reasons.get(reason) not in (None, words)
        )
        if other := next(clashing, None):
            return f"its reason {reason!r} is one of {other} with other words; call it otherwise"
    return ""


STEPS: Registry[PerRecordStep | CrossRecordStep] = Registry(
    "curation step", home="commonhold.curate.steps", group="commonhold.steps", refuse=_refuse
)


def keep_all(records: Sequence[Record]) -> StepResult:
    """The step that does nothing."""
    return StepResult(records)


def sift(records: Sequence[Record], refusal: Callable[[Record], tuple[str, str] | None]) -> StepResult:
    """Drops every record for which `refusal` names a reason and a detail."""
    refused = enumerate(map(refusal, records))
    return dropped(records, {item: why for item, why in refused if why is not None})


def dropped(records: Sequence[Record], refusals: Mapping[int, tuple[str, str]]) -> StepResult:
    """Drops the records with these numbers, each with a reason and a detail."""
    if not refusals:
        return StepResult(records)
    decisions = [Decision(item, "drop", *refusals[item]) for item in sorted(refusals)]
    return StepResult([record for item, record in enumerate(records) if item not in refusals], decisions)
