"""split/4: every record into a split; records that give each other away stay together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
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
from commonhold.number_format import count
from commonhold.records.example import Split

LABELS = 0.5
"""Different replies for each row under which replies are taken for labels: the same reply to many messages is then
what shall be learnt, and no leak."""
WITHOUT: Mapping[Split, str] = {
    "validation": "Training keeps its last checkpoint, as there is nothing to choose the best one by",
    "test": "No row is kept aside from everything that training does",
}
"""What a missing split means."""
MORE = "More rows with other texts make one possible"
MOST_ALIKE = 8
"""Short messages that differ in one place and stay together: more of them are a form with a gap, not copies."""
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
    a split is empty, contributors may cross, and then messages that overlap and are not the same; when one stays empty,
    it is left out; when nothing is left to learn from, the larger held-out split is halved. A share above 0 asks for at
    least one record, and one record is always learnt from.
    """
    table, settings = inputs.table, inputs.plan.settings
    items = table.items
    shares: Mapping[Split, float] = {"test": settings.test_share, "validation": settings.validation_share}
    sizes = {name: max(1, round(share * len(items))) for name, share in shares.items() if share > 0}
    by_text = _by_text(inputs) if sizes else Groups(len(table.alive))
    _join_same(by_text, items, table.document)
    by_person = by_text.copy()
    _join_same(by_person, items, table.contributor)
    kept_together = (
        _KeptTogether(lambda: by_person),
        _KeptTogether(
            lambda: by_text, f"too few contributors gave too many of the rows to keep each one's together: {SEEN}"
        ),
        *(
            _overlapping(inputs, *each)
            for each in ((LEAK, f"that overlap by {LEAK:g} or more"), (1.0, "that are the same"))
        ),
    )
    division, together = _nearest(table, kept_together, sizes)
    people_apart, warnings = not together.warning, [together.warning] if together.warning else []
    if people_apart and len(division.sizes) > 1 and not table.contributor[items].any():
        people_apart = False
        warnings.append(f"no row names its contributor: {SEEN}")
    return CrossRecordStepResult(
        warnings=(*warnings, *_shortfalls(division, sizes)),
        splits=Splits(division.split, division.names, people_apart),
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


class _KeptTogether(NamedTuple):
    """A rule which records stay together."""

    groups: Callable[[], Groups]
    """Worked out when it is needed, once."""
    warning: str = ""
    """What is lost by it; empty for the strictest rule."""


def _overlapping(inputs: CrossRecordInputs, overlap: float, which: str) -> _KeptTogether:
    """Only records whose messages overlap so much, and those of one document."""

    @cache
    def groups() -> Groups:
        alike = _by_text(inputs, f"from_{overlap:g}", overlap)
        _join_same(alike, inputs.table.items, inputs.table.document)
        return alike

    return _KeptTogether(groups, ALIKE.format(which))


class _Divided(NamedTuple):
    """One way to divide the records."""

    split: Sequence[Split]
    """Of every item."""
    names: Places
    """The least item of the group of each."""
    sizes: Mapping[Split, int]
    too_large: int
    """Records of groups that are larger than every held-out share."""


def _nearest(
    table: RecordTable, rules: Sequence[_KeptTogether], requested: Mapping[Split, int]
) -> tuple[_Divided, _KeptTogether]:
    """The division that is nearest to what is requested, by the first rule that leaves no split empty."""
    asked = dict(requested)
    while True:
        for rule in rules:
            division = _divided(table, rule.groups(), asked)
            if not (empty := _empty(division.sizes)):
                return division, rule
        if "train" in empty:
            largest = max(asked, key=lambda name: asked[name])  # of equal ones the test split, which comes first
            asked[largest] //= 2
            empty = [name for name in asked if not asked[name]]
        for name in empty:
            del asked[name]


def _divided(table: RecordTable, groups: Groups, requested: Mapping[Split, int]) -> _Divided:
    items, names = table.items, groups.names()
    division = divide(names[items], table.drawn["split"][items], _strata(table)[items], requested)
    order: tuple[Split, ...] = ("train", *requested)
    split = np.zeros(len(table.alive), np.int8)
    split[items] = division.split
    sizes = dict(zip(order, division.sizes, strict=True))
    return _Divided([order[number] for number in split.tolist()], names, sizes, division.too_large)


def _shortfalls(division: _Divided, requested: Mapping[Split, int]) -> Iterator[str]:
    """What of the held-out splits is not as it was requested."""
    short = {name: size for name, size in requested.items() if division.sizes.get(name, 0) < size / 2}
    rows = sum(division.sizes.values())
    for name, size in short.items():
        if number := division.sizes.get(name):
            yield f"the {name} split has {number} of the {size} rows asked for: rows that stay together are too many"
        else:
            used = count(rows, "row is used", "rows are used")
            why = f"{used} and those that belong together stay together"
            yield f"there is no {name} split, since {why}. {WITHOUT[name]}. {MORE}"
    if short and division.too_large:
        stay, they, them = ("stays", "it", "is") if division.too_large == 1 else ("stay", "they", "are")
        yield (
            f"{count(division.too_large, 'row')} {them} learnt from because {they} {stay} together with more rows than "
            "a held-out share"
        )


def _strata(table: RecordTable) -> Places:
    """A number for each language, source and rating."""
    return table.kind * len(RATINGS) + table.rating


def _empty(sizes: Mapping[Split, int]) -> list[Split]:
    return [name for name, size in sizes.items() if not size]


STEPS.register("split/4")(
    CrossRecordStep(
        run=split,
        place=Place("split", 10, "last of all: only what is used is divided, and shares are shares of that"),
        draws="split",
    )
)
