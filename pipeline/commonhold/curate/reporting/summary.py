"""Sums up what curation did, from its counts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from commonhold.curate.engine.tally import LENGTH_EDGES, Tally
from commonhold.curate.privacy.labelled_names import LabelledCount
from commonhold.curate.privacy.masking_counts import MaskingCounts
from commonhold.curate.rows.datasheet import Datasheet
from commonhold.curate.settings import CurationSettings
from commonhold.number_format import listed
from commonhold.records.curation_summary import (
    Asked,
    CurationSummary,
    FileCount,
    Histogram,
    MaskingAccount,
    NamesFound,
    ReplyConflict,
    StepCount,
)

MIN_WORDINGS = 3
"""Different prompts a small model needs for one fact; with one each, it answered 7 of 60 when asked otherwise."""

MOST_UNSEEN = 5
"""Public values that a warning names before it counts the rest."""


class Spread(NamedTuple):
    """How kept records are spread over contributors; see `people.People`."""

    people: int
    sent: int
    half: int
    groups: Mapping[int, int]
    gini: float


@dataclass(frozen=True, slots=True)
class SummaryInputs:
    """What a summary is made of, besides counts."""

    account: Mapping[str, tuple[int, int]]
    """By step: records in and kept."""
    masked: MaskingCounts
    proposed: Mapping[str, int]
    """Values that many replies have, by kind."""
    labelled: LabelledCount
    people: Mapping[str, int]
    """Kept records of those who gave most."""
    spread: Spread
    clusters: int
    wordings: tuple[int, int]
    """Different replies with fewer than three different messages, and different replies."""
    warnings: Sequence[str]
    as_of: date | None
    repairs: Mapping[str, int]
    files: Sequence[str]
    """Names of the files that were read, in the datasheet's order."""
    shared_phrases: Sequence[str]
    root: str
    settings: CurationSettings
    idle: tuple[str, ...]
    """Steps, without their versions, that leave nothing out as they were asked."""
    people_apart: bool
    conflicts: tuple[ReplyConflict, ...] = ()
    """Messages with several replies."""
    labels: bool = False
    """Whether replies are labels."""
    packages: Mapping[str, str] = field(default_factory=dict)
    synthetic: Mapping[str, int] = field(default_factory=dict)
    synthetic_refused: Mapping[str, int] = field(default_factory=dict)
    refused: Sequence[str] = ()
    """Why nothing is learnt from the records, in lines."""


def _warnings(datasheet: Datasheet, inputs: SummaryInputs) -> tuple[str, ...]:
    few, replies = inputs.wordings
    wordings = [_wordings_warning(few, replies)] if few and not inputs.refused else []
    return (*inputs.warnings, *_public_warnings(datasheet, inputs.masked), *wordings)


def summarise(datasheet: Datasheet, tally: Tally, inputs: SummaryInputs) -> CurationSummary:
    """The figures of a finished curation."""
    steps = tuple(_steps(tally, inputs.account))
    dropped = sum((Counter(step.dropped) for step in steps), Counter[str]())
    return CurationSummary(
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
        clusters=inputs.clusters,
        people_apart=inputs.people_apart,
        languages=ranked(tally.languages),
        contributors=inputs.people,
        contributor_count=inputs.spread.people,
        contributor_gini=round(inputs.spread.gini, 4),
        contributor_half=inputs.spread.half,
        contributor_spread=inputs.spread.groups,
        contributors_sent=inputs.spread.sent,
        sources=ranked(tally.sources) if datasheet.columns.source is not None else {},
        files=tuple(
            FileCount(file, tally.files_in[file], tally.files_kept[file])
            for file in dict.fromkeys([*inputs.files, *tally.files_in])
        ),
        steps=steps,
        redactions=ranked(inputs.masked.kinds),
        redacted_records=tally.records["masked"],
        lengths=Histogram(LENGTH_EDGES, _bins(tally.prompt_words), _bins(tally.completion_words)),
        few_wordings=inputs.wordings[0],
        warnings=_warnings(datasheet, inputs),
        as_of=inputs.as_of.isoformat() if inputs.as_of else "",
        purposes=ranked(tally.purposes),
        for_review=tally.records["review"],
        repairs=inputs.repairs,
        shared_phrases=tuple(inputs.shared_phrases),
        row_licences=row_licences(datasheet, tally),
        root=inputs.root,
        asked=_asked(inputs, datasheet),
        conflicts=inputs.conflicts,
        label_rows=tally.records["kept"] if inputs.labels else 0,
        plain=datasheet.columns.text is not None,
        ratings=_ratings(tally) if datasheet.columns.rating is not None else {},
        synthetic=ranked(inputs.synthetic),
        synthetic_refused=ranked(inputs.synthetic_refused),
        packages=inputs.packages,
        refused=tuple(inputs.refused),
        masking=_masking(inputs, datasheet),
    )


