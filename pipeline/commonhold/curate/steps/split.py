"""split: records to learn from, to choose the best checkpoint, and to test, without leaks between them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from commonhold.curate.division import divide, draw_key
from commonhold.curate.record import Record
from commonhold.curate.similarity.groups import Groups, similar_prompts
from commonhold.curate.similarity.leaks import LEAK as OVERLAP
from commonhold.curate.similarity.near import near_groups
from commonhold.curate.step import STEPS, Outcome, Step
from commonhold.errors import NothingLeftError
from commonhold.records.example import Split
from commonhold.seeds import order_key

MAX_OVERSHOOT = 1.5
"""A cluster that would make a split larger than this many times its share goes elsewhere."""

SEEN = "only rows with overlapping texts are kept together, so test scores may be a little too good"
LEAK = "only rows with overlapping messages are kept together, so test scores may be a little too good"


@STEPS.register("split/1")
def split(validation_share: float, test_share: float, seed: int) -> Step:
    """Puts every record into a split; records of one contributor or with overlapping prompts stay together.

    When no record names its contributor, or so few people gave so much that a split stays empty, only records with
    overlapping prompts stay together, and a warning says so. A share above 0 asks for at least one record.
    """
    shares: dict[Split, float] = {"test": test_share, "validation": validation_share}

    def step(records: Sequence[Record]) -> Outcome:
        wanted = {name: max(1, round(share * len(records))) for name, share in shares.items() if share > 0}
        by_prompt = similar_prompts([record.prompt for record in records])
        by_person = by_prompt.copy()
        by_person.join_same(record.contributor for record in records)
        assigned = _assign(records, by_person, wanted, seed)
        warnings: list[str] = []
        if _empty(assigned, wanted):
            warnings.append(f"too few contributors gave too many of the rows to keep each one's in one split: {LEAK}")
            assigned = _assign(records, by_prompt, wanted, seed)
        elif wanted and not any(record.contributor for record in records):
            warnings.append(f"no row names its contributor: {LEAK}")
        if empty := _empty(assigned, wanted):
            raise NothingLeftError(_remedy(empty, len(records)))
        return Outcome(assigned, warnings=[*warnings, *_small(assigned, wanted)])

    return step


@STEPS.register("split/2")
def split_by_component(
    validation_share: float, test_share: float, seed: int, document_of: Callable[[Record], str] | None = None
) -> Step:
    """Puts every record into a split; records that give each other away stay together.

    Those are records of one contributor, with messages or replies that overlap by 0.7 or more (Jaccard, 3-word
    shingles), or from one document, directly or through others. Shares are met as closely as that allows, and in each
    language and source alike. Records of a component that is larger than a held-out share are learnt from, and it is
    said; when a split stays empty, contributors may cross, and it is said. A share above 0 asks for at least one
    record.
    """
    shares: dict[Split, float] = {"test": test_share, "validation": validation_share}

    def step(records: Sequence[Record]) -> Outcome:
        wanted = {name: max(1, round(share * len(records))) for name, share in shares.items() if share > 0}
        by_text = near_groups([record.prompt for record in records], OVERLAP)
        replies = near_groups([record.completion for record in records], OVERLAP)
        by_text.join(np.arange(len(records)), replies.names())
        if document_of is not None:
            by_text.join_same(document_of(record) for record in records)
        by_person = by_text.copy()
        by_person.join_same(record.contributor for record in records)
        assigned, warnings = _divided(records, by_person, wanted, seed)
        if _empty(assigned, wanted):
            assigned, warnings = _divided(records, by_text, wanted, seed)
            warnings.insert(
                0, f"too few contributors gave too many of the rows to keep each one's in one split: {SEEN}"
            )
        elif wanted and not any(record.contributor for record in records):
            warnings.insert(0, f"no row names its contributor: {SEEN}")
        if empty := _empty(assigned, wanted):
            raise NothingLeftError(_remedy(empty, len(records)))
        return Outcome(assigned, warnings=warnings)

    return step


def _divided(
    records: Sequence[Record], groups: Groups, wanted: Mapping[Split, int], seed: int
) -> tuple[list[Record], list[str]]:
    names = groups.names()
    drawn = np.array([draw_key(seed, "split", record.content) for record in records], np.uint64)
    kinds: dict[tuple[str, str], int] = {}
    stratum = np.array([kinds.setdefault((record.language, record.source), len(kinds)) for record in records], np.int64)
    division = divide(names, drawn, stratum, wanted)
    order: tuple[Split, ...] = ("train", *wanted)
    assigned = [
        replace(record, split=order[split], cluster=records[name].record_id)
        for record, split, name in zip(records, division.split.tolist(), names.tolist(), strict=True)
    ]
    warnings = _small(assigned, wanted)
    if division.too_large:
        warnings.append(
            f"{division.too_large} rows are learnt from because they stay together with more rows than a held-out share"
        )
    return assigned, warnings


def _assign(records: Sequence[Record], groups: Groups, wanted: Mapping[Split, int], seed: int) -> list[Record]:
    """Whole clusters to the test split until it is large enough, then to validation; the rest is learnt from."""
    clusters = groups.names().tolist()
    sizes = Counter(clusters)
    waiting = sorted(sizes, key=lambda cluster: order_key(seed, "split", records[cluster].content))
    splits: dict[int, Split] = {}
    for name, size_wanted in wanted.items():
        size = 0
        for cluster in waiting:
            if cluster not in splits and size < size_wanted and size + sizes[cluster] <= MAX_OVERSHOOT * size_wanted:
                splits[cluster] = name
                size += sizes[cluster]
    return [
        replace(record, split=splits.get(cluster, "train"), cluster=records[cluster].record_id)
        for record, cluster in zip(records, clusters, strict=True)
    ]


def _empty(records: Sequence[Record], wanted: Mapping[Split, int]) -> list[str]:
    filled = {record.split for record in records}
    return [name for name in ("train", *wanted) if name not in filled]


def _small(records: Sequence[Record], wanted: Mapping[Split, int]) -> list[str]:
    sizes = Counter(record.split for record in records)
    return [
        f"the {name} split has {sizes[name]} of the {size} rows asked for: rows that stay together are too many"
        for name, size in wanted.items()
        if sizes[name] < size / 2
    ]


def _remedy(empty: Sequence[str], records: int) -> str:
    return (
        f"split: no row is left for {' and '.join(empty)} when rows with overlapping messages stay together; "
        f"{records} rows are used. Send more different rows, or set the share of a split to 0 in the recipe "
        "(data.validation_share, data.test_share)"
    )
