"""The part of curation that looks at one record at a time: a shard of records in, cleaned records and verdicts out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.evaluation_overlap import NOTHING_FOUND, EvalIndex, Found
from commonhold.curate.dedup.exact_duplicates import text_hashes
from commonhold.curate.dedup.hashing import HashedTexts
from commonhold.curate.dedup.ragged import Ragged, stacked, write_sets
from commonhold.curate.dedup.shingles import hashed_sets
from commonhold.curate.engine.executor import Executor
from commonhold.curate.engine.shards import PART_ROWS, Shard, once, read_kept, write_shard
from commonhold.curate.engine.step_decisions import Judged, write_judged
from commonhold.curate.engine.survey import read_survey
from commonhold.curate.privacy.community_patterns import CommunityPattern
from commonhold.curate.privacy.pseudonyms import Pseudonyms
from commonhold.curate.privacy.redactor import RedactionSettings
from commonhold.curate.privacy.sealed_map import MapEntry, seal
from commonhold.curate.rows.record import Record, columns_of
from commonhold.curate.selection.split import draw_keys
from commonhold.curate.settings import Method, Settings
from commonhold.curate.steps import (  # noqa: F401 - importing a step registers it
    boilerplate,
    consent,
    empty,
    flagged_words,
    language,
    length,
    normalise,
    objective,
    outdated,
    quality,
    redact_pii,
)
from commonhold.curate.steps.step import STEPS, Outcome, Step, check_account
from commonhold.curate.text.flagged_words import FlaggedWords, WordList
from commonhold.curate.text.trained_file import load
from commonhold.errors import CommonholdError
from commonhold.keyed_ids import keyed_digest, keyed_id

LOCAL_STEPS = (
    "consent/2", "outdated/1", "normalise/2", "empty/1", "objective/1", "boilerplate/1", "redact_pii/2", "length/1",
    "quality/1", "language/2", "flagged_words/1",
)  # fmt: skip
"""In their order: consent before anything that reads a text; masking before anything that compares texts, so that two
rows that differ in a phone number only are duplicates."""
RECORDS, JUDGED, SEALED = "records.parquet", "judged.parquet", "masked.sealed"
COLUMNS, PROMPTS, COMPLETIONS = "columns.npz", "prompts", "replies"


@dataclass(frozen=True, slots=True)
class LocalPlan:
    """What the steps need to know; the same for all shards, and sent to workers."""

    settings: Settings
    region: str
    outdated_before: date | None
    patterns: tuple[CommunityPattern, ...]
    word_lists: tuple[FlaggedWords, ...]
    identifier: Path | None
    """Of the community's own languages."""
    survey: Path
    key: bytes = field(repr=False)
    seed: int
    drawn: tuple[str, ...]
    """Purposes for which records are drawn later on."""
    plain: bool = False
    """Whether the records are texts without messages."""
    sealing_keys: tuple[bytes, ...] = ()
    """Public keys of those who may undo a masking; without one, no map is kept."""

    def redaction(self) -> RedactionSettings:
        """What is masked, and how."""
        numbers = self.settings.placeholder_numbers
        return RedactionSettings(
            kinds=self.settings.redact,
            regions=(self.region,),
            patterns=self.patterns,
            taggers=self.settings.taggers,
            pseudonyms=Pseudonyms(self.key, numbers) if numbers else None,
        )


class LocalTask(NamedTuple):
    """One shard."""

    shard: Shard
    plan: LocalPlan
    out: Path


@dataclass(frozen=True, slots=True)
class Local:
    """What came of one shard."""

    folder: Path
    records_in: int
    kept: int
    steps: Mapping[str, tuple[int, int]]
    """By name: records that went in and that were kept."""
    counts: Mapping[str, int]
    """Pieces of personal data, by kind."""
    kinds: tuple[tuple[str, str], ...]
    """Pairs of language and source, numbered by their places here."""


