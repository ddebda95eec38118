"""The structure of record.json, version 1: what went into a model and what came out, with every gap named."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from commonhold.forms import Form

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,62}$")]
Repository = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$")]
Time = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Count = Annotated[int, Field(ge=0)]


class Part(Form):
    """A part of the record; the string under each field is its description in the schema."""

    model_config = ConfigDict(allow_inf_nan=False, use_attribute_docstrings=True)


class FileRef(Part):
    """A file of the bundle."""

    path: str
    """Relative to the bundle, with forward slashes."""
    sha256: Sha256
    """Digest of its bytes."""
    bytes: Count
    """Its size."""


class Identity(Part):
    """Which model this is."""

    name: ModelName
    """Name in the registry."""
    licence: str
    """SPDX identifier of the adapter's licence."""
    created: Time
    """When it was published, in UTC, as the publisher says."""


class Oversight(Part):
    """What the model is for and who answers for it, in the community's words."""

    purpose: str
    """The need that it serves."""
    intended_use: str
    """Who uses it, how, and who looks over its shoulder."""
    out_of_scope: tuple[str, ...]
    """Uses that the community does not want."""
    contact: str
    """Where a person objects, corrects or asks for removal."""
    stewards: tuple[str, ...]
    """Roles or bodies that decide on publication."""


class RecipePart(Part):
    """What was asked for."""

    name: str
    """Name of the recipe."""
    source: FileRef
    """The file a person wrote."""
    resolved: FileRef
    """The same with every default filled in and the overrides applied: what was run."""
    overrides: tuple[str, ...]
    """Settings changed on the command line."""
    system_prompt: str
    """Instruction put before every message; empty for none."""


class Code(Part):
    """Which code ran."""

    version: str
    """Of commonhold."""
    source_sha256: Sha256
    """Digest over the package's Python files."""
    commit: str | None
    """Git commit."""
    dirty: bool | None
    """Whether the code differs from the commit."""


class Environment(Part):
    """Which Python and packages ran it."""

    python: str
    """Implementation and version."""
    operating_system: str
    """Name, release and architecture."""
    packages: dict[str, str]
    """Version by name, of those that can change a figure."""
    packages_sha256: Sha256
    """Digest over the names and versions of everything installed."""
    variables: dict[str, str]
    """Environment variables that can change a figure."""


class Hardware(Part):
    """Where it ran."""

    processor: str
    """Model of the processor."""
    instructions: str | None
    """The instruction set that the arithmetic used; equal figures are expected on equal sets only."""
    threads: int
    """Threads that the process could use."""
    memory_bytes: Count
    """Memory of the machine."""
    gpus: tuple[str, ...]
    """Graphics cards in the machine, used or not."""
    gpu_driver: str | None
    """Version of their driver."""
    device: str
    """What training ran on."""
    precision: str
    """Number format of the arithmetic."""


class BasePart(Part):
    """The open model that was adapted."""

    id: Repository
    """Name in the catalog."""
    title: str
    """Name for people."""
    revision: str
    """Commit or package version; never a moving name."""
    licence: str
    """SPDX identifier, or the catalog's word for a licence that has none."""
    origin: str
    """Where the weights come from."""
    repository: Repository | None
    """`owner/name` on the Hugging Face hub."""
    openness: Literal["A", "B", "C"] | None
    """`A` weights, code and training data can be had; `B` data partly; `C` weights only."""
    quantisation: str
    """How the weights were stored while the adapter was trained."""
    files: dict[str, Sha256]
    """Digest by file name: weights, configuration, tokenizer, chat template."""
    sha256: Sha256
    """Digest over `files`."""


class Declared(Part):
    """What the community declares about its records."""

    title: str
    """Name of the collection."""
    description: str
    """What the records are."""
    licence: str
    """Of the records."""
    consent_basis: str
    """Why they may be learnt from."""
    contact: str
    """Where a contributor asks, corrects or objects."""
    withdrawal: str
    """How a contributor takes a row back."""
    collected_from: str
    """First day."""
    collected_to: str
    """Last day."""
    collected_by: str
    """How the records came together."""


class Source(Part):
    """One file of records."""

    file: str
    """Path in the datasheet."""
    sha256: Sha256 | None
    """Digest of its bytes; the file itself is not in the bundle."""
    records_in: Count
    """Rows read."""
    kept: Count
    """Rows used."""


class Step(Part):
    """What one step of curation did."""

    step: str
    """Registered name with version."""
    records_in: Count
    """Records that reached it."""
    changed: dict[str, int]
    """Records changed, by reason."""
    dropped: dict[str, int]
    """Records left out, by reason."""
    kept: Count
    """Records passed on."""


class DataPart(Part):
    """What it learnt from."""

    declared: Declared
    """The community's datasheet."""
    sources: tuple[Source, ...]
    """The files of records, all under the licence and consent above."""
    records_in: Count
    """Rows of all files."""
    kept: Count
    """Rows used."""
    dropped_by_reason: dict[str, int]
    """Rows left out."""
    splits: dict[str, int]
    """Rows used to learn, to choose the best version, and kept aside."""
    contributors: Count
    """People who gave the used rows, as far as the files name them."""
    languages: dict[str, int]
    """Used rows by declared language; the empty tag for undeclared."""
    redactions: dict[str, int]
    """Pieces of personal data masked, by kind."""
    redacted_records: Count
    """Rows in which something was masked."""
    steps: tuple[Step, ...]
    """Curation in order."""
    warnings: tuple[str, ...]
    """What curation wants a reader to look at."""
    datasheet: FileRef
    """The community's file."""
    summary: FileRef
    """All the counts."""
    report: FileRef
    """The report that went back to the contributors."""


