"""Curation from end to end: a folder with a datasheet in, examples and a decision for every record out.

Rows are read into shards of records (`reading`), the steps that look at one record at a time run over the shards
(`engine.per_record`), the steps that compare records run over columns of numbers (`engine.cross_record`), and the
decisions are applied and written down shard by shard (`engine.finalize`). Every part of the work is a function from
files to files that an executor runs here, in processes or on a cluster, and that is done once, however often curation
is killed and begun again.
"""

import base64
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from commonhold.curate.engine.account import unaccounted
from commonhold.curate.engine.cross_record import CrossRecordResult, by_shard, run_cross_record_steps
from commonhold.curate.engine.executor import Executor, Inline
from commonhold.curate.engine.finalize import DECISIONS, EXAMPLES, LEAVES, PEOPLE, REVIEW, FinalizeTask, finalize
from commonhold.curate.engine.per_record import run_per_record_steps
from commonhold.curate.engine.plan import Plan
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.engine.shard_result import SEALED, ShardResult
from commonhold.curate.engine.shards import SHARD_ROWS
from commonhold.curate.engine.survey import survey
from commonhold.curate.engine.tally import Tally
from commonhold.curate.rephrasing.rephrase import Rephrased, Rephraser, rephrase
from commonhold.curate.reporting.conflicts import read_conflicts
from commonhold.curate.reporting.contributors import CONTRIBUTORS, people_of, write_people
from commonhold.curate.reporting.report import html_report, markdown_report
from commonhold.curate.reporting.summary import MIN_WORDINGS, Spread, SummaryInputs, summarise
from commonhold.curate.rights.merkle import RecordTree
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.datasheet import Datasheet
from commonhold.curate.rows.method_needs import refuse_if_missing, refuse_one_thumb
from commonhold.curate.rows.reading import FileRead, ReadRows, read_all
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.curate.rows.repair import repair_name, write_repair
from commonhold.curate.selection.labels import are_labels
from commonhold.curate.settings import CurationSettings
from commonhold.curate.steps.registered import idle_steps, packages_of, per_record_steps, purposes, reasons
from commonhold.curate.steps.step import Embed
from commonhold.errors import NothingLeftError
from commonhold.files import space_needed, write_text
from commonhold.records.curation_summary import CurationSummary, write_curation_summary

REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class CurationJob:
    """One curation."""

    data: CommunityData
    settings: CurationSettings
    key: bytes = field(repr=False)
    """The workspace's; hides texts and contributors behind their ids."""
    seed: int
    work: Path
    """For what is done once; kept after a crash, and removed by whoever made it."""
    shard_rows: int = SHARD_ROWS
    rephraser: Rephraser | None = field(default=None, repr=False)
    """Needed when the settings name styles."""
    warnings: tuple[str, ...] = ()
    """What the report says first, about things that were not there for curation to look at."""


def curate(
    job: CurationJob,
    out: Path,
    say: Callable[[str], None],
    executor: Executor | None = None,
    embed: Embed | None = None,
) -> CurationSummary:
    """Writes examples, decisions, summary and reports of one folder of records into the existing folder `out`.

    The same files, settings, key and seed give the same bytes, on any executor and with shards of any size.

    Raises:
        FormError: the forms or the files have problems, all of them at once; or lack what the method learns from.
        NothingLeftError: no record is left, or a split stays empty.
    """
    executor = executor or Inline()
    form = job.data.form
    refuse_if_missing(job.data.datasheet, job.settings.method)
    maker = RecordMaker(form, job.key, job.settings.as_of, piece_words=job.settings.max_words)
    reading = read_all(job.data, maker, executor, job.work / "read", job.shard_rows)
    say(f"read {reading.rows:,} rows from {len(reading.files)} files")
    repairs = _write_repairs(reading.files, out / REPAIR)
    if not reading.rows:
        raise NothingLeftError("the files have a header and no rows. Add rows, or remove the files from datasheet.yaml")
    plan = _plan(job)
    says_who = bool(form.personal.columns())
    survey(reading.shards, executor, plan.survey, lines=job.settings.strip_boilerplate, words=says_who)
    shards = run_per_record_steps(reading.shards, plan, executor, job.work / "per_record")
    account = _account(plan, shards)
    table = RecordTable.load(shards, purposes(plan))
    compared = CrossRecordResult()
    if len(table.alive):
        compared = run_cross_record_steps(table, plan, executor, job.work / "cross_record", embed)
    account.update(compared.account)
    for name, (records_in, kept) in account.items():
        say(f"{name}: {records_in:,} -> {kept:,}")
    folders, tally = _finalized([*executor.map(finalize, _finalize_tasks(job, reading, table, compared))])
    _check(reading, tally, table)
    if not tally.records["kept"]:
        raise NothingLeftError(_nothing_left(form, tally))
    if job.settings.method == "kto":
        refuse_one_thumb(tally)
    done = _Done(reading, repairs, account, table, compared, tally, folders)
    summary = _write(job, plan, done, _rephrased(job, table, compared, plan), out)
    write_curation_summary(out, summary)
    write_text(out / "report.html", html_report(summary))
    write_text(out / "report.md", markdown_report(summary))
    return summary


