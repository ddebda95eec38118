"""rephrase/1: training messages that a local model rewrites, each marked with its parent and its maker.

A rephrased record inherits reply, language, contributor, cluster and split from its parent, and with them licence and
consent: a parent is a training record whose consent covers `rephrase`. What the model writes is checked as a row is,
and against its parent; whatever a check would drop, flag or mask is refused, with a decision that says why. Nothing
rephrased is ever validated or tested on.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from commonhold.curate.engine.cross_record import CrossRecordResult
from commonhold.curate.engine.finalize import DECISIONS, EXAMPLES, LEAVES, REVIEW
from commonhold.curate.engine.plan import Plan
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.engine.shard_result import RECORDS
from commonhold.curate.engine.shards import once, read_column, read_rows_at
from commonhold.curate.engine.step_decisions import content_digest
from commonhold.curate.rephrasing.checks import Refused, longest, unquoted
from commonhold.curate.rephrasing.judge import RephrasingJudge
from commonhold.curate.rephrasing.style import request, style_name
from commonhold.curate.rows.record import Record
from commonhold.curate.settings import Style
from commonhold.digests import sha256_bytes
from commonhold.keyed_ids import keyed_id
from commonhold.records.chat import Conversation
from commonhold.records.example import DecisionLine, Example

STEP = "rephrase/1"
BATCH = 64
"""Messages rephrased at once; what is finished is kept when curation is killed."""


@dataclass(frozen=True, slots=True)
class Rephraser:
    """A local model that rewrites messages."""

    model: str
    """Its id, revision, quantisation and the digest of its weights."""
    reply: Callable[[Sequence[Conversation], int], Sequence[str]]
    """One greedy reply a conversation, in order, of at most so many tokens."""


@dataclass(frozen=True, slots=True)
class Rephrased:
    """What came of it."""

    folders: tuple[Path, ...] = ()
    """With examples, decisions and leaves like those of a shard."""
    made: Mapping[str, int] = field(default_factory=dict)
    """Records that are used, by style."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """By reason."""
    warnings: Sequence[str] = ()


class Attempt(NamedTuple):
    """One message to rewrite in one style."""

    item: int
    style: Style


def rephrase(
    table: RecordTable, compared: CrossRecordResult, plan: Plan, rephraser: Rephraser, work: Path
) -> Rephrased:
    """Writes records of the styles that the settings name below `work`, up to their share of the training records.

    Parents are drawn by what they say and by the seed; each has its turn before one has a second.
    """
    done = once(work / "whole", partial(_rephrase, table, compared, plan, rephraser, work))
    return Rephrased((work / "whole",), done["made"], done["refused"], done["warnings"])


def _rephrase(
    table: RecordTable, compared: CrossRecordResult, plan: Plan, rephraser: Rephraser, work: Path, out: Path
) -> Mapping[str, Any]:
    asked = plan.settings.rephrase
    training = sum(compared.split[item] == "train" for item in table.items.tolist())
    most = int(asked.share * training + 1e-9)  # 0.29 * 100 is 28.999999999999996
    parents = _parents(table, compared)
    attempts = _attempts(parents, asked.styles)
    judge = RephrasingJudge(table, compared, plan)
    made: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    with _Writer(table, compared, plan, rephraser.model, out) as writer:
        batch = 0
        while some := list(islice(attempts, min(BATCH, most - made.total()))):
            records = _records(table, [attempt.item for attempt in some])
            replies = _replies(rephraser, some, records, work / f"replies-{batch:05}")
            for attempt, parent, reply in zip(some, records, replies, strict=True):
                child = writer.child(attempt, parent, unquoted(reply))
                child, why = judge(child, parent, attempt.item, attempt.style)
                writer.write(attempt, parent, child, why)
                made.update([attempt.style] if why is None else [])
                refused.update([why[0]] if why else [])
            batch += 1
    return {"made": made, "refused": refused, "warnings": _warnings(parents, made, refused)}


def _parents(table: RecordTable, compared: CrossRecordResult) -> list[int]:
    """Training records whose consent covers it, as drawn."""
    allowed: list[int] = []
    for first, shard in zip(table.first_items, table.shards, strict=True):
        purposes = read_column(shard.folder / RECORDS, "purposes")
        allowed += [first + index for index, names in enumerate(purposes) if "rephrase" in names.split(",")]
    drawn = table.drawn["rephrase"]
    parents = [item for item in allowed if table.alive[item] and compared.split[item] == "train"]
    return sorted(parents, key=lambda item: (int(drawn[item]), item))


def _attempts(parents: Sequence[int], styles: Sequence[Style]) -> Iterator[Attempt]:
    for turn in range(len(styles)):
        for index, item in enumerate(parents):
            yield Attempt(item, styles[(index + turn) % len(styles)])


def _records(table: RecordTable, items: Sequence[int]) -> list[Record]:
    """The records of items, in this order."""
    shard = np.searchsorted(np.array(table.first_items), np.array(items), "right") - 1
    by_item: dict[int, Record] = {}
    for one in np.unique(shard).tolist():
        in_shard = [item for item, of in zip(items, shard.tolist(), strict=True) if of == one]
        positions = [item - table.first_items[one] for item in in_shard]
        by_item.update(zip(in_shard, read_rows_at(table.shards[one].folder / RECORDS, positions), strict=True))
    return [by_item[item] for item in items]


def _replies(
    rephraser: Rephraser, attempts: Sequence[Attempt], records: Sequence[Record], folder: Path
) -> Sequence[str]:
    def ask(_: Path) -> Mapping[str, Any]:
        asked = [request(attempt.style, record.prompt) for attempt, record in zip(attempts, records, strict=True)]
        # A token is a byte at least, so that a reply which is cut off here is longer than any that is used.
        most = max(longest(record.prompt) for record in records) + 1
        return {"replies": list(rephraser.reply(asked, most))}

    replies: list[str] = once(folder, ask)["replies"]
    return replies


class _Writer:
    """Examples, decisions and leaves of rephrased records, as `finalize` writes those of rows."""

    def __init__(self, table: RecordTable, compared: CrossRecordResult, plan: Plan, model: str, out: Path) -> None:
        self._table, self._compared, self._plan, self._model = table, compared, plan, model
        self._key = plan.key
        (out / REVIEW).touch()
        self._files = {
            name: (out / name).open("w", encoding="utf-8", newline="\n") for name in (EXAMPLES, DECISIONS, LEAVES)
        }

    def __enter__(self) -> "_Writer":
        return self

    def __exit__(self, *_: object) -> None:
        for stream in self._files.values():
            stream.close()

    def child(self, attempt: Attempt, parent: Record, message: str) -> Record:
        """The parent with another message, under an id of its own."""
        name = keyed_id(self._key, "rephrase", parent.record_id, style_name(attempt.style), self._model)
        return parent._replace(record_id=name, prompt=message)

    def write(self, attempt: Attempt, parent: Record, child: Record, why: Refused | None) -> None:
        """The decision, and the record when it is used."""
        origin = f"{style_name(attempt.style)} of {parent.record_id}"
        decision = DecisionLine(
            record_id=child.record_id,
            step=STEP,
            action="drop" if why else "keep",
            reason=why[0] if why else "",
            file=parent.file,
            row=parent.row,
            detail=f"{origin}: {why[1]}" if why else origin,
            before=content_digest(self._key, parent),
            after="" if why else content_digest(self._key, child),
            entry=parent.entry,
            licence=parent.licence_among(self._plan.licences),
            purposes=parent.allowed,
        )
        self._line(DECISIONS, asdict(decision))
        if not why:
            self._line(EXAMPLES, asdict(self._example(attempt, parent, child)))
            digest = sha256_bytes(child.content.encode("utf-8", "surrogatepass"))
            self._files[LEAVES].write(f"{child.record_id} {digest}\n")

    def _example(self, attempt: Attempt, parent: Record, child: Record) -> Example:
        return Example(
            record_id=child.record_id,
            prompt=child.prompt,
            completion=child.completion,
            split="train",
            language=child.language,
            contributor=child.contributor,
            cluster=self._table.id_of(int(self._compared.cluster[attempt.item])),
            file=child.file,
            row=child.row,
            rejected=child.rejected,
            desirable=child.desirable,
            entry=child.entry,
            licence=child.licence_among(self._plan.licences),
            purposes=child.allowed,
            parents=(parent.record_id,),
            made_by=f"{self._model}, {style_name(attempt.style)}, greedy",
        )

    def _line(self, name: str, value: Mapping[str, Any]) -> None:
        self._files[name].write(json.dumps(value, sort_keys=True, ensure_ascii=False) + "\n")


def _warnings(parents: Sequence[int], made: Counter[str], refused: Counter[str]) -> list[str]:
    if not parents:
        return ["nothing was rephrased: no row to learn from has a consent that covers rephrase"]
    tried = made.total() + refused.total()
    if refused.total() <= made.total():
        return []
    return [
        f"of {tried} messages that the model rephrased, {refused.total()} were refused; look through those that are "
        "used, or take a larger base model"
    ]
