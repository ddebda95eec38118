"""The last part of curation: all decisions are applied, and what was decided is written down for every record."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import compress, repeat
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from orjson import Fragment

from commonhold.curate.engine.json_lines import line_of
from commonhold.curate.engine.shard_result import COLUMNS, DECISION_ROWS, RECORDS
from commonhold.curate.engine.shards import Shard, once, read_kept, read_shard
from commonhold.curate.engine.step_decisions import DecisionRow, digest_of_texts, read_decision_rows
from commonhold.curate.engine.tally import Tally, length_bin
from commonhold.curate.rows.record import Record, columns_of
from commonhold.curate.steps.registered import for_review, masking
from commonhold.curate.steps.step import Decision
from commonhold.digests import sha256_bytes
from commonhold.keyed_ids import json_bytes
from commonhold.records.example import DecisionLine, Example, Split

EXAMPLES, DECISIONS, REVIEW, LEAVES, PEOPLE = (
    "examples.jsonl",
    "decisions.jsonl",
    "review.jsonl",
    "leaves.txt",
    "people.parquet",
)
decision_line, example_line = line_of(DecisionLine), line_of(Example)
TEXTS = frozenset({"prompt", "completion", "rejected", "own", "date", "refusal", "refusal_detail"})
"""What is not read of a record as it went in."""
NOT_IN_EXAMPLES = frozenset({"source", "document", "date", "refusal", "refusal_detail", "own"})
BUFFER_BYTES = 1 << 18
"""Of lines, that are written in one go."""
OUT = frozenset({"drop", "merge"})
"""Actions after which a record is not used."""


class FinalizeTask(NamedTuple):
    """One shard, and all that was decided about its records by comparing them with others."""

    shard: Shard
    per_record: Path
    """Folder with what the per-record steps left."""
    decisions: tuple[tuple[str, tuple[Decision, ...]], ...]
    """By cross-record step; items are the positions among the records that passed the per-record steps."""
    split: tuple[Split, ...]
    split_by: str
    """The step that decided it, and with it that a record is used."""
    cluster: tuple[str, ...]
    licences: Mapping[str, str]
    """Of the rows of each file that say nothing else."""
    key: bytes
    out: Path


class _Shard(NamedTuple):
    """What happened to the records of one shard; lists by the position of the record among those that went in."""

    records_in: Sequence[Record]
    passed: Sequence[Record]
    """As those were that passed the per-record steps, in the same order."""
    positions: Sequence[int]
    """Of `passed` among `records_in`."""
    decisions: Sequence[list[DecisionRow]]
    """Of every record, in the order of the steps."""
    split: list[str]
    """Empty for a record that is not used."""

    @property
    def kept(self) -> Iterator[Record]:
        """Those that are used, as they went in."""
        return compress(self.records_in, self.split)


def finalize(task: FinalizeTask) -> tuple[Path, Tally]:
    """One shard, once: the folder with its examples and decisions, and the counts."""
    done = once(task.out, partial(_finalize, task))
    return task.out, Tally.of(done)


def _finalize(task: FinalizeTask, out: Path) -> Mapping[str, Any]:
    records_in = read_kept(task.shard, TEXTS)
    with np.load(task.per_record / COLUMNS) as columns:
        positions = columns["place"].tolist()
        words = columns["prompt_words"].tolist(), columns["completion_words"].tolist()
    decisions: list[list[DecisionRow]] = [[] for _ in records_in]
    for row in read_decision_rows(task.per_record / DECISION_ROWS):
        decisions[row.place].append(row)
    passed = read_shard(task.per_record / RECORDS, NOT_IN_EXAMPLES)
    shard = _Shard(records_in, passed, positions, decisions, [""] * len(records_in))
    _apply(task, shard)
    with (out / EXAMPLES).open("wb", BUFFER_BYTES) as examples:
        examples.writelines(_keep(task, shard, out / LEAVES))
    _write_decisions(task, shard, out)
    _write_people(out / PEOPLE, _by_contributor(shard))
    return _counted(shard, words).as_json()


def _apply(task: FinalizeTask, shard: _Shard) -> None:
    """Applies what the steps decided that compare records."""
    digests: dict[int, str] = {}
    for step, decisions in task.decisions:
        for item, action, reason, detail in decisions:
            if item not in digests:
                digests[item] = digest_of_texts(task.key, map(json_bytes, shard.passed[item].content_parts))
            digest, position = digests[item], shard.positions[item]
            left = digest if action == "flag" else ""
            shard.decisions[position].append(DecisionRow(position, step, action, reason, detail, digest, left))


def _keep(task: FinalizeTask, shard: _Shard, leaves: Path) -> Iterator[bytes]:
    """The lines of the examples; notes for every record that is used that it is, and writes its leaf."""
    leaf_lines = []
    for item, (position, record) in enumerate(zip(shard.positions, shard.passed, strict=True)):
        decisions = shard.decisions[position]
        if decisions and decisions[-1].action in OUT:
            continue
        split = task.split[item]
        texts = [*map(json_bytes, record.content_parts)]
        digest = digest_of_texts(task.key, texts)
        decisions.append(DecisionRow(position, task.split_by, "keep", "", split, digest, digest))
        shard.split[position] = split
        leaf_lines.append(f"{record.record_id} {sha256_bytes(record.content.encode())}\n")
        yield example_line((
            record.record_id, Fragment(texts[0]), Fragment(texts[1]), split, record.language, record.contributor,
            task.cluster[item], record.file, record.row, (), "", record.rejected, record.desirable,
            record.entry, record.licence_among(task.licences), record.allowed,
        ))  # fmt: skip
    leaves.write_text("".join(leaf_lines), encoding="ascii")


def _write_decisions(task: FinalizeTask, shard: _Shard, out: Path) -> None:
    """Every decision, and those that a person should look through."""
    look = for_review()
    with (out / DECISIONS).open("wb", BUFFER_BYTES) as every, (out / REVIEW).open("wb") as review:
        for record, decisions in zip(shard.records_in, shard.decisions, strict=True):
            about = record.entry, record.licence_among(task.licences), record.allowed
            for _, step, action, reason, detail, before, after in decisions:
                values = (record.record_id, step, action, reason, record.file, record.row, detail, before, after)
                line = decision_line((*values, *about))
                every.write(line)
                if action == "flag" or reason in look:
                    review.write(line)


def _counted(shard: _Shard, words: tuple[Sequence[int], Sequence[int]]) -> Tally:
    kept = [*shard.kept]
    field_of = columns_of(kept)
    splits = [*filter(None, shard.split)]
    used = [bool(shard.split[position]) for position in shard.positions]
    tally = Tally(
        splits=Counter(splits),
        languages=Counter(field_of["language"]),
        sources=Counter(field_of["source"]),
        files_in=Counter(map(attrgetter("file"), shard.records_in)),
        files_kept=Counter(field_of["file"]),
        licences=_joined(Counter(zip(field_of["file"], field_of["licence"], strict=True))),
        ratings=_joined(Counter(zip(splits, field_of["rating"], strict=True))),
        prompt_words=_binned(compress(words[0], used)),
        completion_words=_binned(compress(words[1], used)),
        records=Counter({"in": len(shard.records_in), "masked": 0, "review": 0, "kept": len(kept)}),
    )
    for purposes, number in Counter(field_of["purposes"]).items():
        tally.purposes.update(dict.fromkeys(purposes.split(","), number))
    look, masked = for_review(), masking()
    for decisions in shard.decisions:
        taken = [one for one in decisions if one.action != "keep"]
        if taken:
            reasons = {one.reason for one in taken}
            tally.steps.update(f"{one.step}\t{one.action}\t{one.reason}" for one in taken)
            tally.records["masked"] += bool(reasons & masked)
            tally.records["review"] += bool(reasons & look) or any(one.action == "flag" for one in taken)
    return tally


def _joined(counts: Counter[tuple[str, str]]) -> Counter[str]:
    return Counter({"\t".join(pair): number for pair, number in counts.items()})


def _binned(counts: Iterator[int]) -> Counter[str]:
    """Texts by the bin of their length."""
    binned = Counter[str]()
    for words, number in Counter(counts).items():
        binned[length_bin(words)] += number
    return binned


def _by_contributor(shard: _Shard) -> Counter[tuple[str, str]]:
    """What became of the records, for each contributor's own paragraph."""
    who = [*map(attrgetter("contributor"), shard.records_in)]
    people = Counter(zip(who, repeat("sent"), strict=False))
    for (one, split), number in Counter(zip(who, shard.split, strict=True)).items():
        if split:
            people[one, "kept"] += number
            people[one, f"split {split}"] += number
    for one, split, decisions in zip(who, shard.split, shard.decisions, strict=True):
        if not split:
            people[one, f"dropped {decisions[-1].reason}"] += 1
        if len(decisions) > 1 or not split:
            changed = dict.fromkeys(row.reason for row in decisions if row.action in ("change", "flag"))
            people.update((one, f"changed {reason}") for reason in changed)
    return Counter({(one, what): number for (one, what), number in people.items() if one})


def _write_people(path: Path, people: Mapping[tuple[str, str], int]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    who, what = zip(*people, strict=True) if people else ((), ())
    columns = {
        "contributor": pa.array(who, pa.string()),
        "what": pa.array(what, pa.string()),
        "rows": pa.array(people.values(), pa.int64()),
    }
    pq.write_table(pa.table(columns), path, compression="zstd")
