"""What curation did, in figures: for the report, the model card and the ledger."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from commonhold.curate.datasheet import Datasheet
from commonhold.curate.record import Record
from commonhold.curate.step import Outcome
from commonhold.curate.steps.exact_duplicate import same
from commonhold.curate.words import words

MIN_WORDINGS = 3
"""Different prompts a small model needs for one fact; with one each, it answered 7 of 60 when asked otherwise."""

LENGTH_EDGES = (1, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class StepCount:
    """What one step did."""

    step: str
    """Registered name with version."""
    records_in: int
    changed: Mapping[str, int]
    """Records by reason."""
    dropped: Mapping[str, int]
    """Records by reason."""
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
    languages: Mapping[str, int]
    """Kept records by declared language; the empty tag for undeclared."""
    contributors: Mapping[str, int]
    """Kept records by keyed id; the empty id for rows that name nobody."""
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


def summarise(
    datasheet: Datasheet,
    records: Sequence[Record],
    outcomes: Mapping[str, Outcome],
    warnings: Sequence[str],
) -> Summary:
    """The figures of a finished curation: the records that came in, and what each step in turn made of them."""
    kept = list(outcomes.values())[-1].kept
    steps = _steps(len(records), outcomes)
    dropped = sum((Counter(step.dropped) for step in steps), Counter[str]())
    few, replies = _few_wordings(kept)
    if few:
        warnings = [*warnings, _wordings_warning(few, replies)]
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
        records_in=len(records),
        kept=len(kept),
        dropped_by_reason=_ranked(dropped),
        splits=_ranked(record.split for record in kept),
        clusters=len({record.cluster for record in kept}),
        languages=_ranked(record.language for record in kept),
        contributors=_ranked(record.contributor for record in kept),
        sources=_ranked(record.source for record in kept) if datasheet.columns.source else {},
        files=_files(records, kept),
        steps=steps,
        redactions=_ranked(sum((Counter(outcome.counts) for outcome in outcomes.values()), Counter[str]())),
        redacted_records=sum(step.changed.get("personal_data_masked", 0) for step in steps),
        lengths=_lengths(kept),
        few_wordings=few,
        warnings=tuple(warnings),
    )


def _ranked(counted: Iterable[str]) -> dict[str, int]:
    """Counts, most frequent first, equal ones by name, so that two runs write the same bytes."""
    return dict(sorted(Counter(counted).items(), key=lambda item: (-item[1], item[0])))


def _steps(records_in: int, outcomes: Mapping[str, Outcome]) -> tuple[StepCount, ...]:
    counts: list[StepCount] = []
    for name, outcome in outcomes.items():
        changed = _ranked(verdict.reason for verdict in outcome.verdicts if verdict.action == "change")
        dropped = _ranked(verdict.reason for verdict in outcome.verdicts if verdict.action == "drop")
        counts.append(StepCount(name, records_in, changed, dropped, len(outcome.kept)))
        records_in = len(outcome.kept)
    return tuple(counts)


def _files(records: Sequence[Record], kept: Sequence[Record]) -> tuple[FileCount, ...]:
    used = Counter(record.file for record in kept)
    return tuple(FileCount(file, rows, used[file]) for file, rows in Counter(record.file for record in records).items())


def _lengths(kept: Sequence[Record]) -> Histogram:
    def bins(field: Literal["prompt", "completion"]) -> tuple[int, ...]:
        counts = [len(words(getattr(record, field))) for record in kept]
        ends = (*LENGTH_EDGES[1:], float("inf"))
        return tuple(sum(low <= count < high for count in counts) for low, high in zip(LENGTH_EDGES, ends, strict=True))

    return Histogram(LENGTH_EDGES, bins("prompt"), bins("completion"))


def _few_wordings(kept: Sequence[Record]) -> tuple[int, int]:
    wordings: dict[str, set[str]] = {}
    for record in kept:
        wordings.setdefault(same(record.completion), set()).add(same(record.prompt))
    return sum(len(prompts) < MIN_WORDINGS for prompts in wordings.values()), len(wordings)


def _wordings_warning(few: int, replies: int) -> str:
    return (
        f"{few} of {replies} different replies have fewer than {MIN_WORDINGS} different messages that ask for them; "
        "a small model learns such a reply by heart and does not find it when asked in other words. "
        "Add more ways to ask"
    )
