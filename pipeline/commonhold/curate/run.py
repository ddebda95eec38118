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
from commonhold.curate.engine.shards import SHARD_ROWS, few_collections
from commonhold.curate.engine.survey import survey
from commonhold.curate.engine.tally import Tally
from commonhold.curate.inspect.row_sample import sample_of_shards
from commonhold.curate.privacy.labelled_names import LabelledCount, LabelledText, count_found
from commonhold.curate.privacy.masking_counts import masking_counts
from commonhold.curate.privacy.public_proposals import propose_public
from commonhold.curate.refusal import refusal
from commonhold.curate.rephrasing.rephrase import Rephrased, Rephraser, rephrase
from commonhold.curate.reporting.conflicts import read_conflicts
from commonhold.curate.reporting.contributors import CONTRIBUTORS, people_of, write_people
from commonhold.curate.reporting.report import html_report, markdown_report
from commonhold.curate.reporting.summary import MIN_WORDINGS, Spread, SummaryInputs, row_licences, summarise
from commonhold.curate.rights.merkle import RecordTree
from commonhold.curate.rights.sources import RowLicences
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.datasheet import Datasheet
from commonhold.curate.rows.method_needs import refuse_if_missing
from commonhold.curate.rows.reading import ReadRows, read_all
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.curate.rows.repair import UNREADABLE_ROWS, repair_name, write_repair, write_unreadable
from commonhold.curate.selection.labels import are_labels
from commonhold.curate.settings import CurationSettings
from commonhold.curate.steps.redact_pii import by_form, redactor_of
from commonhold.curate.steps.registered import idle_steps, packages_of, per_record_steps, purposes
from commonhold.curate.steps.step import Embed
from commonhold.errors import Problem, RequestError
from commonhold.files import space_needed, write_text
from commonhold.number_format import count
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
    forbids: Callable[[RowLicences], Sequence[Problem]] = lambda _licences: ()
    """What the licences of the rows that are left forbid."""


def curate(
    job: CurationJob,
    out: Path,
    say: Callable[[str], None],
    executor: Executor | None = None,
    embed: Embed | None = None,
) -> CurationSummary:
    """Writes examples, decisions, summary and reports of one folder of records into the existing folder `out`.

    The same files, settings, key and seed give the same bytes, on any executor and with shards of any size. Once files
    were opened, all of it is written even where the rows cannot be learnt from: the error has `out` as its `attempt`.

    Raises:
        FormError: the forms or the files have problems, all of them at once; or lack what the method learns from; or
            licences of rows forbid it.
        NothingLeftError: no record is left, or most rows cannot be read.
    """
    executor = executor or Inline()
    with few_collections():
        return curate_rows(job, read_rows(job, executor), out, say, executor, embed)


def read_rows(job: CurationJob, executor: Executor) -> ReadRows:
    """The records of all the files, in shards in the job's work folder.

    Raises:
        FormError: the forms or the files have problems, all of them at once; or lack what the method learns from.
    """
    refuse_if_missing(job.data.datasheet, job.settings.method)
    maker = RecordMaker(job.data.form, job.key, job.settings.as_of, piece_words=job.settings.max_words)
    return read_all(job.data, maker, executor, job.work / "read", job.shard_rows)


def curate_rows(
    job: CurationJob,
    reading: ReadRows,
    out: Path,
    say: Callable[[str], None],
    executor: Executor,
    embed: Embed | None = None,
) -> CurationSummary:
    """What `curate` does with rows that were read.

    Raises:
        FormError: not all files could be read; or licences of rows forbid learning from them.
        NothingLeftError: no record is left, or most rows cannot be read.
    """
    form = job.data.form
    files = len({read.file.path for read in reading.files})
    say(f"read {count(reading.rows, 'row')} from {count(files, 'file')}")
    if reading.problems:
        say("not all files can be read; what became of the rows of the others is written down, and then this ends")
    repairs = _write_repairs(reading, out)
    plan = plan_of(job)
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
    folders, tally = _finalized([*executor.map(finalize, _finalize_tasks(job, plan, reading, table, compared))])
    _check(reading, tally, table)
    error = refusal(job.data, job.settings.method, reading, tally, job.forbids(row_licences(form, tally)))
    done = _Done(reading, repairs, account, table, compared, tally, folders, error)
    rephrased = Rephrased() if error else _rephrased(job, table, compared, plan)
    summary = _write(job, plan, done, rephrased, out)
    write_text(out / "report.html", html_report(summary))
    write_text(out / "report.md", markdown_report(summary))
    write_curation_summary(out, summary)
    if error:
        error.attempt = out
        raise error
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
    error: RequestError | None
    """Why nothing is learnt from it."""


