"""The structure of record.json, version 1: what went into a model and what came out, with every gap named."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import JsonValue, WithJsonSchema, model_validator

from commonhold.publish.record_checks import ApprovalPolicy, Tolerances
from commonhold.publish.record_outputs import IntervalFigure, Outputs
from commonhold.publish.record_sources import (
    BasePart,
    Code,
    Count,
    DataPart,
    Digested,
    EnvironmentPart,
    FileRef,
    Hardware,
    Identity,
    Oversight,
    RecipePart,
    RecordPart,
    Sha256,
)

GapReason = Literal["not_applicable", "withheld", "unknown", "not_yet_built"]


class RecordTraining(RecordPart):
    """How the adapter was trained."""

    method: str
    """What is learnt from: `sft` replies, `kto` thumbs, `dpo` the better of two, `continued_pretraining` text."""
    settings: Annotated[dict[str, JsonValue], WithJsonSchema({"type": "object"})]
    """The recipe's section `train`, every default filled in."""
    seeds: dict[str, int]
    """Seed by purpose."""
    examples: Count
    """Examples learnt from."""
    too_long: Count
    """Examples left out because they are too long."""
    unsuited: Count
    """Examples that the method does not learn from."""
    steps: Count
    """Steps of the optimiser that were planned."""
    stopped_early_at: Count
    """Step after which early stopping ended it; 0 where all the steps were taken."""
    batch_size: Count
    """Rows that went through the model at once."""
    gradient_accumulation_steps: Count
    """Batches to a step."""
    threads: Count = 0
    """Of each process. In bf16 on a CPU another number gives other bits, so it is taken again; 0: not written down."""
    tokens: Count
    """Tokens of all the epochs."""
    labelled_tokens: Count
    """Those of them that were learnt from."""
    trained_parameters: Count
    """Numbers in the adapter."""
    first_loss: float
    """Nats a token at the first step."""
    last_loss: float
    """Nats a token at the last step."""
    best_step: Count
    """Step of the checkpoint that was kept."""
    eval_loss: float | None
    """Validation loss of that checkpoint; absent where no rows were held out for it, and it is the last one."""
    step_digests: dict[str, Sha256]
    """By step: digest over loss, gradient and learning rate of every step so far."""
    adapter_digests: dict[str, Sha256]
    """By step: digest of the adapter's tensors, so that a part can be repeated and compared."""
    summary: FileRef
    """All the figures."""
    log: FileRef
    """Loss and learning rate, step by step."""


class Resources(RecordPart):
    """What training cost."""

    seconds: float
    """Of training, over every process that worked on it."""
    whole_run: bool
    """False when its beginning was not measured: then `seconds` and `energy_kwh` are of the rest only."""
    peak_memory_bytes: Count
    """Peak memory."""
    energy_kwh: float
    """Electricity, without screen, disk and cooling."""
    energy_method: str
    """How that was found; says whether it was measured or estimated."""
    co2_grams: float | None
    """Emissions of that electricity."""


class RecordGroup(RecordPart):
    """One language or group of a task."""

    name: str
    """`language=es`, `group=water`."""
    items: Count
    """How many items."""
    base: IntervalFigure
    """Mean score of the base."""
    tuned: IntervalFigure
    """Mean score of the tuned model."""
    difference: IntervalFigure
    """tuned − base, on the same items."""


class TaskPart(RecordPart):
    """How base and tuned model did on one task."""

    task: str
    """Its name."""
    title: str
    """Its name for people."""
    scorer: str
    """How answers are judged, registered name with version."""
    items: Count
    """How many items."""
    base: IntervalFigure
    """Mean score of the base, in [0, 1]."""
    tuned: IntervalFigure
    """Mean score of the tuned model."""
    difference: IntervalFigure
    """tuned − base, on the same items."""
    wins: Count
    """Items that only the tuned model gets right."""
    losses: Count
    """Items that only the base gets right."""
    contaminated: Count
    """Items that stand in the training rows."""
    worst: RecordGroup | None
    """The language or group of 20 items or more that the tuned model serves worst against the whole task."""


class GatePart(RecordPart):
    """One condition for publication."""

    name: str
    """Task and condition."""
    verdict: Literal["pass", "fail", "inconclusive"]
    """What came of it."""
    reason: str
    """The figures, in a sentence."""


class EvaluationPart(RecordPart):
    """How good it is."""

    tasks: tuple[TaskPart, ...]
    """The tasks of the community."""
    gates: tuple[GatePart, ...]
    """The conditions for publication."""
    scores: Digested
    """The file with every answer to every item, which stays with the publisher."""
    results: FileRef
    """All the figures."""
    report_html: FileRef
    """The report, with the items that were won and lost."""
    report_md: FileRef
    """The report, short."""


class Gap(RecordPart):
    """Something that a reader would expect and does not find."""

    what: str
    """Dotted place in this record, or the name of what is missing."""
    reason: GapReason
    """Why it is missing."""
    why: str
    """The same in a sentence."""


class RecordParts(RecordPart):
    """A record that does not say yet what is missing."""

    record_version: Literal[1]
    """Version of this structure."""
    identity: Identity
    """Which model this is."""
    oversight: Oversight
    """What it is for and who answers for it."""
    recipe: RecipePart
    """What was asked for."""
    code: Code
    """Which code ran."""
    environment: EnvironmentPart
    """Which Python and packages ran it."""
    hardware: Hardware
    """Where it ran."""
    base: BasePart
    """What it started from."""
    data: DataPart
    """What it learnt from."""
    training: RecordTraining
    """How it was trained."""
    outputs: Outputs
    """What came out."""
    evaluation: EvaluationPart
    """How good it is."""
    resources: Resources
    """What it cost."""
    tolerances: Tolerances
    """How near a second making has to come."""
    approvals: ApprovalPolicy | None
    """Who has to agree before it is let out; what they signed came later and lies beside the bundle."""
    artifacts: dict[str, str]
    """Digest of what each stage made, by stage."""


class ModelRecord(RecordParts):
    """One model, from its data to its figures; everything another view of it may say."""

    gaps: tuple[Gap, ...]
    """What is missing, and why; every `null` above has its line here."""

    @model_validator(mode="after")
    def _refuse_silent_gaps(self) -> Self:
        named = {gap.what for gap in self.gaps}
        # Settings of a recipe may be absent by themselves: `null` there is a value.
        plain = self.model_dump(exclude={"training": {"settings"}})
        silent = [path for path in _nulls(plain, "") if not named & set(_and_above(path))]
        if silent:
            raise ValueError(f"null without a reason among the gaps: {', '.join(silent)}")
        return self


def _nulls(value: Any, path: str) -> Iterator[str]:
    if value is None:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    for key, each in inner:
        yield from _nulls(each, f"{path}.{key}" if path else str(key))


def _and_above(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]
