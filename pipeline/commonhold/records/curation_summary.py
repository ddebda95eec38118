"""What curation did, in figures: for the report, the model card and the ledger; a file of its artifact."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from commonhold.files import write_json
from commonhold.typed_json import read_dataclass

SUMMARY = "summary.json"
"""Its name in the folder of a curation, and in a bundle's `data`."""
REMEDY = (
    "Another version of commonhold wrote it, or it was changed; in a workspace it is made again with: commonhold train "
    "RECIPE --force curate"
)


@dataclass(frozen=True, slots=True)
class StepCount:
    """What one step did."""

    step: str
    """Registered name with version."""
    records_in: int
    """Records that reached it."""
    changed: Mapping[str, int]
    """Records by reason."""
    flagged: Mapping[str, int]
    """Records by reason."""
    dropped: Mapping[str, int]
    """Records by reason; merged ones are among them."""
    kept: int
    """Records passed on."""


@dataclass(frozen=True, slots=True)
class FileCount:
    """What became of one file's rows."""

    file: str
    """Path in the datasheet; a sheet of a workbook is `file.xlsx#sheet`."""
    records_in: int
    """Rows read."""
    kept: int
    """Rows used."""


@dataclass(frozen=True, slots=True)
class ReplyConflict:
    """Rows with one message, or nearly, and several replies or labels."""

    detail: str
    """In words, as in review.jsonl."""
    rows: Mapping[str, tuple[int, ...]]
    """By file, the lines where they start."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Words per text, over the kept records."""

    edges: tuple[int, ...]
    """Bin i counts texts of edges[i] to edges[i + 1] - 1 words; the last has no end."""
    prompts: tuple[int, ...]
    """Messages in each bin."""
    completions: tuple[int, ...]
    """Replies in each bin, or texts to read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What recipe and datasheet asked of curation, as far as the report explains it."""

    min_words: int
    """Fewest words of a message, reply or text that are kept."""
    max_words: int
    """Most of them."""
    near_duplicate: float
    """Overlap of two messages from which they are near, in (0, 1]; the later one is left out if the replies agree."""
    masked_kinds: tuple[str, ...]
    """Kinds of personal data that are looked for in texts."""
    own_kinds: tuple[str, ...]
    """What the columns say about contributors, to be masked in their texts: name, phone, email, place, id."""
    evaluation_questions: int
    """Questions that the records were compared with."""
    evaluation_overlap: Literal["drop", "flag"]
    """What becomes of a record that gives one away."""
    idle: tuple[str, ...]
    """Steps, without their versions, that leave nothing out as they were asked."""


@dataclass(frozen=True, slots=True)
class NamesFound:
    """How many of the names that are known to stand in texts the model for names found, in one language."""

    language: str
    """BCP 47 tag; empty for rows that declare none."""
    declared: int
    """Names in labelled texts; or places where writers' names, as the columns give them, stand in their own texts."""
    found: int
    """Of these, the ones that the model found whole."""


@dataclass(frozen=True, slots=True)
class MaskingAccount:
    """What was looked for besides the usual kinds, what was left standing, and how well names were found."""

    regions: tuple[str, ...] = ()
    """Countries (ISO 3166-1 alpha-2) whose numbers are known without a country code."""
    public: Mapping[str, int] = field(default_factory=dict)
    """Places left in the texts, by the value that the datasheet lists as public."""
    public_unseen: tuple[str, ...] = ()
    """Of these values, the ones that no text has."""
    proposed: Mapping[str, int] = field(default_factory=dict)
    """Values that many replies have and nobody listed, by kind; which they are is not written here."""
    taggers: tuple[str, ...] = ()
    """What Presidio looked for, with the language."""
    names_model: str = ""
    """As the recipe names it; empty where names in running text were not looked for."""
    names_digest: str = ""
    """Over all its files."""
    names_languages: tuple[str, ...] = ()
    """BCP 47 tags of the languages that it was made for."""
    names_found: tuple[NamesFound, ...] = ()
    """By language, of the writers' names in the rows that were looked at."""
    labelled_found: tuple[NamesFound, ...] = ()
    """By language, of the names in the community's labelled texts."""
    labelled_others: int = 0
    """Stretches of the labelled texts that the model took for names and that are none."""


