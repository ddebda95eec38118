"""From the scores of items to the result of a task, whole and in slices."""

from collections.abc import Callable, Iterable, Sequence

from commonhold.evaluate.statistics import difference_interval, mean_interval
from commonhold.evaluate.tasks import Task
from commonhold.records.score import Score, Slice, TaskResult

NOT_GIVEN = "not given"


def summarise(task: Task, scores: Sequence[Score], contaminated: int) -> TaskResult:
    """The task as a whole, then each language and each group, where the items have more than one."""
    languages = _slices("language", scores, lambda score: score.language)
    groups = _slices("group", scores, lambda score: score.group)
    return TaskResult(
        task=task.name,
        title=task.title,
        scorer=task.scorer,
        overall=slice_of("all", scores),
        slices=(*languages, *groups),
        contaminated=contaminated,
    )


def slice_of(name: str, scores: Sequence[Score]) -> Slice:
    """Some items of one task as one line: both means, the difference, and how sure each is."""
    base = [score.base for score in scores]
    tuned = [score.tuned for score in scores]
    clusters = [score.cluster for score in scores]
    return Slice(
        name=name,
        items=len(scores),
        base=sum(base) / len(scores),
        tuned=sum(tuned) / len(scores),
        base_interval=mean_interval(base, clusters),
        tuned_interval=mean_interval(tuned, clusters),
        difference=(sum(tuned) - sum(base)) / len(scores),
        difference_interval=difference_interval(base, tuned, clusters),
        wins=sum(after > before for before, after in zip(base, tuned, strict=True)),
        losses=sum(after < before for before, after in zip(base, tuned, strict=True)),
    )


def _slices(kind: str, scores: Sequence[Score], key: Callable[[Score], str]) -> Iterable[Slice]:
    values = sorted({key(score) for score in scores})
    if len(values) < 2:
        return
    for value in values:
        yield slice_of(f"{kind}={value or NOT_GIVEN}", [score for score in scores if key(score) == value])
