"""The part of curation that compares records with each other: columns of all records in, verdicts out."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.embeddings import similar_vectors
from commonhold.curate.dedup.evaluation_overlap import LEAK, Boilerplate, Hit
from commonhold.curate.dedup.exact_duplicates import repeats
from commonhold.curate.dedup.near_duplicates import Groups, apart, copies
from commonhold.curate.dedup.ragged import Places
from commonhold.curate.engine.exchange import near_links
from commonhold.curate.engine.executor import Executor
from commonhold.curate.engine.per_record import RATINGS, TOLD, evaluation_index
from commonhold.curate.engine.record_table import Table
from commonhold.curate.selection.balance import by_weight, cell_weights, largest_share, under_cap
from commonhold.curate.selection.split import divide
from commonhold.curate.settings import Settings
from commonhold.curate.steps.step import unaccounted
from commonhold.errors import NothingLeftError
from commonhold.records.example import Action, Split

LABELS = 0.5
"""Different replies for each row under which replies are taken for labels: the same reply to many messages is then
what shall be learnt, and no leak."""
Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Makes a vector of each text, `(texts, width)`."""
SEEN = "only rows with overlapping texts are kept together, so test scores may be a little too good"


class Ruling(NamedTuple):
    """What a step decided about one item."""

    item: int
    action: Action
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a step decided about all of them."""

    rulings: Sequence[Ruling] = ()
    """In the order of the items, at most one for each."""
    warnings: Sequence[str] = ()


@dataclass(slots=True)
class Overall:
    """What the steps together came to."""

    rulings: dict[str, Sequence[Ruling]] = field(default_factory=dict)
    """By step."""
    account: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By step: records that went in and that were kept."""
    warnings: list[str] = field(default_factory=list)
    split: Sequence[Split] = ()
    """Of every item; those that are out stand in train."""
    cluster: Places = field(default_factory=lambda: np.zeros(0, np.int64))
    """The least item of the group that each stays together with."""
    people_apart: bool = True
    """Whether no contributor's records stand in two splits."""
    overlaps: Sequence[Boilerplate] = ()
    """Phrases that many records and several questions have in common, and that therefore count as no leak."""


def purposes(settings: Settings) -> tuple[str, ...]:
    """What records are drawn for under these settings."""
    asked = {
        "contributor_cap": settings.contributor_max is not None or settings.contributor_share is not None,
        "weights": bool(settings.source_weights or settings.language_weights),
        "sample": settings.max_records is not None,
        "split": True,
        "rephrase": bool(settings.rephrase.styles),
    }
    return tuple(name for name, wanted in asked.items() if wanted)


def run_overall(
    table: Table, settings: Settings, executor: Executor, work: Path, embed: Embed | None = None
) -> Overall:
    """The steps in order; afterwards `table.alive` says which records are used.

    `embed` makes vectors of texts, where the settings ask for copies by meaning.

    Copies go before caps and samples, so that a contributor is not counted for a row that another row repeats.

    Raises:
        NothingLeftError: a split stays empty.
    """
    overall = Overall()
    steps: dict[str, Callable[[], Ruled]] = {}
    if settings.evaluation_prompts:
        steps["evaluation_overlap/1"] = lambda: evaluation_overlap(table, settings, overall)
    steps["exact_duplicate/1"] = lambda: exact_duplicate(table)
    steps["near_duplicate/3"] = lambda: near_duplicate(table, settings, executor, work / "near")
    if embed is not None and settings.meaning_duplicate is not None:
        steps["meaning_duplicate/1"] = partial(meaning_duplicate, table, settings, embed)
    if "contributor_cap" in table.drawn:
        steps["contributor_cap/1"] = lambda: contributor_cap(table, settings)
    if "weights" in table.drawn:
        steps["weights/1"] = lambda: weights(table, settings)
    if "sample" in table.drawn:
        steps["sample/1"] = lambda: sample(table, settings.max_records or 0)
    for name, step in steps.items():
        _apply(table, name, step(), overall)
        if not table.alive.any():
            return overall
    _split(table, settings, executor, work / "split", overall)
    return overall


def _apply(table: Table, name: str, ruled: Ruled, overall: Overall) -> None:
    came = int(table.alive.sum())
    gone = np.array([one.item for one in ruled.rulings if one.action in ("drop", "merge")], np.int64)
    if len(np.unique(gone)) < len(gone) or not table.alive[gone].all():
        raise unaccounted(name, came, came - len(gone), len(gone), len(gone) - len(np.unique(gone[table.alive[gone]])))
    table.alive[gone] = False
    overall.rulings[name] = ruled.rulings
    overall.account[name] = came, came - len(gone)
    overall.warnings += ruled.warnings


