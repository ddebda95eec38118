"""The parts of record.json that say what went into a model: people, recipe, code, machine, base and records."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from commonhold.forms import Form

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{1,62}$")]
Repository = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$")]
Time = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Count = Annotated[int, Field(ge=0)]


class RecordPart(Form):
    """A part of the record; the string under each field is what the reference page says of it."""

    model_config = ConfigDict(allow_inf_nan=False)


class FileRef(RecordPart):
    """A file of the bundle."""

    path: str
    """Relative to the bundle, with forward slashes."""
    sha256: Sha256
    """Digest of its bytes."""
    bytes: Count
    """Its size."""


class Digested(RecordPart):
    """A file that is not in the bundle, so that whoever has it can show that it is the one."""

    sha256: Sha256
    """Digest of its bytes."""
    lines: Count
    """How many lines it has."""


class Identity(RecordPart):
    """Which model this is."""

    name: ModelName
    """Name in the registry."""
    licence: str
    """SPDX identifier of the adapter's licence."""
    created: Time
    """When it was published, in UTC, as the publisher says."""


class Oversight(RecordPart):
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


class RecipePart(RecordPart):
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


class Code(RecordPart):
    """Which code ran."""

    version: str
    """Of commonhold."""
    source_sha256: Sha256
    """Digest over the package's Python files."""
    commit: str | None
    """Git commit."""
    dirty: bool | None
    """Whether the code differs from the commit."""
    patch: FileRef | None
    """What differs, as git shows it."""


class EnvironmentPart(RecordPart):
    """Which Python and packages ran it."""

    python: str
    """Implementation and version."""
    operating_system: str
    """Name, release and architecture."""
    packages: dict[str, str]
    """Version by name, of those that can change a figure."""
    packages_sha256: Sha256
    """Digest over the names and versions of everything installed."""
    installed: FileRef
    """Everything installed, with version, licence and the digest of its list of files."""
    variables: dict[str, str]
    """Environment variables that can change a figure."""


class Hardware(RecordPart):
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


class BasePart(RecordPart):
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
    chat_template_sha256: Sha256 | None
    """Digest of the program that turns a conversation into text."""


class DeclaredPart(RecordPart):
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


class SourcePart(RecordPart):
    """One file of records."""

    file: str
    """Path in the datasheet."""
    sha256: Sha256 | None
    """Digest of its bytes; the file itself is not in the bundle."""
    licence: str
    """Of the rows in it that name none of their own."""
    records_in: Count
    """Rows read."""
    kept: Count
    """Rows used."""
    dropped_by_reason: dict[str, int]
    """Rows left out; `no_consent` and its like say where people had not agreed."""


class Step(RecordPart):
    """What one step of curation did."""

    step: str
    """Registered name with version."""
    records_in: Count
    """Records that reached it."""
    changed: dict[str, int]
    """Records changed, by reason."""
    flagged: dict[str, int]
    """Records kept and listed for a person to look at, by reason."""
    dropped: dict[str, int]
    """Records left out, by reason."""
    kept: Count
    """Records passed on."""


class DataPart(RecordPart):
    """What it learnt from."""

    declared: DeclaredPart
    """The community's datasheet."""
    sources: tuple[SourcePart, ...]
    """The files of records, all under the licence and consent above."""
    records_in: Count
    """Rows of all files."""
    kept: Count
    """Rows used."""
    dropped_by_reason: dict[str, int]
    """Rows left out."""
    splits: dict[str, int]
    """Rows used to learn, to choose the best version, and kept aside."""
    split_digests: dict[str, Sha256]
    """Digest over the used rows of each split, whatever their order."""
    examples: Digested
    """The file with the rows that are used."""
    decisions: Digested
    """The file with what every step decided on every row, and why."""
    purposes: dict[str, int]
    """Used rows by what people agreed to."""
    row_licences: dict[str, dict[str, int]]
    """Used rows by file and by the licence that the row names; empty where rows name none."""
    synthetic: dict[str, int]
    """Further rows that the base model rephrased, by style; they are marked as such."""
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
    as_of: str
    """The day for which consent was judged, YYYY-MM-DD; empty when no day matters."""
    root: Sha256
    """Root of the tree over the used records, which a contributor's receipt is checked against."""
    warnings: tuple[str, ...]
    """What curation wants a reader to look at."""
    datasheet: FileRef
    """The community's file."""
    summary: FileRef
    """All the counts."""
    report: FileRef
    """The report that went back to the contributors."""