def run_local(shards: Sequence[Shard], plan: LocalPlan, executor: Executor, work: Path) -> list[Local]:
    """All shards, in order."""
    tasks = (LocalTask(shard, plan, work / f"{number:05}") for number, shard in enumerate(shards))
    return list(executor.map(process, tasks))


def process(task: LocalTask) -> Local:
    """One shard, once."""
    done = once(task.out, partial(_process, task))
    return Local(
        task.out,
        done["records_in"],
        done["kept"],
        {name: (came, kept) for name, (came, kept) in done["steps"].items()},
        done["counts"],
        tuple((tag, source) for tag, source in done["kinds"]),
    )


def local_steps(plan: LocalPlan, hashed: HashedTexts | None = None) -> dict[str, Step]:
    """The steps by registered name, in order."""
    settings, found = plan.settings, read_survey(plan.survey)
    made = {
        "consent/2": STEPS.get("consent/2")(),
        "outdated/1": STEPS.get("outdated/1")(plan.outdated_before),
        "normalise/2": STEPS.get("normalise/2")(),
        "empty/1": STEPS.get("empty/1")(plain=plan.plain),
        "objective/1": STEPS.get("objective/1")(settings.method),
        "boilerplate/1": STEPS.get("boilerplate/1")(found.repeated),
        "redact_pii/2": STEPS.get("redact_pii/2")(
            plan.redaction(), lambda who: found.own.get(who, ""), found.common, keep_map=_keeps_map(plan)
        ),
        "length/1": STEPS.get("length/1")(settings.min_words, settings.max_words, hashed.counts if hashed else None),
        "quality/1": STEPS.get("quality/1")(),
        "language/2": STEPS.get("language/2")(
            settings.wrong_language, load(plan.identifier) if plan.identifier else None
        ),
        "flagged_words/1": STEPS.get("flagged_words/1")([WordList(form) for form in plan.word_lists]),
    }
    return {name: made[name] for name in LOCAL_STEPS if name != "boilerplate/1" or settings.strip_boilerplate}


def _keeps_map(plan: LocalPlan) -> bool:
    return bool(plan.sealing_keys) and plan.settings.placeholder_numbers is not None


def _process(task: LocalTask, out: Path) -> Mapping[str, Any]:
    plan = task.plan
    came = read_kept(task.shard)
    records: Sequence[Record] = came
    place = {record.record_id: number for number, record in enumerate(came)}
    if len(place) < len(came):
        raise CommonholdError(f"{task.shard.path.name}: two records have one id. This is a bug; nothing was written")
    judged: list[Judged] = []
    account: dict[str, tuple[int, int]] = {}
    counts: Counter[str] = Counter()
    masked: list[MapEntry] = []
    hashed = HashedTexts()
    for name, step in local_steps(plan, hashed).items():
        outcome = step(records)
        check_account(name, records, outcome)
        judged += _judged(name, records, outcome, place, plan.key)
        account[name] = len(records), len(outcome.kept)
        counts.update(outcome.counts)
        masked += outcome.masked
        records = outcome.kept
    kinds = {kind: number for number, kind in enumerate(dict.fromkeys((one.language, one.source) for one in records))}
    write_shard(out / RECORDS, records)
    write_judged(out / JUDGED, judged)
    if masked:
        (out / SEALED).write_bytes(seal(masked, plan.sealing_keys))
    _write_columns(out, records, place, kinds, plan, hashed)
    return {
        "records_in": len(came),
        "kept": len(records),
        "steps": account,
        "counts": counts,
        "kinds": list(kinds),
    }


def _judged(
    name: str, records: Sequence[Record], outcome: Outcome, place: Mapping[str, int], key: bytes
) -> Iterator[Judged]:
    before = {record.record_id: record for record in records} if outcome.verdicts else {}
    for record, action, reason, detail in outcome.verdicts:
        found = content_digest(key, before[record.record_id])
        left = {"drop": "", "flag": found}.get(action) if action != "change" else content_digest(key, record)
        yield Judged(place[record.record_id], name, action, reason, detail, found, left or "")


