"""From the scores of items to the result of a task, whole and in slices."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from commonhold.evaluate.interval_text import MIN_ITEMS
from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.statistics import (
    detectable_difference,
    difference_interval,
    effective_n_of_difference,
    holm,
    mean_interval,
    paired_p,
)
from commonhold.evaluate.statistics.bootstrap import Sides, corpus_score
from commonhold.evaluate.statistics.calibration import calibration
from commonhold.evaluate.statistics.intervals import is_graded
from commonhold.evaluate.tasks import Task
from commonhold.records.score import Calibration, CorpusScore, Score, Slice, TaskResult

NOT_GIVEN = "not given"
PARTS = ("language", "region", "group", "severity")
"""What slices are made by, columns of items and scores alike; all but severity say for whom."""


def summarise(task: Task, scores: Sequence[Score], contaminated: int) -> TaskResult:
    """The task as a whole, then each language, region, group and severity, where the items have more than one."""
    return TaskResult(
        task=task.name,
        title=task.title,
        scorer=task.scorer,
        overall=slice_of("all", scores),
        slices=slices_of(scores),
        contaminated=contaminated,
        corpus=_corpus(task, scores),
        base_calibration=_calibration(scores, lambda score: (score.base_probability, score.base)),
        tuned_calibration=_calibration(scores, lambda score: (score.tuned_probability, score.tuned)),
    )


def slice_of(name: str, scores: Sequence[Score]) -> Slice:
    """Some items of one task as one line: both means, the difference, and how sure each is."""
    base = [score.base for score in scores]
    tuned = [score.tuned for score in scores]
    clusters = [score.cluster for score in scores]
    weights = [score.weight for score in scores]
    gains = [after - before for before, after in zip(base, tuned, strict=True)]
    effective_n = effective_n_of_difference(base, tuned, clusters, weights)
    squares = [gain * gain for gain in gains]
    return Slice(
        name=name,
        items=len(scores),
        base=_mean(base, weights),
        tuned=_mean(tuned, weights),
        base_interval=mean_interval(base, clusters, weights),
        tuned_interval=mean_interval(tuned, clusters, weights),
        difference=_mean(gains, weights),
        difference_interval=difference_interval(base, tuned, clusters, weights),
        wins=sum(gain > 0 for gain in gains),
        losses=sum(gain < 0 for gain in gains),
        effective_n=effective_n,
        failures=sum(score < 1.0 for score in tuned),
        p=paired_p(base, tuned, clusters, weights),
        detectable=detectable_difference(effective_n, _mean(squares, weights), is_graded((*base, *tuned))),
    )


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    if len(set(weights)) == 1:
        return sum(values) / len(values)
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def slices_of(scores: Sequence[Score]) -> tuple[Slice, ...]:
    """Each language, region, group and severity, where the items have more than one."""
    return adjusted([part for kind in PARTS for part in _slices(kind, scores)])


def _slices(kind: str, scores: Sequence[Score]) -> Iterable[Slice]:
    for name, value in _named(kind, scores):
        yield slice_of(name, [score for score in scores if getattr(score, kind) == value])


def slice_names(items: Sequence[Item] | Sequence[Score]) -> tuple[str, ...]:
    """What the slices of a task with these items are called."""
    return tuple(name for kind in PARTS for name, _ in _named(kind, items))


def _named(kind: str, rows: Sequence[Item] | Sequence[Score]) -> list[tuple[str, str]]:
    """Name and value of each slice of a kind; a kind with one value alone has none."""
    values = sorted({getattr(row, kind) for row in rows})
    return [(f"{kind}={value or NOT_GIVEN}", value) for value in values] if len(values) > 1 else []


def adjusted(slices: Sequence[Slice]) -> tuple[Slice, ...]:
    """Slices with their p after Holm; those too small to judge are not among the questions that are asked."""
    judged = [part for part in slices if part.items >= MIN_ITEMS and part.p is not None]
    ps = dict(zip((part.name for part in judged), holm([part.p or 0.0 for part in judged]), strict=True))
    return tuple(replace(part, p_adjusted=ps.get(part.name)) for part in slices)


def _corpus(task: Task, scores: Sequence[Score]) -> CorpusScore | None:
    """The score of all answers together, where the scorer has one (`corpus_score`)."""
    together = getattr(SCORERS.get(task.scorer)(), "corpus_score", None)
    if together is None:
        return None
    items = {item.id: item for item in task.items}

    def sides(positions: Sequence[int]) -> Sides:
        drawn = [scores[position] for position in positions]
        asked = [items[score.item_id] for score in drawn]
        return Sides(
            together(asked, [score.base_output for score in drawn]),
            together(asked, [score.tuned_output for score in drawn]),
        )

    return corpus_score(sides, [score.cluster for score in scores], task.name)


def _calibration(scores: Sequence[Score], side: Callable[[Score], tuple[float | None, float]]) -> Calibration | None:
    answers = [(*side(score), score.cluster) for score in scores]
    sure = [(probability, right, cluster) for probability, right, cluster in answers if probability is not None]
    if len(sure) < len(answers):
        return None
    return calibration(*zip(*sure, strict=True))
