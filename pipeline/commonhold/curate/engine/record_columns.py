"""What the cross-record steps have to know of a shard's records: columns of numbers, shingles, finds of questions."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.evaluation_overlap import NOTHING_FOUND, BatchOverlap, EvalIndex
from commonhold.curate.dedup.exact_duplicates import text_hashes
from commonhold.curate.dedup.hashing import HashedTexts
from commonhold.curate.dedup.one_edit import edit_keys
from commonhold.curate.dedup.ragged import Places, Ragged, stacked, write_sets
from commonhold.curate.dedup.shingles import hashed_sets
from commonhold.curate.engine.plan import Plan
from commonhold.curate.engine.shard_result import COLUMNS, COMPLETIONS, EDITS, PROMPTS
from commonhold.curate.engine.shards import PART_ROWS
from commonhold.curate.rows.record import Record, columns_of
from commonhold.curate.selection.split import draw_keys
from commonhold.curate.settings import CurationSettings, Method

FEEDBACK: Mapping[Method, str] = {"kto": "rating", "dpo": "rejected"}
"""The field with what people said about a reply, where that is learnt: rows that differ in it are no copies."""
RATINGS = ("", "up", "down")
LETTERS_A_WORD = 2
"""More words than so many between two spaces are letters of a script without spaces."""


def write_columns(
    out: Path,
    records: Sequence[Record],
    positions: Sequence[int],
    kinds: Mapping[tuple[str, str], int],
    plan: Plan,
    purposes: Sequence[str],
    hashed: HashedTexts,
) -> None:
    """Writes all of it for the records that passed the per-record steps.

    `positions` are theirs in the shard, `kinds` numbers their pairs of language and source, `purposes` are those that
    records are drawn for later on.
    """
    field_of = columns_of(records)
    prompts, completions = field_of["prompt"], field_of["completion"]
    feedback = FEEDBACK.get(plan.settings.method)
    columns = {
        "place": np.array(positions, np.int32),
        "record_id": np.array(field_of["record_id"], "S32"),
        "prompt": text_hashes(prompts),
        "completion": text_hashes(completions),
        "told": text_hashes(field_of[feedback]) if feedback else np.zeros(len(records), np.uint64),
        "rating": np.fromiter(map(RATINGS.index, field_of["rating"]), np.int64, len(records)),
        "contributor": np.fromiter(map(_contributor_number, field_of["contributor"]), np.uint64, len(records)),
        "document": text_hashes(field_of["document"]),
        "kind": np.fromiter(
            map(kinds.__getitem__, zip(field_of["language"], field_of["source"], strict=True)), np.int32, len(records)
        ),
        "prompt_words": hashed.counts(prompts),
        "completion_words": hashed.counts(completions),
    }
    contents = [record.content.encode("utf-8") for record in records] if purposes else []
    for purpose in purposes:
        columns[f"drawn_{purpose}"] = draw_keys(plan.seed, purpose, contents)
    columns.update(_compared(out, field_of, plan.settings, hashed))
    np.savez(out / COLUMNS, allow_pickle=False, **columns)


def _compared(
    out: Path, field_of: Mapping[str, Sequence[str]], settings: CurationSettings, hashed: HashedTexts
) -> dict[str, NDArray[Any]]:
    """Writes the shingles, and returns what the texts have in common with the questions of the evaluation."""
    texts = [field_of[name] for name in ("prompt", "completion", "rejected")]
    sets: tuple[list[Ragged], list[Ragged], list[Ragged]] = ([], [], [])
    asked = 1 if settings.method == "continued_pretraining" else 0
    overlaps = [NOTHING_FOUND]
    for first in range(0, len(texts[0]), PART_ROWS):
        words = [hashed.words(column[first : first + PART_ROWS]) for column in texts]
        for parts, part in zip(sets[:2], words, strict=False):
            parts.append(hashed_sets(part))
        unspaced = _unspaced(texts[asked][first : first + PART_ROWS], words[asked].sizes)
        sets[2].append(edit_keys(words[asked], unspaced, settings.near_duplicate))
        if settings.evaluation_prompts:
            overlaps.append(evaluation_index(settings).find_hashed(*words).after(first))
    for name, parts in zip((PROMPTS, COMPLETIONS, EDITS), sets, strict=True):
        (out / name).mkdir()
        write_sets(out / name, stacked(parts))
    columns = zip(BatchOverlap._fields, zip(*overlaps, strict=True), strict=True)
    return {f"found_{name}": np.concatenate(parts) for name, parts in columns}


def _unspaced(texts: Sequence[str], words: Places) -> NDArray[np.bool_]:
    """Whether texts put no spaces between words: there a letter is counted as a word."""
    most = int(words.max(initial=0))
    spaced = (most if text.isascii() else len(text.split()) for text in texts)
    return words > LETTERS_A_WORD * np.fromiter(spaced, np.int64, len(texts))


@lru_cache(maxsize=10_000)
def _contributor_number(keyed: str) -> int:
    return int(keyed[:16] or "0", 16)


@lru_cache(maxsize=2)
def _index(prompts: tuple[str, ...]) -> EvalIndex:
    return EvalIndex(prompts)


def evaluation_index(settings: CurationSettings) -> EvalIndex:
    """Finds the questions of the evaluation; made once in a process."""
    return _index(settings.evaluation_prompts)
