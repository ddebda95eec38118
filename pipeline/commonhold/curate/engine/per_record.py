"""The part of curation that looks at one record at a time: a shard of records in, cleaned records and decisions out."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from commonhold.curate.dedup.hashing import HashedTexts
from commonhold.curate.engine.account import check_account, check_outsider, dropped_items
from commonhold.curate.engine.executor import Executor
from commonhold.curate.engine.plan import Plan
from commonhold.curate.engine.record_columns import write_columns
from commonhold.curate.engine.shard_result import DECISION_ROWS, RECORDS, SEALED, ShardResult
from commonhold.curate.engine.shards import Shard, once, read_kept, write_shard
from commonhold.curate.engine.step_decisions import DecisionRow, content_digest, write_decision_rows
from commonhold.curate.engine.survey import read_survey
from commonhold.curate.privacy.sealed_map import MapEntry, seal
from commonhold.curate.rows.record import Record
from commonhold.curate.steps.registered import own_settings, per_record_steps, purposes
from commonhold.curate.steps.step import STEPS, Step, StepInputs, StepResult, WordCounts
from commonhold.errors import CommonholdError


class PerRecordTask(NamedTuple):
    """One shard."""

    shard: Shard
    plan: Plan
    out: Path


def run_per_record_steps(shards: Sequence[Shard], plan: Plan, executor: Executor, work: Path) -> list[ShardResult]:
    """All shards, in order."""
    tasks = (PerRecordTask(shard, plan, work / f"{number:05}") for number, shard in enumerate(shards))
    return list(executor.map(process, tasks))


def process(task: PerRecordTask) -> ShardResult:
    """One shard, once."""
    done = once(task.out, partial(_process, task))
    return ShardResult(
        task.out,
        done["records_in"],
        done["kept"],
        {name: (records_in, kept) for name, (records_in, kept) in done["steps"].items()},
        done["counts"],
        tuple((tag, source) for tag, source in done["kinds"]),
    )


def made_steps(plan: Plan, word_counts: WordCounts | None = None) -> dict[str, Step]:
    """The steps of a run by registered name, in order."""
    survey, extra = read_survey(plan.survey), plan.extra_steps
    return {
        name: step.make(StepInputs(plan, survey, word_counts, own_settings(step, extra.get(name, {}))))
        for name, step in per_record_steps(plan).items()
    }


def _process(task: PerRecordTask, out: Path) -> Mapping[str, Any]:
    plan = task.plan
    records_in = read_kept(task.shard)
    if len({record.record_id for record in records_in}) < len(records_in):
        raise CommonholdError(f"{task.shard.path.name}: two records have one id. This is a bug; nothing was written")
    records: Sequence[Record] = records_in
    positions: Sequence[int] = range(len(records_in))
    rows: list[DecisionRow] = []
    account: dict[str, tuple[int, int]] = {}
    counts: Counter[str] = Counter()
    masked: list[MapEntry] = []
    hashed = HashedTexts()
    for name, step in made_steps(plan, hashed.counts).items():
        result = step(records)
        _check(name, records, result)
        rows += _rows(name, records, result, positions, plan.key)
        account[name] = len(records), len(result.kept)
        counts.update(result.counts)
        masked += result.masked
        if out_of_it := frozenset(dropped_items(result.decisions)):
            positions = [position for item, position in enumerate(positions) if item not in out_of_it]
        records = result.kept
    kinds = {kind: number for number, kind in enumerate(dict.fromkeys((one.language, one.source) for one in records))}
    write_shard(out / RECORDS, records)
    write_decision_rows(out / DECISION_ROWS, rows)
    if masked:
        (out / SEALED).write_bytes(seal(masked, plan.sealing_keys))
    write_columns(out, records, positions, kinds, plan, purposes(plan), hashed)
    return {
        "records_in": len(records_in),
        "kept": len(records),
        "steps": account,
        "counts": counts,
        "kinds": list(kinds),
    }


def _check(name: str, records: Sequence[Record], result: StepResult) -> None:
    package = STEPS.package_of(name)
    check_account(name, records, result, package)
    if package:
        check_outsider(name, records, result, frozenset(STEPS.get(name).reasons), package)


def _rows(
    name: str, records: Sequence[Record], result: StepResult, positions: Sequence[int], key: bytes
) -> Iterator[DecisionRow]:
    """The decisions of a step, with digests of what each record said before and after it."""
    out = dropped_items(result.decisions)
    for item, action, reason, detail in result.decisions:
        before = content_digest(key, records[item])
        after = "" if action == "drop" else before
        if action == "change":
            after = content_digest(key, result.kept[item - bisect_left(out, item)])
        yield DecisionRow(positions[item], name, action, reason, detail, before, after)
