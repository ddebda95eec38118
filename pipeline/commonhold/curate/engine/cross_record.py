"""The part of curation that compares records with each other: columns of all records in, decisions out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from commonhold.curate.dedup.evaluation_overlap import Boilerplate
from commonhold.curate.dedup.ragged import Places
from commonhold.curate.engine.account import unaccounted
from commonhold.curate.engine.executor import Executor
from commonhold.curate.engine.plan import Plan
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.steps.registered import cross_record_steps
from commonhold.curate.steps.step import CrossRecordInputs, CrossRecordStepResult, Decision, Embed, Splits
from commonhold.records.example import Split


@dataclass(slots=True)
class CrossRecordResult:
    """What the steps together came to."""

    decisions: dict[str, Sequence[Decision]] = field(default_factory=dict)
    """By step."""
    account: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By step: records that went in and that were kept."""
    warnings: list[str] = field(default_factory=list)
    split: Sequence[Split] = ()
    """Of every item; those that are out are in train."""
    split_by: str = ""
    """The step that divided the records."""
    cluster: Places = field(default_factory=lambda: np.zeros(0, np.int64))
    """The least item of the group that each stays together with."""
    people_apart: bool = True
    """Whether no contributor's records are in two splits."""
    shared_phrases: Sequence[Boilerplate] = ()
    """Phrases that many records and several questions have in common, and that therefore count as no leak."""


def run_cross_record_steps(
    table: RecordTable, plan: Plan, executor: Executor, work: Path, embed: Embed | None = None
) -> CrossRecordResult:
    """The steps in order; afterwards `table.alive` says which records are used.

    `embed` makes vectors of texts, where the settings ask for copies by meaning.
    """
    result = CrossRecordResult()
    for name, step in cross_record_steps(plan).items():
        inputs = CrossRecordInputs(table, plan, executor, work / name.partition("/")[0], embed)
        _apply(table, name, step.run(inputs), result)
        if not table.alive.any():
            break
    return result


def _apply(table: RecordTable, name: str, outcome: CrossRecordStepResult, result: CrossRecordResult) -> None:
    records_in = int(table.alive.sum())
    dropped = np.array([one.item for one in outcome.decisions if one.action in ("drop", "merge")], np.int64)
    if len(np.unique(dropped)) < len(dropped) or not table.alive[dropped].all():
        raise unaccounted(
            name,
            records_in,
            records_in - len(dropped),
            len(dropped),
            len(dropped) - len(np.unique(dropped[table.alive[dropped]])),
        )
    table.alive[dropped] = False
    result.decisions[name] = outcome.decisions
    result.account[name] = records_in, records_in - len(dropped)
    result.warnings += outcome.warnings
    result.shared_phrases = (*result.shared_phrases, *outcome.shared_phrases)
    if outcome.splits:
        _take_splits(name, outcome.splits, result)


def _take_splits(name: str, splits: Splits, result: CrossRecordResult) -> None:
    result.split, result.cluster, result.people_apart = splits.split, splits.cluster, splits.people_apart
    result.split_by = name


def by_shard(table: RecordTable, decisions: Sequence[Decision]) -> Iterator[list[Decision]]:
    """The decisions on each shard's items, which are numbered from its first."""
    ends = [*table.first_items[1:], len(table.alive)]
    index = 0
    for first, end in zip(table.first_items, ends, strict=True):
        of_shard = []
        while index < len(decisions) and decisions[index].item < end:
            of_shard.append(decisions[index]._replace(item=decisions[index].item - first))
            index += 1
        yield of_shard