def content_digest(key: bytes, record: Record) -> str:
    """A keyed digest of what a record says."""
    return keyed_id(key, "content", *record.said)


def digest_of_said(key: bytes, said: Iterable[bytes]) -> str:
    """The same of what a record says when each of its texts stands as JSON already."""
    return keyed_digest(key, b'["content",%b]' % b",".join(said))


def _write_columns(
    out: Path,
    records: Sequence[Record],
    place: Mapping[str, int],
    kinds: Mapping[tuple[str, str], int],
    plan: LocalPlan,
    hashed: HashedTexts,
) -> None:
    field_of = columns_of(records)
    prompts, completions = field_of["prompt"], field_of["completion"]
    told = TOLD.get(plan.settings.method)
    columns = {
        "place": np.fromiter(map(place.__getitem__, field_of["record_id"]), np.int32, len(records)),
        "record_id": np.array(field_of["record_id"], "S32"),
        "prompt": text_hashes(prompts),
        "completion": text_hashes(completions),
        "told": text_hashes(field_of[told]) if told else np.zeros(len(records), np.uint64),
        "rating": np.fromiter(map(RATINGS.index, field_of["rating"]), np.int64, len(records)),
        "contributor": np.fromiter(map(_contributor_number, field_of["contributor"]), np.uint64, len(records)),
        "document": text_hashes(field_of["document"]),
        "kind": np.fromiter(
            map(kinds.__getitem__, zip(field_of["language"], field_of["source"], strict=True)), np.int32, len(records)
        ),
        "prompt_words": hashed.counts(prompts),
        "completion_words": hashed.counts(completions),
    }
    contents = [record.content.encode("utf-8") for record in records] if plan.drawn else []
    for purpose in plan.drawn:
        columns[f"drawn_{purpose}"] = draw_keys(plan.seed, purpose, contents)
    columns.update(_compared(out, field_of, plan.settings, hashed))
    np.savez(out / COLUMNS, allow_pickle=False, **columns)


def _compared(
    out: Path, field_of: Mapping[str, Sequence[str]], settings: Settings, hashed: HashedTexts
) -> dict[str, NDArray[Any]]:
    """Writes the shingles, and tells what the texts have in common with the questions of the evaluation."""
    texts = [field_of[name] for name in ("prompt", "completion", "rejected")]
    sets: tuple[list[Ragged], list[Ragged]] = ([], [])
    found = [NOTHING_FOUND]
    for first in range(0, len(texts[0]), PART_ROWS):
        words = [hashed.words(column[first : first + PART_ROWS]) for column in texts]
        for parts, part in zip(sets, words, strict=False):
            parts.append(hashed_sets(part))
        if settings.evaluation_prompts:
            found.append(evaluation_index(settings).find_hashed(*words).after(first))
    for name, parts in zip((PROMPTS, COMPLETIONS), sets, strict=True):
        (out / name).mkdir()
        write_sets(out / name, stacked(parts))
    columns = zip(Found._fields, zip(*found, strict=True), strict=True)
    return {f"found_{name}": np.concatenate(parts) for name, parts in columns}


@lru_cache(maxsize=10_000)
def _contributor_number(keyed: str) -> int:
    return int(keyed[:16] or "0", 16)


TOLD: Mapping[Method, str] = {"kto": "rating", "dpo": "rejected"}
"""The field with what people told about a reply, where that is learnt: rows that differ in it are no copies."""
RATINGS = ("", "up", "down")


@lru_cache(maxsize=2)
def _index(prompts: tuple[str, ...]) -> EvalIndex:
    return EvalIndex(prompts)


def evaluation_index(settings: Settings) -> EvalIndex:
    """Finds the questions of the evaluation; made once in a process."""
    return _index(settings.evaluation_prompts)
