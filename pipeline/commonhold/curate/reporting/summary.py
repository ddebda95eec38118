"""What curation did, in figures: for the report, the model card and the ledger."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from commonhold.curate.engine.tally import LENGTH_EDGES, Tally
from commonhold.curate.rows.datasheet import Datasheet
from commonhold.curate.settings import Settings

MIN_WORDINGS = 3
"""Different prompts a small model needs for one fact; with one each, it answered 7 of 60 when asked otherwise."""


@dataclass(frozen=True, slots=True)
class StepCount:
    """What one step did."""

    step: str
    """Registered name with version."""
    records_in: int
    changed: Mapping[str, int]
    """Records by reason."""
    flagged: Mapping[str, int]
    """Records by reason."""
    dropped: Mapping[str, int]
    """Records by reason; merged ones are among them."""
    kept: int


@dataclass(frozen=True, slots=True)
class FileCount:
    """What became of one file's rows."""

    file: str
    records_in: int
    kept: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Words per text, over the kept records."""

    edges: tuple[int, ...]
    """Bin i counts texts of edges[i] to edges[i + 1] - 1 words; the last has no end."""
    prompts: tuple[int, ...]
    completions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What recipe and datasheet asked of curation, as far as the report explains it."""

    min_words: int
    max_words: int
    near_duplicate: float
    """Overlap of two messages from which the later one is left out, in (0, 1]."""
    masked_kinds: tuple[str, ...]
    own_kinds: tuple[str, ...]
    """What the columns say about contributors, to be masked in their texts: name, phone, email, place, id."""
    evaluation_questions: int
    evaluation_overlap: Literal["drop", "flag"]
    idle: tuple[str, ...]
    """Steps, without their versions, that leave nothing out as they were asked."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All that curation found; counts are of records unless said otherwise."""

    title: str
    description: str
    licence: str
    contact: str
    withdrawal: str
    consent_basis: str
    collected_from: str
    """First day, YYYY-MM-DD."""
    collected_to: str
    collected_by: str
    """The method."""
    notes: str
    records_in: int
    kept: int
    dropped_by_reason: Mapping[str, int]
    """Most frequent first."""
    splits: Mapping[str, int]
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
    steps: tuple[StepCount, ...]
    redactions: Mapping[str, int]
    """Pieces of personal data masked, by kind, in all rows that were looked at."""
    redacted_records: int
    lengths: Histogram
    few_wordings: int
    """Different replies that have fewer than three different messages."""
    warnings: tuple[str, ...]
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

    @property
    def unreadable(self) -> int:
        """Rows that could not be read."""
        return sum(self.repairs.values())

    @property
    def sent(self) -> int:
        """Rows that were sent, those that could not be read among them."""
        return self.records_in + self.unreadable