def _write(job: CurationJob, plan: Plan, done: _Done, rephrased: Rephrased, out: Path) -> CurationSummary:
    """Joins what the shards wrote, and counts it."""
    form = job.data.form
    parts = [*done.folders, *rephrased.folders]
    for name in (EXAMPLES, DECISIONS, REVIEW):
        _join([folder / name for folder in parts], out / name)
    _join_sealed([shard.folder / SEALED for shard in done.table.shards], out / SEALED)
    labels = job.settings.method == "sft" and are_labels(done.table)
    people = people_of([folder / PEOPLE for folder in done.folders])
    write_people(out / CONTRIBUTORS, people, form, sum(done.repairs.values()), refused=done.error is not None)
    inputs = SummaryInputs(
        account=done.account,
        masked=masking_counts(shard.counts for shard in done.table.shards),
        proposed=_proposed(job, done.reading),
        labelled=_labelled(job.settings.labelled_names, plan),
        people=people.largest(done.tally.records["kept"]),
        spread=Spread(people.count, people.sent_count, people.half, people.spread, people.gini),
        clusters=len(np.unique(done.compared.cluster[done.table.items])),
        wordings=_wordings(done.table) if job.settings.method == "sft" and not labels else (0, 0),
        conflicts=read_conflicts(out / REVIEW),
        labels=labels,
        warnings=[*job.warnings, *done.reading.warnings, *_warnings(done, rephrased)],
        as_of=job.settings.as_of if depends_on_day(form) else None,
        repairs=done.repairs,
        files=[read.file.name for read in done.reading.files if not read.repaired],
        refused=_lines(done.error, job.data.folder.shown) if done.error else (),
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


def _proposed(job: CurationJob, reading: ReadRows) -> Counter[str]:
    sample = sample_of_shards(reading.shards)
    return Counter(each.kind for each in propose_public(sample, redactor_of(by_form(plan_of(job).redaction))))


def _labelled(texts: Sequence[LabelledText], plan: Plan) -> LabelledCount:
    found = redactor_of(plan.redaction).names([each.text for each in texts]) if texts else ()
    return count_found(texts, found)


def depends_on_day(form: Datasheet) -> bool:
    """Whether the day on which consent is judged can matter."""
    columns = form.consent.columns
    return (
        columns.expiry is not None or columns.event_time is not None or form.consent.every_row.validity_days is not None
    )


def plan_of(job: CurationJob) -> Plan:
    """What the steps need to know."""
    data, form = job.data, job.data.form
    return Plan(
        settings=job.settings,
        regions=form.region,
        outdated_before=form.outdated_before,
        patterns=data.patterns,
        word_lists=data.word_lists,
        identifier=data.identifier,
        survey=job.work / "survey.json",
        key=job.key,
        seed=job.seed,
        plain=form.columns.text is not None,
        rated=form.columns.rating is not None,
        licences=data.licences,
        public=form.public,
        sealing_keys=data.governance.sealing_keys if data.governance else (),
    )


def _lines(error: RequestError, folder: Path) -> list[str]:
    """What an error says, without the place of the data folder on this machine."""
    return (str(error).replace(f"{folder}/", "") if folder.parts else str(error)).splitlines()


def _warnings(done: _Done, rephrased: Rephrased) -> Iterator[str]:
    """About rows and splits; where nothing is learnt, only what the refusal does not say already."""
    if not done.error or done.reading.problems:
        yield from done.reading.unreadable
    if not done.error:
        yield from done.compared.warnings
        yield from rephrased.warnings


def _write_repairs(reading: ReadRows, out: Path) -> dict[str, int]:
    """The rows to correct, file by file, and where each is; gives how many are in which file."""
    written = {}
    for read in reading.files:
        if read.bad:
            name = repair_name(read.file)
            write_repair(out / REPAIR / name, read.header, read.bad)
            written[name] = len(read.bad)
    if written:
        write_unreadable(out / UNREADABLE_ROWS, reading.bad)
    return written


def _account(plan: Plan, shards: Sequence[ShardResult]) -> dict[str, tuple[int, int]]:
    """Of all shards, records that went into each per-record step and that were kept."""
    parts = {name: [shard.steps[name] for shard in shards] for name in per_record_steps(plan)}
    return {
        name: (sum(records_in for records_in, _ in part), sum(kept for _, kept in part)) for name, part in parts.items()
    }


def _finalize_tasks(
    job: CurationJob, plan: Plan, reading: ReadRows, table: RecordTable, compared: CrossRecordResult
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
            plan.licences,
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