def evaluation_overlap(table: Table, settings: Settings, overall: Overall) -> Ruled:
    """Drops or flags records that hold a question of the evaluation, whole or in long parts; phrases do not count."""
    index = evaluation_index(settings)
    found = [table.found(shard) for shard in range(len(table.locals))]
    counts = np.sum([index.counts(one) for one in found], axis=0)
    overall.overlaps = index.boilerplate(counts)
    rulings = []
    for first, one in zip(table.first_items, found, strict=True):
        best: dict[int, Hit] = {}
        for hit in index.hits(one, counts):
            best[hit.record] = max(hit, best.get(hit.record, hit), key=lambda each: each.overlap)
        rulings += [
            Ruling(first + record, settings.evaluation_overlap, "evaluation_overlap", _overlap(hit))
            for record, hit in sorted(best.items())
        ]
    return Ruled(rulings)


def _overlap(hit: Hit) -> str:
    how = {
        "run_of_13_words": f"{hit.overlap:.0%} of the question's runs of 13 words",
        "whole_item": "the whole question",
        "near_duplicate": f"a message that overlaps {hit.overlap:.2f}",
    }
    return f"evaluation question {hit.item + 1}: {how[hit.kind]}"


def exact_duplicate(table: Table) -> Ruled:
    """Merges records with an earlier one of the same message and reply, capitals and white space aside.

    Where ratings or comparisons are learnt, of which people said the same too.
    """
    items = table.items
    same = repeats(np.stack([table.prompt[items], table.completion[items], table.told[items]], axis=1), items)
    return Ruled(
        [
            Ruling(item, "merge", "exact_duplicate", f"copy of {table.id_of(original)}")
            for item, original in zip(same.item.tolist(), same.original.tolist(), strict=True)
        ]
    )


def near_duplicate(table: Table, settings: Settings, executor: Executor, work: Path) -> Ruled:
    """Merges records whose message overlaps that of an earlier one that stays (Jaccard, shingles of three words).

    Replies are not compared: of two replies to one message the first stays. Where ratings or comparisons are learnt,
    several replies to one message are what is wanted: there only records whose replies and ratings are the same are
    copies. Plain texts are compared as messages are.
    """
    plain, threshold = settings.method == "continued_pretraining", settings.near_duplicate
    texts = table.completions() if plain else table.prompts()
    links = near_links(texts, table.items, threshold, executor, work)
    if settings.method in TOLD:
        links = apart(links, np.stack([table.completion, table.told], axis=1))
    found = copies(links, texts.stored(), threshold)
    what = "text" if plain else "message"
    return Ruled(
        [
            Ruling(item, "merge", "near_duplicate", f"{what} overlaps {jaccard:.2f} with {table.id_of(original)}")
            for item, original, jaccard in zip(*(column.tolist() for column in found), strict=True)
        ]
    )


def meaning_duplicate(table: Table, settings: Settings, embed: Embed) -> Ruled:
    """Flags records whose message has a vector near that of an earlier one (cosine, the mean of all taken away).

    Nothing is left out for it: vectors of small language models put messages side by side that a person would not
    (docs/experiments.md). All are compared with all; see `similar_vectors` for the time.
    """
    items = table.items
    field, what = ("completion", "text") if settings.method == "continued_pretraining" else ("prompt", "message")
    vectors = embed(table.read_texts(field))
    links = similar_vectors(vectors - vectors.mean(axis=0), settings.meaning_duplicate or 1.0)
    order = np.lexsort((-links.jaccard, links.right))
    nearest: dict[int, Ruling] = {}
    for left, right, cosine in zip(*(column[order].tolist() for column in links), strict=True):
        detail = f"{what} is near that of {table.id_of(int(items[left]))} ({cosine:.3f})"
        nearest.setdefault(right, Ruling(int(items[right]), "flag", "meaning_duplicate", detail))
    return Ruled(list(nearest.values()))


def contributor_cap(table: Table, settings: Settings) -> Ruled:
    """Keeps so many records of each contributor, and at most that share of what is left, drawn by what they say.

    Records that name nobody are kept.
    """
    items = table.items
    given = Counter(table.contributor[items].tolist())
    others = given.pop(0, 0)
    most = max(given.values(), default=0) if settings.contributor_max is None else settings.contributor_max
    if settings.contributor_share is not None and given:
        most = min(most, largest_share(settings.contributor_share, [min(n, most) for n in given.values()], others))
    numbers = {name: number for number, name in enumerate(given)}
    who = np.array([numbers.get(name, -1) for name in table.contributor[items].tolist()], np.int64)
    stays = under_cap(who, table.drawn["contributor_cap"][items], most)
    return Ruled(_dropped(items[~stays], "contributor_cap", f"a contributor's rows are used up to {most}"))


def weights(table: Table, settings: Settings) -> Ruled:
    """Keeps a part of the records of each source and language, drawn by what they say."""
    items = table.items
    parts = cell_weights(
        [(source, tag) for tag, source in table.kinds], settings.source_weights, settings.language_weights
    )
    stays = by_weight(table.kind[items], table.drawn["weights"][items], parts)
    return Ruled(
        [
            Ruling(
                item,
                "drop",
                "weight",
                f"{parts[table.kind[item]]:.3g} of the rows of this source and language are used",
            )
            for item in items[~stays].tolist()
        ]
    )


