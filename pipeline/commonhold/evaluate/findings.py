"""What an evaluation says, in sentences for the people the model is for; who is served worst comes first."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from commonhold.evaluate.interval_text import MIN_ITEMS, percent_range, points_range, slice_label
from commonhold.evaluate.statistics import failure_bounds
from commonhold.number_format import count, percent, points
from commonhold.records.score import Evaluation, Slice, TaskResult

Direction = Literal["better", "worse", "no clear difference"]


class TaskSlice(NamedTuple):
    """A slice and the task it belongs to."""

    result: TaskResult
    part: Slice


ALPHA = 0.05
NOT_WHOM = "severity="
"""Slices that say how bad a mistake is, not who makes do with it."""


def direction(part: Slice) -> Direction:
    """Whether the tuned model is surely better or worse: the whole interval of the difference on one side of zero.

    Of a slice that is one of several, chance is also asked with Holm's adjustment, or one in twenty would seem so.
    """
    if part.p_adjusted is not None and part.p_adjusted > ALPHA:
        return "no clear difference"
    if part.difference_interval.low > 0:
        return "better"
    return "worse" if part.difference_interval.high < 0 else "no clear difference"


def worst_served(evaluation: Evaluation) -> TaskSlice | None:
    """The language, region or group of 20 items or more whose tuned score lies farthest below that of its whole task.

    Tasks differ in difficulty, so a slice is set against its own task. `None` when no slice is large enough.
    """
    return min((each for each in _task_slices(evaluation) if each.part.items >= MIN_ITEMS), key=_lead, default=None)


def _lowest_small(evaluation: Evaluation) -> TaskSlice | None:
    """By the answers lost rather than by the score, lest a slice of one item always comes first."""
    small = (each for each in _task_slices(evaluation) if each.part.items < MIN_ITEMS)
    return min(small, key=lambda each: _lead(each) * each.part.items, default=None)


def _task_slices(evaluation: Evaluation) -> Iterator[TaskSlice]:
    return (
        TaskSlice(result, part)
        for result in evaluation.results
        for part in result.slices
        if not part.name.startswith(NOT_WHOM)
    )


def _lead(task_slice: TaskSlice) -> float:
    return task_slice.part.tuned - task_slice.result.overall.tuned


def headline(evaluation: Evaluation) -> tuple[str, ...]:
    """The findings, most important first."""
    return (
        *_worst_sentences(worst_served(evaluation), _lowest_small(evaluation)),
        *_harmed_sentences(evaluation.results),
        _tasks_sentence(evaluation.results),
        *_gates_sentence(evaluation),
        *_flawless_sentences(evaluation.results),
        *_contamination_sentence(evaluation.results),
        *(f"Memory: {probe.sentence}" for probe in evaluation.probes if probe.notable),
    )


def _worst_sentences(worst: TaskSlice | None, small: TaskSlice | None) -> Iterator[str]:
    if worst is None and small is None:
        yield "Nobody can say who is served worst: the items name no two languages, regions or groups."
    elif worst is None:
        yield f"No language, region or group has the {MIN_ITEMS} items that it takes to say who is served worst."
    elif _lead(worst) >= 0:
        some = f"No language, region or group of {MIN_ITEMS} items or more"
        yield f"{some} falls behind its task; lowest is {_described(worst)}."
    else:
        yield f"Served worst: {_described(worst)}."
    if small is not None and _lead(small) < min(0.0, _lead(worst) if worst else 0.0):
        yield f"{'Lower still' if worst else 'Lowest'}, but on too few items to judge: {_described(small)}."


def _described(task_slice: TaskSlice) -> str:
    result, part = task_slice
    return (
        f"{slice_label(part.name)} in “{result.title}”, where the tuned model scores {percent(part.tuned)} on "
        f"{count(part.items, 'item')} (95 % interval {percent_range(part.tuned_interval)}), against "
        f"{percent(result.overall.tuned)} on the whole task"
    )


def _harmed_sentences(results: Sequence[TaskResult]) -> Iterator[str]:
    for result in results:
        for part in result.slices:
            if part.items >= MIN_ITEMS and direction(part) == "worse":
                yield (
                    f"Worse than before for {slice_label(part.name)} in “{result.title}”: {points(part.difference)} "
                    f"(95 % interval {points_range(part.difference_interval)})."
                )


def _tasks_sentence(results: Sequence[TaskResult]) -> str:
    names: dict[Direction, list[str]] = {"better": [], "worse": [], "no clear difference": []}
    for result in results:
        names[direction(result.overall)].append(f"“{result.title}”")
    parts = [f"{label} on {len(titles)} ({', '.join(titles)})" for label, titles in names.items() if titles]
    return f"Of {count(len(results), 'task')}, tuned against base: {'; '.join(parts)}."


def _gates_sentence(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.gates:
        verdicts = [gate.verdict for gate in evaluation.gates]
        yield (
            f"Of {count(len(verdicts), 'gate')}, {verdicts.count('pass')} passed, {verdicts.count('fail')} failed and "
            f"{verdicts.count('inconclusive')} could not be decided."
        )


def _flawless_sentences(results: Sequence[TaskResult]) -> Iterator[str]:
    for result in results:
        part = result.overall
        if part.failures == 0:
            effective_n = max(1, int(min(part.items, part.effective_n or part.items)))
            yield (
                f"No failure among {count(part.items, 'item')} in “{result.title}” does not mean never: "
                f"it shows a rate of failures below {percent(failure_bounds(0, effective_n).high)}."
            )


def _contamination_sentence(results: Sequence[TaskResult]) -> Iterator[str]:
    seen = [result for result in results if result.contaminated]
    if seen:
        described = "; ".join(_seen(result) for result in seen)
        yield f"Some items are in the training rows, so their answers show memory rather than skill: {described}."


def _seen(result: TaskResult) -> str:
    share = f"{result.contaminated} of {result.overall.items} in “{result.title}”"
    if result.clean is None:
        return share
    return (
        f"{share}, where the tuned model scores {percent(result.overall.tuned)} on all and "
        f"{percent(result.clean.tuned)} on the {result.clean.items} others"
    )