class _Done(NamedTuple):
    """What the parts of the work came to."""

    reading: ReadRows
    repairs: dict[str, int]
    account: dict[str, tuple[int, int]]
    table: RecordTable
    compared: CrossRecordResult
    tally: Tally
    folders: Sequence[Path]
    """What `finalize` wrote, a folder for each shard."""


def _write(job: CurationJob, plan: Plan, done: _Done, rephrased: Rephrased, out: Path) -> CurationSummary:
    """Joins what the shards wrote, and counts it."""
    form = job.data.form
    parts = [*done.folders, *rephrased.folders]
    for name in (EXAMPLES, DECISIONS, REVIEW):
        _join([folder / name for folder in parts], out / name)
    _join_sealed([shard.folder / SEALED for shard in done.table.shards], out / SEALED)
    labels = job.settings.method == "sft" and are_labels(done.table)
    people = people_of([folder / PEOPLE for folder in done.folders])
    write_people(out / CONTRIBUTORS, people, form, sum(done.repairs.values()))
    inputs = SummaryInputs(
        account=done.account,
        redactions=sum((Counter(shard.counts) for shard in done.table.shards), Counter[str]()),
        people=people.largest(done.tally.records["kept"]),
        spread=Spread(people.count, people.sent_count, people.half, people.spread, people.gini),
        clusters=len(np.unique(done.compared.cluster[done.table.items])),
        wordings=_wordings(done.table) if job.settings.method == "sft" and not labels else (0, 0),
        conflicts=read_conflicts(out / REVIEW),
        labels=labels,
        warnings=[*job.warnings, *done.reading.warnings, *done.compared.warnings, *rephrased.warnings],
        as_of=job.settings.as_of if depends_on_day(form) else None,
        repairs=done.repairs,
        shared_phrases=[phrase.words for phrase in done.compared.shared_phrases],
        settings=job.settings,
        idle=idle_steps(plan),
        packages={name: str(package) for name, package in packages_of(plan).items()},
        people_apart=done.compared.people_apart,
        root=RecordTree(_leaves([folder / LEAVES for folder in parts]), job.key).root,
        synthetic=rephrased.made,
        synthetic_refused=rephrased.refused,
    )
    return summarise(form, done.tally, inputs)


def _rephrased(job: CurationJob, table: RecordTable, compared: CrossRecordResult, plan: Plan) -> Rephrased:
    if not job.settings.rephrase.styles:
        return Rephrased()
    if job.rephraser is None:
        raise ValueError("styles to rephrase in are named, and there is no model to do it")
    return rephrase(table, compared, plan, job.rephraser, job.work / "rephrase")


def depends_on_day(form: Datasheet) -> bool:
    """Whether the day on which consent is judged can matter."""
    columns = form.consent.columns
    return (
        columns.expiry is not None or columns.event_time is not None or form.consent.every_row.validity_days is not None
    )


def _plan(job: CurationJob) -> Plan:
    data, form = job.data, job.data.form
    return Plan(
        settings=job.settings,
        region=form.region,
        outdated_before=form.outdated_before,
        patterns=data.patterns,
        word_lists=data.word_lists,
        identifier=data.identifier,
        survey=job.work / "survey.json",
        key=job.key,
        seed=job.seed,
        plain=form.columns.text is not None,
        rated=form.columns.rating is not None,
        sealing_keys=data.governance.sealing_keys if data.governance else (),
    )


