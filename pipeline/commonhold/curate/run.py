"""Curation from end to end: a folder with a datasheet in, examples and a decision for every record out.

Rows are read into shards of records (`reading`), the steps that look at one record at a time run over the shards
(`local`), the steps that compare records run over columns of numbers (`overall`), and the verdicts are applied and
written down shard by shard (`mix`). Every part of the work is a function from files to files that an executor runs
here, in processes or on a cluster, and that is done once, however often curation is killed and begun again.
"""

import base64
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from commonhold.curate.engine.cross_record import Embed, Overall, by_shard, purposes, run_overall
from commonhold.curate.engine.executor import Executor, Inline
from commonhold.curate.engine.finalize import DECISIONS, EXAMPLES, LEAVES, PEOPLE, REVIEW, MixTask, mix
from commonhold.curate.engine.per_record import LOCAL_STEPS, SEALED, Local, LocalPlan, run_local
from commonhold.curate.engine.record_table import Table
from commonhold.curate.engine.shards import SHARD_ROWS
from commonhold.curate.engine.survey import survey
from commonhold.curate.engine.tally import Tally
from commonhold.curate.rephrasing.rephrase import Rephrased, Rephraser, rephrase
from commonhold.curate.reporting.contributors import CONTRIBUTORS, people_of, write_people
from commonhold.curate.reporting.report import html_report, markdown_report
from commonhold.curate.reporting.summary import MIN_WORDINGS, Found, Spread, summarise
from commonhold.curate.rights.merkle import RecordTree
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.datasheet import Datasheet
from commonhold.curate.rows.method_needs import refuse_if_lacking, refuse_one_thumb
from commonhold.curate.rows.reading import FileRead, Reading, read_all
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.curate.rows.repair import repair_name, write_repair
from commonhold.curate.settings import Settings
from commonhold.curate.steps.step import unaccounted
from commonhold.errors import NothingLeftError
from commonhold.files import space_needed, write_text
from commonhold.records.curation_summary import CurationSummary, write_curation_summary

REPAIR = "repair"
REMEDIES = {
    "too_short": "Lower data.min_words in the recipe, or send longer rows",
    "too_long": "Raise data.max_words in the recipe, or send shorter rows",
    "outdated": "Correct the dates in the files, or outdated_before in datasheet.yaml",
    "consent_expired": "Ask the contributors again, or set data.as_of to the day for which the model is made",
    "not_rated": "Rate replies, or set train.objective.method to sft in the recipe",
    "nothing_rejected": "Write a second, worse reply to messages, or set train.objective.method to sft in the recipe",
    "replies_alike": "Write another reply into one of the two columns",
    "rated_down": "Set train.objective.method to kto in the recipe to learn from thumbs down",
    "evaluation_overlap": "Write evaluation questions of their own, or set data.cleaning.evaluation_overlap to flag",
}
"""By the reason that took most rows, when it took the last ones too."""


@dataclass(frozen=True, slots=True)
class Job:
    """One curation."""

    data: CommunityData
    settings: Settings
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
    job: Job, out: Path, say: Callable[[str], None], executor: Executor | None = None, embed: Embed | None = None
) -> CurationSummary:
    """Writes examples, decisions, summary and reports of one folder of records into the existing folder `out`.

    The same files, settings, key and seed give the same bytes, on any executor and with shards of any size.

    Raises:
        FormError: the forms or the files have problems, all of them at once; or lack what the method learns from.
        NothingLeftError: no record is left, or a split stays empty.
    """
    executor = executor or Inline()
    form = job.data.form
    refuse_if_lacking(job.data.datasheet, job.settings.method)
    maker = RecordMaker(form, job.key, job.settings.as_of, piece_words=job.settings.max_words)
    reading = read_all(job.data, maker, executor, job.work / "read", job.shard_rows)
    say(f"read {reading.rows:,} rows from {len(reading.files)} files")
    repairs = _write_repairs(reading.files, out / REPAIR)
    if not reading.rows:
        raise NothingLeftError("the files have a header and no rows. Add rows, or remove the files from datasheet.yaml")
    plan = _plan(job)
    says_who = bool(form.personal.columns())
    survey(reading.shards, executor, plan.survey, lines=job.settings.strip_boilerplate, words=says_who)
    shards = run_local(reading.shards, plan, executor, job.work / "local")
    account = _account(shards)
    table = Table.load(shards, plan.drawn)
    overall = Overall()
    if len(table.alive):
        overall = run_overall(table, job.settings, executor, job.work / "overall", embed)
    account.update(overall.account)
    for name, (came, kept) in account.items():
        say(f"{name}: {came:,} -> {kept:,}")
    folders, tally = _mixed([*executor.map(mix, _mix_tasks(job, reading, shards, table, overall))])
    _check(reading, tally, table)
    if not tally.records["kept"]:
        raise NothingLeftError(_nothing_left(form, tally))
    if job.settings.method == "kto":
        refuse_one_thumb(tally)
    done = _Done(reading, repairs, shards, account, table, overall, tally, folders)
    summary = _write(job, done, _rephrased(job, table, overall, plan), out)
    write_curation_summary(out, summary)
    write_text(out / "report.html", html_report(summary))
    write_text(out / "report.md", markdown_report(summary))
    return summary


class _Done(NamedTuple):
    """What the parts of the work came to."""

    reading: Reading
    repairs: dict[str, int]
    shards: Sequence[Local]
    account: dict[str, tuple[int, int]]
    table: Table
    overall: Overall
    tally: Tally
    folders: Sequence[Path]
    """What `mix` wrote, a folder for each shard."""


