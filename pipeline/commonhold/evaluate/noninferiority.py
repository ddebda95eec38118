"""Whether a file of weights is surely worse than the model that was evaluated, by its replies and by its scores.

What is evaluated is base and adapter side by side; what people download or serve is one file, whose numbers are
rounded. A file is left out only when even the friendly end of an interval lies beyond a stated margin: a difference
that chance may have made costs nobody a model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from commonhold.evaluate.results import slice_of
from commonhold.evaluate.statistics import cluster_t_interval, score_interval
from commonhold.models.equivalence import ReplyLikeness, likeness_of
from commonhold.number_format import count, points
from commonhold.records.score import Rescored, Score

MAX_KL = 0.05
"""Nats a token of a reply. Rounding cost 0.0001 to 0.014 on six projects, least where much was learnt; half a merge,
0.05 to 3."""
MIN_TOP1 = 0.85
"""Share of a reply's tokens at which the file has to find the same one likeliest; on these projects 0.94 to 1."""
MIN_ENDS_KEPT = 0.9
"""A model that does not stop continues with the other side of the conversation."""


def rescored(before: Mapping[str, Score], served: Sequence[Score], margin: float) -> Rescored:
    """The answers of a file to some items of a task beside those that were evaluated, by item id."""
    pairs = [
        replace(again, base=before[again.item_id].tuned, base_output=before[again.item_id].tuned_output)
        for again in served
    ]
    same = sum(pair.base_output == pair.tuned_output for pair in pairs)
    return Rescored(served[0].task, slice_of("all", pairs), same, margin)


def why_worse(replies: Sequence[ReplyLikeness], scores: Sequence[Rescored]) -> str:
    """Why a file is surely worse than what was evaluated, in a sentence; empty where it may be as good."""
    return next((text for text in (*map(_worse_score, scores), _other_replies(replies)) if text), "")


def _worse_score(again: Rescored) -> str:
    difference = again.whole.difference_interval
    if difference.high >= -again.margin:
        return ""
    return (
        f"it is surely worse at {again.task}: {points(again.whole.difference)} on {count(again.whole.items, 'item')} "
        f"({points(difference.low)} to {points(difference.high)}), and {points(-again.margin)} is the most"
    )


def _other_replies(replies: Sequence[ReplyLikeness]) -> str:
    """By what it finds likely in replies; each of them counts once, since its tokens are clustered."""
    if not replies:
        return ""
    labels = range(len(replies))
    kl = cluster_t_interval([reply.kl for reply in replies], labels)
    like = likeness_of(replies)
    if not kl.low <= MAX_KL:  # NaN is no answer
        return f"it predicts other replies: {like.kl:.3f} nats a token from the tuned one, and {MAX_KL:g} is the most"
    same = cluster_t_interval([reply.same / reply.tokens for reply in replies], labels)
    if same.high < MIN_TOP1:
        return f"it would write the same token at {like.top1:.0%} of places in a reply, and {MIN_TOP1:.0%} is the least"
    if like.stops and score_interval(like.stops_kept * like.stops, like.stops).high < MIN_ENDS_KEPT:
        return f"it ends {like.stops_kept:.0%} of {count(like.stops, 'reply', 'replies')} where the tuned one does"
    return ""
