"""split/4: every record into a split; records that give each other away stay together."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from commonhold.curate.dedup.evaluation_overlap import LEAK
from commonhold.curate.dedup.near_duplicates import Groups
from commonhold.curate.dedup.ragged import Places
from commonhold.curate.engine.exchange import near_links, one_edit_links
from commonhold.curate.engine.record_columns import RATINGS
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.selection.labels import are_labels
from commonhold.curate.selection.split import divide, together_from
from commonhold.curate.settings import CurationSettings
from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStep,
    CrossRecordStepResult,
    Place,
    Splits,
)
from commonhold.errors import NothingLeftError
from commonhold.records.example import Split

LABELS = 0.5
"""Different replies for each row under which replies are taken for labels: the same reply to many messages is then
what shall be learnt, and no leak."""
MOST_ALIKE = 8
"""Short messages that differ in one place and stay together: more of them are a form with a gap, not copies."""
EQUAL = 1.0
SEEN = "only rows with overlapping texts are kept together, so test scores may be a little too good"
ALIKE = (
    "the messages are too much alike to keep near copies together: only messages {} are, so test scores may be too "
    "good. Send rows that ask for other things, in other words"
)


def split(inputs: CrossRecordInputs) -> CrossRecordStepResult:
    """Divides what is left among train and the held-out splits.

    Records that give each other away are those of one contributor, with messages or (where replies are no labels)
    replies that overlap by 0.7 or more, with messages that were compared as near copies and stayed, or from one
    document, directly or through others. Shares are met as closely as that allows, and in each language, source and
    rating alike. A component that is larger than a held-out share is learnt from. What cannot be met is reported: when
    a split is empty, contributors may cross, and then messages that overlap and are not the same. A share above 0 asks
    for at least one record.

    Raises:
        NothingLeftError: a split stays empty.
    """
    table, settings = inputs.table, inputs.plan.settings
    items = table.items
    shares: Mapping[Split, float] = {"test": settings.test_share, "validation": settings.validation_share}
    sizes = {name: max(1, round(share * len(items))) for name, share in shares.items() if share > 0}
    by_text = _by_text(inputs) if sizes else Groups(len(table.alive))
    _join_same(by_text, items, table.document)
    by_person = by_text.copy()
    _join_same(by_person, items, table.contributor)
    division, people_apart = _divided(table, items, by_person, sizes), True
    warnings: list[str] = []
    if _empty(division.sizes):
        division, people_apart = _divided(table, items, by_text, sizes), False
        warnings.append(f"too few contributors gave too many of the rows to keep each one's together: {SEEN}")
        for overlap, words in ((LEAK, f"that overlap by {LEAK:g} or more"), (EQUAL, "that are the same")):
            if _empty(division.sizes):
                alike = _by_text(inputs, f"from_{overlap:g}", overlap)
                _join_same(alike, items, table.document)
                division = _divided(table, items, alike, sizes)
                warnings = [ALIKE.format(words)]
    elif sizes and not table.contributor[items].any():
        people_apart = False
        warnings.append(f"no row names its contributor: {SEEN}")
    if empty := _empty(division.sizes):
        raise NothingLeftError(_remedy(empty, len(items)))
    return CrossRecordStepResult(
        warnings=(*warnings, *division.warnings), splits=Splits(division.split, division.names, people_apart)
    )


def _by_text(inputs: CrossRecordInputs, folder: str = "near", overlap: float | None = None) -> Groups:
    """Records whose texts give each other away: by what they must overlap, or as near copies are found."""
    table, settings = inputs.table, inputs.plan.settings
    plain, work = settings.method == "continued_pretraining", inputs.work / folder
    groups = Groups(len(table.alive))
    texts = {"replies": (table.completions(), overlap or LEAK)} if plain or _replies_tell(table, settings) else {}
    share = overlap or together_from(settings.near_duplicate)
    parts = []
    if not plain and table.near_messages is not None and table.near_share == share:
        parts.append(table.near_messages)
    elif not plain:
        texts["messages"] = table.prompts(), share
    parts += [
        near_links(sets, table.items, least, inputs.executor, work / name) for name, (sets, least) in texts.items()
    ]
    if overlap is None:
        parts.append(one_edit_links(table.edits(), table.items, inputs.executor, work / "edits", MOST_ALIKE))
    for near in parts:
        groups.join(near.left, near.right)
    return groups


def _replies_tell(table: RecordTable, settings: CurationSettings) -> bool:
    """Whether a reply that was learnt gives a held-out record away."""
    if settings.keep_replies_together is not None:
        return settings.keep_replies_together
    replies = table.completion[table.items]
    return len(np.unique(replies)) >= LABELS * len(replies) and not are_labels(table)


def _join_same(groups: Groups, items: Places, labels: np.ndarray) -> None:
    """Joins the items with one label; 0 is none."""
    labelled = items[labels[items] != 0]
    if len(labelled):
        _, first, which = np.unique(labels[labelled], return_index=True, return_inverse=True)
        groups.join(labelled[first[which]], labelled)


class _Divided(NamedTuple):
    """One way to divide the records."""

    split: Sequence[Split]
    """Of every item."""
    names: Places
    """The least item of the group of each."""
    sizes: Mapping[Split, int]
    warnings: Sequence[str]


def _divided(table: RecordTable, items: Places, groups: Groups, requested: Mapping[Split, int]) -> _Divided:
    names = groups.names()
    division = divide(names[items], table.drawn["split"][items], _strata(table)[items], requested)
    order: tuple[Split, ...] = ("train", *requested)
    split = np.zeros(len(table.alive), np.int8)
    split[items] = division.split
    sizes = dict(zip(order, division.sizes, strict=True))
    warnings = [
        f"the {name} split has {sizes[name]} of the {size} rows asked for: rows that stay together are too many"
        for name, size in requested.items()
        if sizes[name] < size / 2
    ]
    if division.too_large and warnings:
        warnings.append(
            f"{division.too_large} rows are learnt from because they stay together with more rows than a held-out share"
        )
    return _Divided([order[number] for number in split.tolist()], names, sizes, warnings)


def _strata(table: RecordTable) -> Places:
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


STEPS.register("split/4")(
    CrossRecordStep(
        run=split,
        place=Place("split", 10, "last of all: only what is used is divided, and shares are shares of that"),
        draws="split",
    )
)