def _write(job: Job, done: _Done, rephrased: Rephrased, out: Path) -> CurationSummary:
    """Joins what the shards wrote, and counts it."""
    form = job.data.form
    parts = [*done.folders, *rephrased.folders]
    for name in (EXAMPLES, DECISIONS, REVIEW):
        _join([folder / name for folder in parts], out / name)
    _join_sealed([shard.folder / SEALED for shard in done.shards], out / SEALED)
    people = people_of([folder / PEOPLE for folder in done.folders])
    write_people(out / CONTRIBUTORS, people, form, sum(done.repairs.values()))
    found = Found(
        account=done.account,
        redactions=sum((Counter(shard.counts) for shard in done.shards), Counter[str]()),
        people=people.largest(done.tally.records["kept"]),
        spread=Spread(people.count, people.sent_count, people.half, people.spread, people.gini),
        clusters=len(np.unique(done.overall.cluster[done.table.items])),
        wordings=_wordings(done.table) if job.settings.method == "sft" else (0, 0),
        warnings=[*job.warnings, *done.reading.warnings, *done.overall.warnings, *rephrased.warnings],
        as_of=job.settings.as_of if depends_on_day(form) else None,
        repairs=done.repairs,
        shared_phrases=[phrase.words for phrase in done.overall.overlaps],
        settings=job.settings,
        people_apart=done.overall.people_apart,
        root=RecordTree(_leaves([folder / LEAVES for folder in parts]), job.key).root,
        synthetic=rephrased.made,
        synthetic_refused=rephrased.refused,
    )
    return summarise(form, done.tally, found)


def _rephrased(job: Job, table: Table, overall: Overall, plan: LocalPlan) -> Rephrased:
    if not job.settings.rephrase.styles:
        return Rephrased()
    if job.rephraser is None:
        raise ValueError("styles to rephrase in are named, and there is no model to do it")
    return rephrase(table, overall, plan, job.rephraser, job.work / "rephrase")


def depends_on_day(form: Datasheet) -> bool:
    """Whether the day on which consent is judged can matter."""
    columns = form.consent.columns
    return (
        columns.expiry is not None or columns.event_time is not None or form.consent.every_row.validity_days is not None
    )


def _plan(job: Job) -> LocalPlan:
    data, form = job.data, job.data.form
    return LocalPlan(
        settings=job.settings,
        region=form.region,
        outdated_before=form.outdated_before,
        patterns=data.patterns,
        word_lists=data.word_lists,
        identifier=data.identifier,
        survey=job.work / "survey.json",
        key=job.key,
        seed=job.seed,
        drawn=purposes(job.settings),
        plain=form.columns.text is not None,
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


def _account(shards: Sequence[Local]) -> dict[str, tuple[int, int]]:
    """Of all shards, records that went into each step and that were kept."""
    parts = {name: [shard.steps[name] for shard in shards] for name in LOCAL_STEPS if name in shards[0].steps}
    return {name: (sum(came for came, _ in part), sum(kept for _, kept in part)) for name, part in parts.items()}


def _mix_tasks(
    job: Job, reading: Reading, shards: Sequence[Local], table: Table, overall: Overall
) -> Iterator[MixTask]:
    rulings = {name: by_shard(table, ruled) for name, ruled in overall.rulings.items()}
    for number, (shard, local) in enumerate(zip(reading.shards, shards, strict=True)):
        first, end = table.first_items[number], table.first_items[number] + local.kept
        cluster = table.record_id[overall.cluster[first:end]].tolist() if len(overall.cluster) else []
        yield MixTask(
            shard,
            local.folder,
            tuple((name, tuple(next(ruled))) for name, ruled in rulings.items()),
            tuple(overall.split[first:end]),
            tuple(name.decode() for name in cluster),
            job.key,
            job.work / "mix" / f"{number:05}",
        )


def _mixed(parts: Sequence[tuple[Path, Tally]]) -> tuple[list[Path], Tally]:
    tally = Tally()
    for _, counts in parts:
        tally.add(counts)
    return [folder for folder, _ in parts], tally


def _check(reading: Reading, tally: Tally, table: Table) -> None:
    """In = kept + dropped + merged, over all steps; a curation that loses rows is stopped.

    Raises:
        CommonholdError: records are lost or invented.
    """
    dropped = sum(number for key, number in tally.steps.items() if key.split("\t")[1] in ("drop", "merge"))
    came, kept = tally.records["in"], tally.records["kept"]
    if not came == reading.rows == kept + dropped or kept != len(table.items):
        raise unaccounted("mix", reading.rows, kept, dropped, abs(reading.rows - kept - dropped))


def _wordings(table: Table) -> tuple[int, int]:
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
    came = tally.records["in"]
    if dropped["no_consent"] == came and form.consent.column is not None:
        column, accepted = form.consent.column, ", ".join(form.consent.accepted)
        return (
            f"none of {came} rows has consent: no answer in column {column!r} is one of: {accepted}. "
            "Ask the contributors, or list the answers that mean yes under consent.accepted in datasheet.yaml"
        )
    first = dropped.most_common(1)[0][0]
    reasons = ", ".join(f"{reason} {count}" for reason, count in dropped.most_common())
    return f"none of {came} rows is left: {reasons}. {REMEDIES.get(first, 'Correct the rows in the files')}"