def _asked(inputs: SummaryInputs, datasheet: Datasheet) -> Asked:
    settings = inputs.settings
    return Asked(
        min_words=settings.min_words,
        max_words=settings.max_words,
        near_duplicate=settings.near_duplicate,
        masked_kinds=tuple(settings.redact),
        own_kinds=tuple(dict.fromkeys(kind for kind, _ in datasheet.personal.columns())),
        evaluation_questions=len(settings.evaluation_prompts),
        evaluation_overlap=settings.evaluation_overlap,
        idle=inputs.idle,
    )


def _masking(inputs: SummaryInputs, datasheet: Datasheet) -> MaskingAccount:
    masked, names = inputs.masked, inputs.settings.names
    return MaskingAccount(
        regions=datasheet.region,
        public={value: masked.public[number] for number, value in enumerate(datasheet.public)},
        public_unseen=tuple(_unseen(datasheet, masked)),
        proposed=ranked(inputs.proposed),
        taggers=tuple(f"{each.entity} ({each.language})" for each in inputs.settings.taggers),
        names_model=names.name if names else "",
        names_digest=names.digest if names else "",
        names_languages=names.languages if names else (),
        names_found=_found(masked.declared, masked.found),
        labelled_found=_found(inputs.labelled.named, inputs.labelled.found),
        labelled_others=inputs.labelled.others,
    )


def _found(named: Mapping[str, int], found: Mapping[str, int]) -> tuple[NamesFound, ...]:
    return tuple(NamesFound(language, number, found.get(language, 0)) for language, number in ranked(named).items())


def _unseen(datasheet: Datasheet, masked: MaskingCounts) -> Iterator[str]:
    return (value for number, value in enumerate(datasheet.public) if number not in masked.seen)


def _public_warnings(datasheet: Datasheet, masked: MaskingCounts) -> Iterator[str]:
    if unseen := [repr(value) for value in _unseen(datasheet, masked)]:
        stands, them = ("stands", "it") if len(unseen) == 1 else ("stand", "them")
        more = [f"{len(unseen) - MOST_UNSEEN:,} more"] if len(unseen) > MOST_UNSEEN else []
        yield (
            f"{listed([*unseen[:MOST_UNSEEN], *more])} {stands} in no text that was looked at, though the datasheet "
            f"lists {them} as public. Correct the spelling under public in datasheet.yaml, or take {them} out"
        )


def ranked(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts, most frequent first, equal ones by name, so that two runs write the same bytes; without zeros."""
    return {name: n for name, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if n}


def _steps(tally: Tally, account: Mapping[str, tuple[int, int]]) -> Iterator[StepCount]:
    by_action: dict[tuple[str, str], Counter[str]] = {}
    for key, number in tally.steps.items():
        step, action, reason = key.split("\t")
        by_action.setdefault((step, {"merge": "drop"}.get(action, action)), Counter())[reason] += number
    for step, (rows_in, kept) in account.items():
        changed, flagged, dropped = (ranked(by_action.get((step, action), {})) for action in ("change", "flag", "drop"))
        yield StepCount(step, rows_in, changed, flagged, dropped, kept)


def row_licences(datasheet: Datasheet, tally: Tally) -> dict[str, dict[str, int]]:
    """Kept records by file and licence cell, where the datasheet names a column for it."""
    by_file: dict[str, dict[str, int]] = {}
    for key, number in sorted(tally.licences.items()) if datasheet.columns.licence is not None else ():
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
        f"{them}. A small model memorises such a reply and does not find it when asked in other words. "
        "Add more ways to ask"
    )
