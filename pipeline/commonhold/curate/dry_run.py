"""A look at a community's data before anything is made of it: what was understood, and what curation would do.

All files are read whole. The steps then run over all rows, or over some thousands of them that are evenly spread, in a
folder that goes when it is done; what needs a model is not run.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from commonhold.curate.engine.executor import Inline
from commonhold.curate.engine.shards import read_rows_at
from commonhold.curate.inspect.odd_looks import FEWEST_ROWS, Oddity, odd_texts, unused_columns
from commonhold.curate.inspect.row_sample import sample_of_shards
from commonhold.curate.privacy.public_proposals import PublicProposal, propose_public
from commonhold.curate.reporting.opening import left_out_by_reason
from commonhold.curate.reporting.wording import reason_of
from commonhold.curate.rows.column_mapping import asked_columns
from commonhold.curate.rows.datasheet import Datasheet
from commonhold.curate.rows.reading import FileRead, positions_that_count, thinned
from commonhold.curate.rows.record import PLAIN_TEXT, SIDES, Record
from commonhold.curate.run import CurationJob, curate_rows, plan_of, read_rows
from commonhold.curate.settings import Rephrasing
from commonhold.curate.steps.redact_pii import redact_pii, redactor_of
from commonhold.errors import RequestError
from commonhold.records.curation_summary import read_curation_summary
from commonhold.sheets.columns import find
from commonhold.sheets.file_kinds import DOCUMENTS
from commonhold.sheets.jsonl import LINE

MOST_ROWS = 10_000
"""Rows that the steps look at: a few seconds."""


@dataclass(frozen=True, slots=True)
class RowAsRead:
    """One row as it was understood."""

    row: int
    """Line of the file, 1-based."""
    texts: Mapping[str, str]
    """By what people call them, personal data masked; also those that should be there and are empty."""
    refusal: str
    """Why it may not be learnt from, as the report says it; empty when it may."""
    date: str | None
    """As written; absent where the datasheet names no column of dates."""
    language: str
    """Empty when it is not known."""
    rating: str | None
    """`up`, `down` or empty; absent where the datasheet names no column of ratings."""


@dataclass(frozen=True, slots=True)
class FileAsRead:
    """One file as it was understood."""

    file: str
    rows: int
    """Usable ones."""
    unreadable: int
    read_as: tuple[str, ...]
    """Encoding, delimiter, sheet and header row."""
    guesses: tuple[str, ...]
    """What in this had to be guessed."""
    shown: tuple[RowAsRead, ...]
    """The first, one in the middle, and the last."""
    oddities: tuple[Oddity, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a curation would come to."""

    files: tuple[FileAsRead, ...]
    notes: tuple[str, ...]
    """What had to be decided before the files were read, such as which sheets count."""
    rows: int
    """In all files, those that cannot be read included."""
    looked_at: int
    """Of them, rows that the steps looked at; what follows is of these."""
    used: int
    left_out: Mapping[str, int]
    """By reason, most frequent first."""
    masked: Mapping[str, int]
    """Pieces of personal data, by kind."""
    proposed: tuple[PublicProposal, ...]
    """Values that many replies have, and that may be public."""
    listed: tuple[str, ...]
    """Those that the datasheet lists already."""


def dry_run(job: CurationJob, folder: Path, tell: Callable[[DryRun], None]) -> DryRun:
    """Reads all files and curates some rows below `folder`, which is the caller's to remove.

    `tell` is called with what was found before an error is raised about it.

    Raises:
        FormError: the forms or the files have problems, or lack what the method learns from.
        NothingLeftError: no record is left, or most rows cannot be read.
    """
    settings, form = job.settings, job.data.form
    light = replace(settings, rephrase=Rephrasing(), meaning_duplicate=None, taggers=(), names=None, labelled_names=())
    job = replace(job, settings=light, work=folder / "work")
    reading = read_rows(job, Inline())
    files = tuple(_files(job, reading.files))
    out = folder / "out"
    out.mkdir()
    error, some = None, thinned(reading, MOST_ROWS, job.shard_rows)
    try:
        summary = curate_rows(job, some, out, lambda _: None, Inline())
    except RequestError as refused:
        if refused.attempt is None:
            raise
        summary, error = read_curation_summary(refused.attempt), refused
    rows = reading.rows + len(reading.bad)
    left_out = left_out_by_reason(summary)
    proposed = tuple(propose_public(sample_of_shards(some.shards), redactor_of(plan_of(job).redaction)))
    found = DryRun(
        files, job.data.notes, rows, summary.sent, summary.kept, left_out, summary.redactions, proposed, form.public
    )
    tell(found)
    if error:
        raise error
    return found


def _files(job: CurationJob, files: Sequence[FileRead]) -> Iterator[FileAsRead]:
    """Every file, with some of its rows and what looks odd in it."""
    used = [name for names in asked_columns(job.data.form).values() for name in names]
    masked = redact_pii(plan_of(job).redaction)
    for read in files:
        records = _records(read, job.shard_rows)
        some = sorted({0, len(records) // 2, len(records) - 1}) if records else []
        found = {source.column for name in used if (source := find(name, read.header))}
        table = read.header != (LINE,) and read.file.suffix not in DOCUMENTS
        unused = unused_columns(read.header, [*used, *found]) if table else None
        yield FileAsRead(
            read.file.name,
            read.rows - len(read.left_out),
            len(read.bad),
            read.read_as,
            read.warnings,
            tuple(_as_read(record, job.data.form) for record in masked([records[index] for index in some]).kept),
            (*([unused] if unused else []), *_no_consent(records), *odd_texts(_sides(records, job.data.form))),
        )


def _records(read: FileRead, shard_rows: int) -> Sequence[Record]:
    """Up to `MOST_ROWS` records of a file, evenly spread, in their order."""
    positions = positions_that_count(read)
    positions = positions[:: -(-len(positions) // MOST_ROWS) or 1]
    records: list[Record] = []
    for number, path in enumerate(read.shards):
        first = number * shard_rows
        records += read_rows_at(path, [each - first for each in positions if first <= each < first + shard_rows])
    return records


def _no_consent(records: Sequence[Record]) -> Iterator[Oddity]:
    """Of a file none of whose rows may be learnt from."""
    if len(records) < FEWEST_ROWS or not all(record.refusal for record in records):
        return
    why, number = Counter(record.refusal for record in records).most_common(1)[0]
    yield Oddity(
        f"no row may be learnt from: of {number} rows, {reason_of(why).many}",
        "Is it the right column, and are all the answers that mean yes listed under consent in datasheet.yaml?",
    )


def _sides(records: Sequence[Record], form: Datasheet) -> dict[str, list[str]]:
    """The texts by what people call them, for all columns of texts that the datasheet names."""
    return {label: [getattr(record, name) for record in records] for name, label in _labels(form).items()}


def _labels(form: Datasheet) -> dict[str, str]:
    """Fields of a record that hold texts, and what people call them."""
    named = form.columns.named()
    return (
        {"completion": PLAIN_TEXT}
        if "text" in named
        else {name: label for name, label in SIDES.items() if name in named}
    )


def _as_read(record: Record, form: Datasheet) -> RowAsRead:
    return RowAsRead(
        record.row,
        {label: getattr(record, name) for name, label in _labels(form).items()},
        reason_of(record.refusal).one if record.refusal else "",
        record.date if "date" in form.columns.named() else None,
        record.language,
        record.rating if "rating" in form.columns.named() else None,
    )