@dataclass(frozen=True, slots=True)
class CurationSummary:
    """All that curation found; counts are of records unless said otherwise."""

    title: str
    """Name of the collection. This and what follows to `notes` is the datasheet's."""
    description: str
    """What the records are."""
    licence: str
    """Of the records that name none of their own."""
    contact: str
    """Where a contributor asks, corrects or objects."""
    withdrawal: str
    """How a contributor takes a row back."""
    consent_basis: str
    """Why the records may be learnt from."""
    collected_from: str
    """First day, YYYY-MM-DD."""
    collected_to: str
    """Last day, YYYY-MM-DD."""
    collected_by: str
    """The method."""
    notes: str
    """Empty for none."""
    records_in: int
    """Records that could be read, over all files."""
    kept: int
    """Records that may be learnt from."""
    dropped_by_reason: Mapping[str, int]
    """Most frequent first."""
    splits: Mapping[str, int]
    """Kept records by split, in the order train, validation, test."""
    clusters: int
    """Groups of records that never cross splits."""
    people_apart: bool
    """Whether no contributor's records stand in two splits."""
    languages: Mapping[str, int]
    """Kept records by declared language; the empty tag for undeclared."""
    contributors: Mapping[str, int]
    """Kept records of those who gave most, by keyed id; the empty id for rows that name nobody."""
    contributor_count: int
    """How many gave kept records."""
    contributor_gini: float
    """How unequally kept records are spread over them, in [0, 1]."""
    contributor_half: int
    """The fewest who together gave half of the kept records that name somebody, or more."""
    contributor_spread: Mapping[int, int]
    """Contributors with kept records, by the least number of records of their group."""
    contributors_sent: int
    """How many sent records that could be read."""
    sources: Mapping[str, int]
    """Kept records by the datasheet's source column; empty without one."""
    files: tuple[FileCount, ...]
    """In the datasheet's order."""
    steps: tuple[StepCount, ...]
    """In the order in which they ran."""
    redactions: Mapping[str, int]
    """Pieces of personal data masked, by kind, in all rows that were looked at."""
    redacted_records: int
    """Records in which something was masked."""
    lengths: Histogram
    """Of the kept records."""
    few_wordings: int
    """Different replies that have fewer than three different messages."""
    warnings: tuple[str, ...]
    """What a person should look at, in sentences."""
    as_of: str
    """The day for which consent was judged, YYYY-MM-DD; empty when no day matters."""
    purposes: Mapping[str, int]
    """Kept records by what they may be used for."""
    for_review: int
    """Records in review.jsonl, for a person to look through."""
    repairs: Mapping[str, int]
    """Rows that could not be read, by the file in `repair/` that has them."""
    shared_phrases: tuple[str, ...]
    """Words that several questions of the evaluation and many records have in common; no leak."""
    row_licences: Mapping[str, Mapping[str, int]]
    """Kept records by file and licence cell, where the datasheet names a column for it."""
    root: str
    """Root of the Merkle tree over the kept records, which receipts are checked against."""
    asked: Asked
    """What it was all judged by."""
    conflicts: tuple[ReplyConflict, ...] = ()
    """Messages with several replies, for people to decide; the first of them where they are many."""
    label_rows: int = 0
    """Records whose replies are labels; 0 where replies are answers."""
    plain: bool = False
    """Whether the records are texts to read, without messages and replies."""
    ratings: Mapping[str, int] = field(default_factory=dict)
    """Kept records by rating: up, down, the empty word for replies that nobody rated; none without such a column."""
    synthetic: Mapping[str, int] = field(default_factory=dict)
    """Records that the base model rephrased, by style; none of them is among `kept`."""
    synthetic_refused: Mapping[str, int] = field(default_factory=dict)
    """Rephrased records that are not used, by reason."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Name and version of the package that a step comes from, by step; none for steps of commonhold itself."""
    refused: tuple[str, ...] = ()
    """Why nothing is learnt from the records, in lines; none where they are learnt from."""
    masking: MaskingAccount = MaskingAccount()
    """What was not masked, and how well names were found."""

    @property
    def unreadable(self) -> int:
        """Rows that could not be read."""
        return sum(self.repairs.values())

    @property
    def sent(self) -> int:
        """Rows that were sent, those that could not be read among them."""
        return self.records_in + self.unreadable


def write_curation_summary(folder: Path, summary: CurationSummary) -> None:
    """Writes the figures of a curation into its folder; equal ones give equal bytes.

    Packages and a refusal are in it where there are some, so that other curations keep their bytes.
    """
    seldom = ("packages", "refused")
    values = {name: value for name, value in asdict(summary).items() if value or name not in seldom}
    write_json(folder / SUMMARY, values)


def read_curation_summary(folder: Path) -> CurationSummary:
    """The figures of a curation, from the folder of its artifact or of a bundle's data.

    Raises:
        DigestError: the file is not of that form.
    """
    return read_dataclass(CurationSummary, folder / SUMMARY, "a summary of curation as this version reads it", REMEDY)
