"""How far an automatic scorer can be believed, by what people call right, and its rates put right by that."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from commonhold.evaluate.statistics import Z, mean_interval, wilson_interval
from commonhold.number_format import count
from commonhold.records.score import Interval

MIN_LABELS = 20
"""Fewest right and fewest wrong replies by which a scorer's rates may be corrected."""


class Labelled(NamedTuple):
    """One reply that people agreed on."""

    right: bool
    """What most people said."""
    scored_right: bool
    cluster: str
    """Replies to one item, or to items that are clustered, share it."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    trials: int
    interval: Interval | None
    """`None` without trials."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """How often one model is right, as the scorer says it and as people would."""

    side: str
    """`base` or `tuned`."""
    said: float
    """The scorer's rate on all items of the task."""
    rate: float | None
    """After Rogan and Gladen; `None` when it must not be corrected."""
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Accountability:
    """What people's labels say about one task's scorer."""

    task: str
    title: str
    scorer: str
    sensitivity: Share
    """Of the replies that people call right, those that the scorer calls right."""
    specificity: Share
    """Of the replies that people call wrong, those that the scorer calls wrong."""
    corrected: tuple[Corrected, ...]
    reason: str
    """Why its rates are not corrected; empty when they are."""


def measure(labels: Sequence[Labelled]) -> tuple[Share, Share]:
    """Sensitivity and specificity, with Wilson's interval where every reply is alone and a wider one elsewhere."""
    right = [label for label in labels if label.right]
    wrong = [label for label in labels if not label.right]
    return _share(right, expected=True), _share(wrong, expected=False)


def _share(labels: Sequence[Labelled], *, expected: bool) -> Share:
    hits = [float(label.scored_right is expected) for label in labels]
    interval = _interval(hits, [label.cluster for label in labels]) if labels else None
    return Share(round(sum(hits)), len(hits), interval)


def _interval(hits: Sequence[float], clusters: Sequence[str]) -> Interval:
    if len(set(clusters)) == len(clusters):
        return wilson_interval(sum(hits), len(hits))
    return mean_interval(hits, clusters)


def refusal(sensitivity: Share, specificity: Share) -> str:
    """Why a scorer's rates must not be corrected; empty when they may."""
    if min(sensitivity.trials, specificity.trials) < MIN_LABELS:
        return (
            f"too few labels: people called {count(sensitivity.trials, 'reply', 'replies')} right and "
            f"{specificity.trials} wrong; at least {MIN_LABELS} of each are needed"
        )
    if sensitivity.hits / sensitivity.trials + specificity.hits / specificity.trials <= 1:
        return "the scorer does no better than a coin: sensitivity and specificity add up to 100 % or less"
    return ""


class Rate(NamedTuple):
    """A corrected rate."""

    rate: float
    interval: Interval


def correct(observed: float, items: float, sensitivity: Share, specificity: Share) -> Rate:
    """The rate that people would find, from the one that the scorer says on `items` independent items.

    Rogan & Gladen 1978 (American Journal of Epidemiology 107:71), cut to [0, 1]. The interval is that of Lang &
    Reiczigel 2014 (Preventive Veterinary Medicine 113:13), which allows for sensitivity and specificity being
    estimates too. It takes the scorer's mistakes to be the same for both models and on items that people did not see.

    Raises:
        ValueError: `refusal` gives a reason.
    """
    if reason := refusal(sensitivity, specificity):
        raise ValueError(reason)
    se, sp = sensitivity.hits / sensitivity.trials, specificity.hits / specificity.trials
    rate = _clipped((observed + sp - 1) / (se + sp - 1))
    # As if there were z² more items, half of them right, and one more hit and one more miss among the labels.
    many, many_right, many_wrong = items + Z * Z, sensitivity.trials + 2, specificity.trials + 2
    observed, se, sp = (
        (items * observed + Z * Z / 2) / many,
        (sensitivity.hits + 1) / many_right,
        (specificity.hits + 1) / many_wrong,
    )
    centre = _clipped((observed + sp - 1) / (se + sp - 1)) if se + sp > 1 else 0.5
    of_right, of_wrong = se * (1 - se) / many_right, sp * (1 - sp) / many_wrong
    error = math.sqrt(observed * (1 - observed) / many + centre**2 * of_right + (1 - centre) ** 2 * of_wrong) / max(
        se + sp - 1, 1e-9
    )
    shift = 2 * Z * Z * (centre * of_right - (1 - centre) * of_wrong)
    low, high = _clipped(centre + shift - Z * error), _clipped(centre + shift + Z * error)
    return Rate(rate, Interval(min(low, rate), max(high, rate)))


def _clipped(share: float) -> float:
    return min(1.0, max(0.0, share))
