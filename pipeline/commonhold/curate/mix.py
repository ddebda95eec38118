"""The last part of curation: all verdicts are applied, and what was decided is written down for every record."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from commonhold.curate.lines import line_of
from commonhold.curate.local import COLUMNS, JUDGED, RECORDS, content_digest
from commonhold.curate.overall import Ruling
from commonhold.curate.record import Record
from commonhold.curate.scale.shards import Shard, once, read_kept, read_shard, write_rows
from commonhold.curate.tally import Tally, length_bin
from commonhold.curate.verdicts import Judged, read_judged
from commonhold.digests import sha256_bytes
from commonhold.records.example import Decision, Example, Split

EXAMPLES, DECISIONS, REVIEW, LEAVES, PEOPLE = (
    "examples.jsonl",
    "decisions.jsonl",
    "review.jsonl",
    "leaves.txt",
    "people.parquet",
)
decision_line, example_line = line_of(Decision), line_of(Example)
FOR_REVIEW = frozenset({"likely_personal_data_masked"})
"""Reasons of changes that a person should look through; everything flagged is listed too."""
TEXTS = frozenset({"prompt", "completion", "rejected", "own", "date", "refusal", "refusal_detail"})
"""What is not asked of a record as it came."""
NOT_IN_EXAMPLES = frozenset({"source", "document", "date", "licence", "refusal", "refusal_detail", "purposes", "own"})
MASKED = frozenset({"personal_data_masked", "likely_personal_data_masked"})


class MixTask(NamedTuple):
    """One shard, and all that was decided about its records by comparing them with others."""

    shard: Shard
    local: Path
    rulings: tuple[tuple[str, tuple[Ruling, ...]], ...]
    """By step; items are the places among the records that passed the local steps."""
    split: tuple[Split, ...]
    cluster: tuple[str, ...]
    key: bytes
    out: Path


@dataclass(slots=True)
class _Account:
    """What happened to one record."""

    record: Record
    """As it came."""
    passed: Record | None = None
    """As it was after the local steps; absent when it did not pass them."""
    item: int = 0
    words: tuple[int, int] = (0, 0)
    """Of message and reply after the local steps."""
    decisions: list[Judged] = field(default_factory=list)


def mix(task: MixTask) -> tuple[Path, Tally]:
    """One shard, once: the folder with its examples and decisions, and the counts."""
    done = once(task.out, partial(_mix, task))
    return task.out, Tally.of(done)


def _mix(task: MixTask, out: Path) -> Mapping[str, Any]:
    tally = Tally()
    people: Counter[tuple[str, str]] = Counter()
    with (
        (out / EXAMPLES).open("w", encoding="utf-8") as examples,
        (out / DECISIONS).open("w", encoding="utf-8") as decisions,
        (out / REVIEW).open("w", encoding="utf-8") as review,
        (out / LEAVES).open("w", encoding="ascii") as leaves,
    ):
        for account in _accounts(task):
            record, passed = account.record, account.passed
            for judged in account.decisions:
                line = decision_line(_decision(record, judged))
                decisions.write(line)
                if judged.action == "flag" or judged.reason in FOR_REVIEW:
                    review.write(line)
            kept = passed is not None and account.decisions[-1].action == "keep"
            if passed is not None and kept:
                example = _example(passed, task.split[account.item], task.cluster[account.item])
                examples.write(example_line(example))
                leaves.write(f"{record.record_id} {sha256_bytes(passed.content.encode('utf-8', 'surrogatepass'))}\n")
            split = task.split[account.item] if kept else ""
            _count(tally, account, split)
            if record.contributor:
                people.update(_of_contributor(account, split))
    _write_people(out / PEOPLE, people)
    return tally.as_json()


def _accounts(task: MixTask) -> Iterator[_Account]:
    """Every record of the shard with its decisions in the order of the steps."""
    accounts = [_Account(record) for record in read_kept(task.shard, TEXTS)]
    for judged in read_judged(task.local / JUDGED):
        accounts[judged.place].decisions.append(judged)
    by_id = {account.record.record_id: account for account in accounts}
    passed = []
    with np.load(task.local / COLUMNS) as columns:
        words = zip(columns["prompt_words"].tolist(), columns["completion_words"].tolist(), strict=True)
    for item, (record, counts) in enumerate(zip(read_shard(task.local / RECORDS, NOT_IN_EXAMPLES), words, strict=True)):
        account = by_id[record.record_id]
        account.passed, account.item, account.words = record, item, counts
        passed.append(account)
    digests: dict[int, str] = {}
    for step, rulings in task.rulings:
        for ruling in rulings:
            account = passed[ruling.item]
            assert account.passed is not None
            found = digests.setdefault(ruling.item, content_digest(task.key, account.passed))
            left = found if ruling.action == "flag" else ""
            account.decisions.append(Judged(0, step, ruling.action, ruling.reason, ruling.detail, found, left))
    for account in accounts:
        if account.passed is not None and not (account.decisions and account.decisions[-1].action in ("drop", "merge")):
            found = digests.get(account.item) or content_digest(task.key, account.passed)
            account.decisions.append(Judged(0, LAST_STEP, "keep", "", task.split[account.item], found, found))
    yield from accounts


LAST_STEP = "split/2"


def _decision(record: Record, judged: Judged) -> Decision:
    return Decision(
        record.record_id, judged.step, judged.action, judged.reason, record.file, record.row, judged.detail,
        judged.before, judged.after,
    )  # fmt: skip


def _example(record: Record, split: Split, cluster: str) -> Example:
    return Example(
        record_id=record.record_id,
        prompt=record.prompt,
        completion=record.completion,
        split=split,
        language=record.language,
        contributor=record.contributor,
        cluster=cluster,
        file=record.file,
        row=record.row,
        rejected=record.rejected,
        desirable=record.desirable,
    )


def _count(tally: Tally, account: _Account, split: str) -> None:
    record = account.record
    tally.records["in"] += 1
    tally.files_in[record.file] += 1
    for one in account.decisions:
        if one.action != "keep":
            tally.steps[f"{one.step}\t{one.action}\t{one.reason}"] += 1
    reasons = {one.reason for one in account.decisions}
    tally.records["masked"] += bool(reasons & MASKED)
    tally.records["review"] += bool(reasons & FOR_REVIEW) or any(one.action == "flag" for one in account.decisions)
    if split:
        tally.records["kept"] += 1
        tally.splits[split] += 1
        tally.languages[record.language] += 1
        tally.sources[record.source] += 1
        tally.files_kept[record.file] += 1
        tally.ratings[f"{split}\t{record.rating}"] += 1
        tally.licences[f"{record.file}\t{record.licence}"] += 1
        for purpose in record.purposes.split(","):
            tally.purposes[purpose] += 1
        prompt_words, completion_words = account.words
        tally.prompt_words[length_bin(prompt_words)] += 1
        tally.completion_words[length_bin(completion_words)] += 1


def _of_contributor(account: _Account, split: str) -> Iterator[tuple[str, str]]:
    """What became of one record, for its contributor's own paragraph."""
    who = account.record.contributor
    yield who, "sent"
    if split:
        yield who, "kept"
        yield who, f"split {split}"
    else:
        yield who, f"dropped {account.decisions[-1].reason}"
    for reason in dict.fromkeys(one.reason for one in account.decisions if one.action in ("change", "flag")):
        yield who, f"changed {reason}"


def _write_people(path: Path, people: Mapping[tuple[str, str], int]) -> None:
    import pyarrow as pa

    schema = pa.schema([("contributor", pa.string()), ("what", pa.string()), ("rows", pa.int64())])
    rows = [{"contributor": who, "what": what, "rows": number} for (who, what), number in people.items()]
    write_rows(path, schema, rows)