def sample(table: Table, most: int) -> Ruled:
    """Keeps so many records, drawn by what they say: another row sent later replaces at most one."""
    items = table.items
    order = np.lexsort((items, table.drawn["sample"][items]))
    return Ruled(_dropped(np.sort(items[order[most:]]), "not_sampled", f"{most} rows are used"))


def _dropped(items: Places, reason: str, detail: str) -> list[Ruling]:
    return [Ruling(item, "drop", reason, detail) for item in items.tolist()]


def _split(table: Table, settings: Settings, executor: Executor, work: Path, overall: Overall) -> None:
    """split/3: every record into a split; records that give each other away stay together.

    Those are records of one contributor, with messages or (where replies are no labels) replies that overlap by 0.7 or
    more, or from one document, directly or through others. Shares are met as closely as that allows, and in each
    language, source and rating alike. A component that is larger than a held-out share is learnt from. What cannot be
    met is said: when a split stays empty, contributors may cross. A share above 0 asks for at least one record.
    """
    items = table.items
    shares: Mapping[Split, float] = {"test": settings.test_share, "validation": settings.validation_share}
    wanted = {name: max(1, round(share * len(items))) for name, share in shares.items() if share > 0}
    by_text = Groups(len(table.alive))
    if wanted:
        texts = {"replies": table.completions()} if _replies_tell(table, settings) else {}
        # Else no two messages are left that overlap so much, unless there are several replies to one message.
        if settings.near_duplicate > LEAK or settings.method in TOLD:
            texts["messages"] = table.prompts()
        for name, sets in texts.items():
            found = near_links(sets, items, LEAK, executor, work / name)
            by_text.join(found.left, found.right)
        _join_same(by_text, items, table.document)
    by_person = by_text.copy()
    _join_same(by_person, items, table.contributor)
    names, sizes, warnings = _divided(table, items, by_person, wanted, overall)
    if _empty(sizes):
        names, sizes, warnings = _divided(table, items, by_text, wanted, overall)
        overall.people_apart = False
        warnings.insert(0, f"too few contributors gave too many of the rows to keep each one's together: {SEEN}")
    elif wanted and not table.contributor[items].any():
        overall.people_apart = False
        warnings.insert(0, f"no row names its contributor: {SEEN}")
    if empty := _empty(sizes):
        raise NothingLeftError(_remedy(empty, len(items)))
    overall.cluster = names
    overall.warnings += warnings
    overall.account["split/3"] = len(items), len(items)


def _replies_tell(table: Table, settings: Settings) -> bool:
    """Whether a reply that was learnt gives a held-out record away."""
    if settings.method == "continued_pretraining":
        return True
    if settings.keep_replies_together is not None:
        return settings.keep_replies_together
    replies = table.completion[table.items]
    return len(np.unique(replies)) >= LABELS * len(replies)


def _join_same(groups: Groups, items: Places, labels: np.ndarray) -> None:
    """Joins the items with one label; 0 is none."""
    labelled = items[labels[items] != 0]
    if len(labelled):
        _, first, which = np.unique(labels[labelled], return_index=True, return_inverse=True)
        groups.join(labelled[first[which]], labelled)


def _divided(
    table: Table, items: Places, groups: Groups, wanted: Mapping[Split, int], overall: Overall
) -> tuple[Places, dict[Split, int], list[str]]:
    names = groups.names()
    division = divide(names[items], table.drawn["split"][items], _strata(table)[items], wanted)
    order: tuple[Split, ...] = ("train", *wanted)
    split = np.zeros(len(table.alive), np.int8)
    split[items] = division.split
    overall.split = [order[number] for number in split.tolist()]
    sizes = dict(zip(order, division.sizes, strict=True))
    warnings = [
        f"the {name} split has {sizes[name]} of the {size} rows asked for: rows that stay together are too many"
        for name, size in wanted.items()
        if sizes[name] < size / 2
    ]
    if division.too_large and warnings:
        warnings.append(
            f"{division.too_large} rows are learnt from because they stay together with more rows than a held-out share"
        )
    return names, sizes, warnings


def _strata(table: Table) -> Places:
    """A number for each language, source and rating."""
    return table.kind * len(RATINGS) + table.rating


def _empty(sizes: Mapping[Split, int]) -> list[Split]:
    return [name for name, size in sizes.items() if not size]


def _remedy(empty: Sequence[str], records: int) -> str:
    return (
        f"split: no row is left for {' and '.join(empty)}: rows of one document or with overlapping texts stay "
        f"together; {records} rows are used. Send more different rows, or set the share of a split to 0 in the recipe "
        "(data.validation_share, data.test_share)"
    )


def by_shard(table: Table, rulings: Sequence[Ruling]) -> Iterator[list[Ruling]]:
    """The rulings on each shard's items, which are numbered from its first."""
    ends = [*table.first_items[1:], len(table.alive)]
    place = 0
    for first, end in zip(table.first_items, ends, strict=True):
        here = []
        while place < len(rulings) and rulings[place].item < end:
            here.append(rulings[place]._replace(item=rulings[place].item - first))
            place += 1
        yield here
