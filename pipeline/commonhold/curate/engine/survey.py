"""What must be known of all the texts before one of them is judged: lines and words that many have in common."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from commonhold.curate.engine.executor import Executor
from commonhold.curate.engine.shards import Shard, read_kept
from commonhold.curate.privacy.own_data import WordUsers
from commonhold.curate.rows.record import Record
from commonhold.curate.text.characters import cleaned
from commonhold.curate.text.repeated_lines import BoilerplateCounts, RepeatedLines
from commonhold.files import read_json, write_json


class Survey(NamedTuple):
    """What the first look at the texts found."""

    repeated: Mapping[str, RepeatedLines]
    """By file: lines that are in many messages."""
    common: frozenset[str]
    """Folded words that many contributors write, which are therefore no names."""
    own: Mapping[str, str]
    """By contributor's id: what all their rows say about them, where it is more than one row says."""


class SurveyCounts(NamedTuple):
    """The same of one shard, before it is joined with the others."""

    file: str
    lines: BoilerplateCounts
    words: WordUsers
    own: dict[str, set[str]]


NOT_FOR_LINES = frozenset(Record._fields) - {"prompt", "file", "refusal", "row"}
"""What is not asked of a record to count its lines."""


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """One shard to look at."""

    shard: Shard
    lines: bool
    """Whether boilerplate is looked for."""
    words: bool
    """Whether rows say who gave them."""


def survey(shards: Sequence[Shard], executor: Executor, path: Path, *, lines: bool, words: bool) -> None:
    """Looks through all shards, if there is anything to look for, and writes what was found to `path`."""
    if path.is_file():
        return
    by_file: dict[str, BoilerplateCounts] = {}
    users, own = WordUsers(), dict[str, set[str]]()
    tasks = [SurveyTask(shard, lines, words) for shard in shards] if lines or words else []
    for counted in executor.map(count, tasks):
        by_file.setdefault(counted.file, BoilerplateCounts()).merge(counted.lines)
        users.merge(counted.words)
        for contributor, values in counted.own.items():
            own.setdefault(contributor, set()).update(values)
    repeated = {file: each.repeated().hashes for file, each in by_file.items()}
    several = {contributor: _together(values) for contributor, values in own.items() if len(values) > 1}
    write_json(path, {"repeated": repeated, "common": sorted(users.common()), "own": several})


def count(task: SurveyTask) -> SurveyCounts:
    """One shard, only of what may be learnt from."""
    unasked = frozenset() if task.words else NOT_FOR_LINES
    records = [record for record in read_kept(task.shard, unasked) if not record.refusal]
    counted = SurveyCounts(records[0].file if records else "", BoilerplateCounts(), WordUsers(), {})
    prompts = [record.prompt for record in records]
    for index, tidied in cleaned(prompts).items():
        prompts[index] = tidied.text
    if task.lines:
        counted.lines.add(prompts)
    if task.words:
        for record, prompt in zip(records, prompts, strict=True):
            for text in (prompt, record.completion, record.rejected):
                counted.words.add(record.contributor, text)
            if record.contributor and record.own:
                counted.own.setdefault(record.contributor, set()).add(record.own)
    return counted


def _together(values: set[str]) -> str:
    pairs = {tuple(pair) for each in values for pair in json.loads(each)}
    return json.dumps(sorted(pairs), ensure_ascii=False)


@lru_cache(maxsize=2)
def read_survey(path: Path) -> Survey:
    """What `survey` wrote; read once in a process."""
    stored = read_json(path)
    repeated = {file: RepeatedLines(hashes) for file, hashes in stored["repeated"].items()}
    return Survey(repeated, frozenset(stored["common"]), stored["own"])
