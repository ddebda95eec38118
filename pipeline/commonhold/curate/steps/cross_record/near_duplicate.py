"""near_duplicate/4: what says nearly what an earlier record says, in message and in reply."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.agreement import Agreement, Said, conflicts, near_replies, no_edits
from commonhold.curate.dedup.near_duplicates import (
    Copies,
    Links,
    apart,
    are_copies,
    copies,
    stacked_links,
)
from commonhold.curate.dedup.one_edit import KEPT
from commonhold.curate.dedup.shingles import overlaps
from commonhold.curate.engine.exchange import near_links, one_edit_links
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.selection.labels import are_labels
from commonhold.curate.selection.split import together_from
from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStep,
    CrossRecordStepResult,
    Decision,
    Place,
    Reason,
)


def near_duplicate(inputs: CrossRecordInputs) -> CrossRecordStepResult:
    """Merges records whose message and reply nearly repeat those of an earlier one that stays.

    Messages overlap (Jaccard, shingles of three words), or are short and differ in one place. Neither message nor
    reply may differ in a number, a negation, a day or an opposite; replies differ in slips of spelling, or in words
    that one has besides. What is said of the reply (a rating, a comparison) is the same. Where replies are labels,
    that two are the same says little, so messages must overlap. Plain texts are compared as messages are.

    Records that stay with the same message and other replies are flagged, all of them: which one is right is for
    people to say. Where ratings or comparisons are learnt, several replies to one message are the point.
    """
    table, settings = inputs.table, inputs.plan.settings
    plain, threshold = settings.method == "continued_pretraining", settings.near_duplicate
    sets = table.completions() if plain else table.prompts()
    share = threshold if plain else min(threshold, together_from(threshold))
    links = near_links(sets, table.items, share, inputs.executor, inputs.work)
    if not plain:
        table.near_messages, table.near_share = links, share
    labels = settings.method == "sft" and are_labels(table)
    if not labels:
        edits = one_edit_links(table.edits(), table.items, inputs.executor, inputs.work / "edits")
        links = stacked_links([links, edits])
    members = np.unique(np.concatenate([links.left, links.right]))
    said = _said(table, members, plain)
    agreement = Agreement(said, no_edits if labels else table.edits().stored())
    merged = copies(apart(links, _labels(table, said, plain)), sets.stored(), threshold, agreement)
    if settings.method != "sft":
        return CrossRecordStepResult([*_merges(table, merged, "text" if plain else "message")])
    alive = table.alive.copy()
    alive[merged.item] = False
    also = {} if labels else _with_near_replies(inputs, said, links, agreement, merged, alive)
    alive[[*also]] = False
    detail = "message and reply nearly repeat those of"
    decisions = [
        *_merges(table, merged, "message"),
        *(Decision(item, "merge", "near_duplicate", f"{detail} {table.id_of(also[item])}") for item in also),
        *_flags(table, said, links, alive, labels),
    ]
    return CrossRecordStepResult(sorted(decisions, key=lambda one: one.item))


def _with_near_replies(
    inputs: CrossRecordInputs,
    said: Said,
    links: Links,
    agreement: Agreement,
    merged: Copies,
    alive: NDArray[np.bool_],
) -> dict[int, int]:
    """Records that are still in and repeat an earlier one with nearly the same reply; one with copies stays."""
    table, threshold = inputs.table, inputs.plan.settings.near_duplicate
    replies = table.completions().stored()(said.items)
    pairs = np.array([*near_replies(said, links, replies, alive, max(threshold, KEPT))], np.int64).reshape(-1, 2)
    left, right = pairs.T
    places = (np.searchsorted(said.items, side) for side in (left, right))
    overlap = overlaps(table.prompts().stored()(said.items), *places)
    pairs = pairs[are_copies(left, right, overlap, threshold, agreement)]
    stays = {*merged.original.tolist()}
    found: dict[int, int] = {}
    for earlier, item in pairs.tolist():
        if earlier not in found and item not in found and item not in stays:
            found[item] = earlier
            stays.add(earlier)
    return found


def _said(table: RecordTable, members: NDArray[np.int64], plain: bool) -> Said:
    replies = table.texts_at("completion", members)
    if plain:
        return Said.of(members, replies, [""] * len(replies))
    return Said.of(members, table.texts_at("prompt", members), replies)


def _labels(table: RecordTable, said: Said, plain: bool) -> NDArray[np.uint64]:
    """What is the same in rows that are copies, besides their messages."""
    marks = np.zeros(len(table.alive), np.uint64)
    marks[said.items] = said.telling
    return np.stack([table.prompt if plain else table.completion, table.feedback, marks], axis=1)


def _merges(table: RecordTable, merged: Copies, what: str) -> Iterator[Decision]:
    for item, original, jaccard in zip(*(column.tolist() for column in merged), strict=True):
        yield Decision(item, "merge", "near_duplicate", f"{what} overlaps {jaccard:.2f} with {table.id_of(original)}")


def _flags(table: RecordTable, said: Said, links: Links, alive: NDArray[np.bool_], labels: bool) -> Iterator[Decision]:
    reason, what = ("label_conflict", "labels") if labels else ("other_reply", "replies")
    for items, replies in conflicts(said, links, alive):
        detail = f"{len(items)} rows have the message of {table.id_of(items[0])} and {replies} different {what}"
        yield from (Decision(item, "flag", reason, detail) for item in items)


STEPS.register("near_duplicate/4")(
    CrossRecordStep(
        run=near_duplicate,
        place=Place("copies", 30, "behind exact copies, which need not be compared again"),
        question="Does it ask something new?",
        reasons={
            "near_duplicate": Reason(
                "Message and reply nearly repeat another",
                "its message and reply nearly repeat those of another row",
                "their messages and replies nearly repeat those of another row",
                "a message that asks in quite different words",
            ),
            "other_reply": Reason(note="the message has different replies in different rows"),
            "label_conflict": Reason(note="the message has different labels in different rows"),
        },
    )
)
