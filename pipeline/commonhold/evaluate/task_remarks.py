"""What the figures of one task mean, in sentences: chance, what could have been seen, failures, clean items, doubt."""

import math
from collections.abc import Iterator, Sequence

from commonhold.evaluate.findings import direction
from commonhold.evaluate.interval_text import chance, percent_range, points_range
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.statistics import failure_bounds, items_for_difference
from commonhold.evaluate.statistics.calibration import ECE_ITEMS
from commonhold.evaluate.statistics.intervals import is_graded
from commonhold.number_format import count, percent, points
from commonhold.records.score import Abstention, Calibration, Score, TaskResult

MANY_ITEMS = 20_000
ANSWERED = 0.5
"""A threshold is only advised where at least this share of the questions is still answered."""


def remarks(result: TaskResult, scores: Sequence[Score]) -> tuple[str, ...]:
    """Sentences below the heading of a task; `scores` are its own."""
    return (
        *_clusters(result, scores),
        *_weights(scores),
        *_chance(result),
        *_power(result, scores),
        *_failures(result),
        *_corpus(result),
        *_perplexity(result, scores),
    )


def _clusters(result: TaskResult, scores: Sequence[Score]) -> Iterator[str]:
    clusters = [score.cluster for score in scores if score.cluster]
    if len(set(clusters)) < len(clusters):
        kinds = count(len(set(clusters)), "cluster")
        size = result.overall.effective_n
        yield (
            f"The items are clustered in {kinds}, so their intervals are wider than those of independent items."
            + (f" They tell as much as {size:.0f} that are independent." if size else "")
        )


def _weights(scores: Sequence[Score]) -> Iterator[str]:
    if len({score.weight for score in scores}) > 1:
        yield "The items weigh differently: means and intervals allow for it, the numbers of wins and losses do not."


def _chance(result: TaskResult) -> Iterator[str]:
    part = result.overall
    changed = part.wins + part.losses
    if not changed:
        yield "No item changed sides."
    elif part.p is not None:
        yield (
            f"If tuning made no difference, {count(changed, 'changed item')} would split so unevenly with probability "
            f"{chance(part.p)}."
        )


def _power(result: TaskResult, scores: Sequence[Score]) -> Iterator[str]:
    """What a task that shows nothing could have shown."""
    part = result.overall
    if direction(part) != "no clear difference" or part.detectable is None:
        return
    seen = f"With these items, a true difference of {points(part.detectable).lstrip('+')} is found four times in five"
    sides = [(score.base, score.tuned) for score in scores]
    squares = sum((after - before) ** 2 for before, after in sides) / len(sides)
    needed = items_for_difference(part.difference, squares, is_graded([value for side in sides for value in side]))
    effective_n = (part.effective_n or part.items) / part.items
    if needed / effective_n > MANY_ITEMS:
        yield f"{seen}; smaller ones may be missed."
    else:
        yield (
            f"{seen}; if the {points(part.difference)} seen are the truth, it takes about "
            f"{count(_rounded_up(needed / effective_n), 'item')} to show it."
        )


def _rounded_up(number: float) -> int:
    """To two digits, because it is an estimate."""
    step: int = 10 ** max(0, len(str(math.ceil(number))) - 2)
    return math.ceil(number / step) * step


def _failures(result: TaskResult) -> Iterator[str]:
    part = result.overall
    if part.failures is None or part.failures > 0.1 * part.items:
        return
    items = max(1, int(min(part.items, part.effective_n or part.items)))
    high = failure_bounds(min(items, math.ceil(part.failures * items / part.items)), items).high
    yield (
        f"The tuned model failed {part.failures} of {count(part.items, 'item')}: the true rate of failures is below "
        f"{percent(high)}, with 95 % confidence."
    )


def _corpus(result: TaskResult) -> Iterator[str]:
    corpus = result.corpus
    if corpus is None:
        return
    seen = f"Over all answers together: base {percent(corpus.base)}, tuned {percent(corpus.tuned)}"
    if corpus.difference_interval is None:
        yield f"{seen}. An interval for that takes 50 items that are independent."
    else:
        yield f"{seen}, tuned − base {points_range(corpus.difference_interval)} (paired bootstrap, 95 %)."


def _perplexity(result: TaskResult, scores: Sequence[Score]) -> Iterator[str]:
    if result.scorer not in SCORERS or str(SCORERS.get(result.scorer).kind) != "likelihood":
        return
    sides = []
    for values in ([score.base for score in scores], [score.tuned for score in scores]):
        logs = [math.log(max(value, 1e-30)) for value in values]
        sides.append(math.exp(-sum(logs) / len(logs)))
    yield (
        f"Perplexity (geometric mean over the items, lower is better): base {sides[0]:.3g}, tuned {sides[1]:.3g}. "
        "A score is the mean probability of a token of the reference, which is 1 / perplexity."
    )


def doubt(side: str, calibration: Calibration) -> str:
    """What a calibration says, for one side."""
    error = (
        f", expected calibration error {percent(calibration.ece)}"
        if calibration.ece is not None
        else f" (an expected calibration error takes {ECE_ITEMS} items)"
    )
    return f"{side}: Brier score {calibration.brier:.3f}{error}."


def handover(calibration: Calibration) -> str:
    """From which sureness on the model should answer, and what a person gets."""
    everything = calibration.abstention[0]
    useful = [point for point in calibration.abstention if point.answered >= ANSWERED]
    best = max(useful, key=lambda point: (point.interval.low, point.answered))
    if best is everything or best.interval.low <= everything.interval.low:
        return (
            f"Leaving out the answers it is least sure of does not make the others surely better: {_point(everything)}."
        )
    return (
        f"If a person takes over wherever the model is less than {percent(best.threshold)} sure, it answers "
        f"{percent(best.answered)} of the questions, and {_point(best)}; answering everything, {_point(everything)}."
    )


def _point(point: Abstention) -> str:
    return f"{percent(point.right)} of its answers are right (95 % interval {percent_range(point.interval)})"