class Training(Part):
    """How the adapter was trained."""

    settings: dict[str, Any]
    """The recipe's section `train`, every default filled in."""
    seeds: dict[str, int]
    """Seed by purpose."""
    examples: Count
    """Examples learnt from."""
    too_long: Count
    """Examples left out because they are too long."""
    steps: Count
    """Steps of the optimiser."""
    tokens: Count
    """Tokens of all the epochs."""
    trained_parameters: Count
    """Numbers in the adapter."""
    first_loss: float
    """Nats a token at the first step."""
    last_loss: float
    """Nats a token at the last step."""
    best_step: Count
    """Step of the checkpoint that was kept."""
    eval_loss: float
    """Validation loss of that checkpoint."""
    summary: FileRef
    """All the figures."""
    log: FileRef
    """Loss and learning rate, step by step."""


class Resources(Part):
    """What training cost."""

    seconds: float
    """Of the last training process."""
    whole_run: bool
    """False when training was resumed: then `seconds` and `energy_kwh` are of the last part only."""
    peak_memory_bytes: Count
    """Most memory in use."""
    energy_kwh: float
    """Electricity, without screen, disk and cooling."""
    energy_method: str
    """How that was found; says whether it was measured or estimated."""
    co2_grams: float | None
    """Emissions of that electricity."""


class Adapter(Part):
    """What training made."""

    tensors_sha256: Sha256
    """Digest of the tensors by name, type, shape and bytes, whatever their order in the file."""
    files: tuple[FileRef, ...]
    """The adapter's files."""


class Equivalence(Part):
    """How near the merged model is to base and adapter side by side."""

    kl: float
    """Mean Kullback-Leibler divergence, in nats a token."""
    top1: Share
    """Share of the positions where both find the same token likeliest."""
    positions: Count
    """Positions compared."""


class Merged(Part):
    """The whole model with the adapter merged in."""

    merged_from: str | None
    """Which weights the adapter was merged into."""
    equivalence: Equivalence | None
    """Compared with base and adapter side by side."""
    files: tuple[FileRef, ...]
    """The model's files."""


class Outputs(Part):
    """What came out."""

    adapter: Adapter
    """The small matrices beside the base."""
    merged: Merged | None
    """The whole model."""


class Figure(Part):
    """A mean score, or a difference of two, with its 95 % interval."""

    value: float
    """The mean."""
    low: float
    """Lower end."""
    high: float
    """Upper end."""


class Group(Part):
    """One language or group of a task."""

    name: str
    """`language=es`, `group=water`."""
    items: Count
    """How many items."""
    base: Figure
    """Mean score of the base."""
    tuned: Figure
    """Mean score of the tuned model."""
    difference: Figure
    """tuned − base, on the same items."""


class TaskPart(Part):
    """How base and tuned model did on one task."""

    task: str
    """Its name."""
    title: str
    """Its name for people."""
    scorer: str
    """How answers are judged, registered name with version."""
    items: Count
    """How many items."""
    base: Figure
    """Mean score of the base, in [0, 1]."""
    tuned: Figure
    """Mean score of the tuned model."""
    difference: Figure
    """tuned − base, on the same items."""
    wins: Count
    """Items that only the tuned model gets right."""
    losses: Count
    """Items that only the base gets right."""
    contaminated: Count
    """Items that stand in the training rows."""
    worst: Group | None
    """The language or group of 20 items or more that the tuned model serves worst against the whole task."""


class GatePart(Part):
    """One condition for publication."""

    name: str
    """Task and condition."""
    verdict: Literal["pass", "fail", "inconclusive"]
    """What came of it."""
    reason: str
    """The figures, in a sentence."""


class EvaluationPart(Part):
    """How good it is."""

    tasks: tuple[TaskPart, ...]
    """The tasks of the community."""
    gates: tuple[GatePart, ...]
    """The conditions for publication."""
    results: FileRef
    """All the figures."""
    report_html: FileRef
    """The report, with the items that were won and lost."""
    report_md: FileRef
    """The report, short."""


class Gap(Part):
    """Something that a reader would expect and does not find."""

    what: str
    """Dotted place in this record, or the name of what is missing."""
    reason: Literal["not_applicable", "withheld", "unknown", "not_yet_built"]
    """Why it is missing."""
    why: str
    """The same in a sentence."""


class Record(Part):
    """One model, from its data to its figures; everything another view of it may say."""

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
    environment: Environment
    """Which Python and packages ran it."""
    hardware: Hardware
    """Where it ran."""
    base: BasePart
    """What it started from."""
    data: DataPart
    """What it learnt from."""
    training: Training
    """How it was trained."""
    outputs: Outputs
    """What came out."""
    evaluation: EvaluationPart
    """How good it is."""
    resources: Resources
    """What it cost."""
    artifacts: dict[str, str]
    """Digest of what each stage made, by stage."""
    gaps: tuple[Gap, ...]
    """What is missing, and why; every `null` above has its line here."""

    @model_validator(mode="after")
    def _refuse_silent_gaps(self) -> Self:
        named = {gap.what for gap in self.gaps}
        # Settings of a recipe may be absent by themselves: `null` there is a value.
        plain = self.model_dump(exclude={"training": {"settings"}})
        silent = [place for place in _nulls(plain, "") if not named & set(_and_above(place))]
        if silent:
            raise ValueError(f"null without a reason among the gaps: {', '.join(silent)}")
        return self


def _nulls(value: Any, place: str) -> Iterator[str]:
    if value is None:
        yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    for key, each in inner:
        yield from _nulls(each, f"{place}.{key}" if place else str(key))


def _and_above(place: str) -> Iterator[str]:
    while place:
        yield place
        place = place.rpartition(".")[0]