def _write_repairs(files: Sequence[FileRead], folder: Path) -> dict[str, int]:
    written = {}
    for read in files:
        if read.bad:
            name = repair_name(read.file)
            write_repair(folder / name, read.header, read.bad)
            written[name] = len(read.bad)
    return written


def _account(plan: Plan, shards: Sequence[ShardResult]) -> dict[str, tuple[int, int]]:
    """Of all shards, records that went into each per-record step and that were kept."""
    parts = {name: [shard.steps[name] for shard in shards] for name in per_record_steps(plan)}
    return {
        name: (sum(records_in for records_in, _ in part), sum(kept for _, kept in part)) for name, part in parts.items()
    }


def _finalize_tasks(
    job: CurationJob, reading: ReadRows, table: RecordTable, compared: CrossRecordResult
) -> Iterator[FinalizeTask]:
    decisions = {name: by_shard(table, decided) for name, decided in compared.decisions.items()}
    for number, (shard, local) in enumerate(zip(reading.shards, table.shards, strict=True)):
        first, end = table.first_items[number], table.first_items[number] + local.kept
        cluster = table.record_id[compared.cluster[first:end]].tolist() if len(compared.cluster) else []
        yield FinalizeTask(
            shard,
            local.folder,
            tuple((name, tuple(next(decided))) for name, decided in decisions.items()),
            tuple(compared.split[first:end]),
            compared.split_by,
            tuple(name.decode() for name in cluster),
            job.key,
            job.work / "finalize" / f"{number:05}",
        )


def _finalized(parts: Sequence[tuple[Path, Tally]]) -> tuple[list[Path], Tally]:
    tally = Tally()
    for _, counts in parts:
        tally.add(counts)
    return [folder for folder, _ in parts], tally


def _check(reading: ReadRows, tally: Tally, table: RecordTable) -> None:
    """In = kept + dropped + merged, over all steps; a curation that loses rows is stopped.

    Raises:
        CommonholdError: records are lost or invented.
    """
    dropped = sum(number for key, number in tally.steps.items() if key.split("\t")[1] in ("drop", "merge"))
    records_in, kept = tally.records["in"], tally.records["kept"]
    if not records_in == reading.rows == kept + dropped or kept != len(table.items):
        raise unaccounted("finalize", reading.rows, kept, dropped, abs(reading.rows - kept - dropped))


def _wordings(table: RecordTable) -> tuple[int, int]:
    """Different replies with too few different messages that ask for them, and all different replies."""
    items = table.items
    pairs = np.unique(np.stack([table.completion[items], table.prompt[items]], axis=1), axis=0)
    _, messages = np.unique(pairs[:, 0], return_counts=True)
    return int((messages < MIN_WORDINGS).sum()), len(messages)


def _leaves(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    for path in paths:
        with path.open(encoding="ascii") as lines:
            for line in lines:
                record_id, content = line.split()
                yield record_id, content


def _join(parts: Sequence[Path], whole: Path) -> None:
    with space_needed(whole), whole.open("wb") as stream:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, stream, 1 << 20)


def _join_sealed(parts: Sequence[Path], whole: Path) -> None:
    """One line of base64 for each shard that has a map."""
    lines = [base64.b64encode(part.read_bytes()).decode() + "\n" for part in parts if part.is_file()]
    if lines:
        write_text(whole, "".join(lines))


def _nothing_left(form: Datasheet, tally: Tally) -> str:
    dropped: Counter[str] = Counter()
    for key, number in tally.steps.items():
        _, action, reason = key.split("\t")
        if action in ("drop", "merge"):
            dropped[reason] += number
    records_in = tally.records["in"]
    if dropped["no_consent"] == records_in and form.consent.column is not None:
        column, accepted = form.consent.column, ", ".join(form.consent.accepted)
        return (
            f"none of {records_in} rows has consent: no answer in column {column!r} is one of: {accepted}. "
            "Ask the contributors, or list the answers that mean yes under consent.accepted in datasheet.yaml"
        )
    first = dropped.most_common(1)[0][0]
    counts = ", ".join(f"{reason} {count}" for reason, count in dropped.most_common())
    remedy = reasons()[first].remedy if first in reasons() else ""
    return f"none of {records_in} rows is left: {counts}. {remedy or 'Correct the rows in the files'}"