class Spread(NamedTuple):
    """How kept records are spread over contributors; see `people.People`."""

    people: int
    sent: int
    half: int
    groups: Mapping[int, int]
    gini: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a summary is made of, besides counts."""

    account: Mapping[str, tuple[int, int]]
    """By step: records in and kept."""
    redactions: Mapping[str, int]
    people: Mapping[str, int]
    """Kept records of those who gave most."""
    spread: Spread
    clusters: int
    wordings: tuple[int, int]
    """Different replies with fewer than three different messages, and different replies."""
    warnings: Sequence[str]
    as_of: date | None
    repairs: Mapping[str, int]
    shared_phrases: Sequence[str]
    root: str
    settings: Settings
    idle: tuple[str, ...]
    """Steps, without their versions, that leave nothing out as they were asked."""
    people_apart: bool
    packages: Mapping[str, str] = field(default_factory=dict)
    synthetic: Mapping[str, int] = field(default_factory=dict)
    synthetic_refused: Mapping[str, int] = field(default_factory=dict)


def summarise(datasheet: Datasheet, tally: Tally, found: Found) -> Summary:
    """The figures of a finished curation."""
    few, replies = found.wordings
    steps = tuple(_steps(tally, found.account))
    dropped = sum((Counter(step.dropped) for step in steps), Counter[str]())
    return Summary(
        title=datasheet.title,
        description=datasheet.description,
        licence=datasheet.licence,
        contact=datasheet.contact,
        withdrawal=datasheet.withdrawal,
        consent_basis=datasheet.consent.basis,
        collected_from=datasheet.collected.start.isoformat(),
        collected_to=datasheet.collected.end.isoformat(),
        collected_by=datasheet.collected.method,
        notes=datasheet.notes or "",
        records_in=tally.records["in"],
        kept=tally.records["kept"],
        dropped_by_reason=ranked(dropped),
        splits={name: tally.splits[name] for name in ("train", "validation", "test") if tally.splits[name]},
        clusters=found.clusters,
        people_apart=found.people_apart,
        languages=ranked(tally.languages),
        contributors=found.people,
        contributor_count=found.spread.people,
        contributor_gini=round(found.spread.gini, 4),
        contributor_half=found.spread.half,
        contributor_spread=found.spread.groups,
        contributors_sent=found.spread.sent,
        sources=ranked(tally.sources) if datasheet.columns.source is not None else {},
        files=tuple(FileCount(file, rows, tally.files_kept[file]) for file, rows in tally.files_in.items()),
        steps=steps,
        redactions=ranked(found.redactions),
        redacted_records=tally.records["masked"],
        lengths=Histogram(LENGTH_EDGES, _bins(tally.prompt_words), _bins(tally.completion_words)),
        few_wordings=few,
        warnings=(*found.warnings, *([_wordings_warning(few, replies)] if few else [])),
        as_of=found.as_of.isoformat() if found.as_of else "",
        purposes=ranked(tally.purposes),
        for_review=tally.records["review"],
        repairs=found.repairs,
        shared_phrases=tuple(found.shared_phrases),
        row_licences=_row_licences(tally) if datasheet.columns.licence is not None else {},
        root=found.root,
        asked=_asked(found, datasheet),
        plain=datasheet.columns.text is not None,
        ratings=_ratings(tally) if datasheet.columns.rating is not None else {},
        synthetic=ranked(found.synthetic),
        synthetic_refused=ranked(found.synthetic_refused),
        packages=found.packages,
    )


def as_json(summary: Summary) -> dict[str, Any]:
    """For summary.json; packages are in it where there are some, so that other curations keep their bytes."""
    values = asdict(summary)
    return values if summary.packages else {name: value for name, value in values.items() if name != "packages"}


def _asked(found: Found, datasheet: Datasheet) -> Asked:
    settings = found.settings
    return Asked(
        min_words=settings.min_words,
        max_words=settings.max_words,
        near_duplicate=settings.near_duplicate,
        masked_kinds=tuple(settings.redact),
        own_kinds=tuple(dict.fromkeys(kind for kind, _ in datasheet.personal.columns())),
        evaluation_questions=len(settings.evaluation_prompts),
        evaluation_overlap=settings.evaluation_overlap,
        idle=found.idle,
    )


def ranked(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts, most frequent first, equal ones by name, so that two runs write the same bytes; without zeros."""
    return {name: n for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if n}


def _steps(tally: Tally, account: Mapping[str, tuple[int, int]]) -> Iterator[StepCount]:
    by_action: dict[tuple[str, str], Counter[str]] = {}
    for key, number in tally.steps.items():
        step, action, reason = key.split("\t")
        by_action.setdefault((step, {"merge": "drop"}.get(action, action)), Counter())[reason] += number
    for step, (came, kept) in account.items():
        changed, flagged, dropped = (ranked(by_action.get((step, action), {})) for action in ("change", "flag", "drop"))
        yield StepCount(step, came, changed, flagged, dropped, kept)


def _row_licences(tally: Tally) -> dict[str, dict[str, int]]:
    by_file: dict[str, dict[str, int]] = {}
    for key, number in sorted(tally.licences.items()):
        file, licence = key.split("\t")
        by_file.setdefault(file, {})[licence] = number
    return by_file


def _ratings(tally: Tally) -> dict[str, int]:
    ratings: Counter[str] = Counter()
    for key, number in tally.ratings.items():
        ratings[key.split("\t")[1]] += number
    return ranked(ratings)


def _bins(counts: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(counts.get(str(edge), 0) for edge in LENGTH_EDGES)


def _wordings_warning(few: int, replies: int) -> str:
    have, them = ("has", "it") if few == 1 else ("have", "them")
    return (
        f"{few:,} of {replies:,} different replies {have} fewer than {MIN_WORDINGS} different messages that ask for "
        f"{them}. A small model learns such a reply by heart and does not find it when asked in other words. "
        "Add more ways to ask"
    )
