"""What an evaluation says, in sentences for the people the model is for; who is served worst comes first."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from commonhold.evaluate.figures import MIN_ITEMS, percent_range, points_range
from commonhold.figures import count, percent, points
from commonhold.records.score import Evaluation, Slice, TaskResult

Direction = Literal["better", "worse", "no clear difference"]


class Place(NamedTuple):
    """A slice and the task it belongs to."""

    result: TaskResult
    part: Slice


def direction(part: Slice) -> Direction:
    """Whether the tuned model is surely better or worse: the whole interval of the difference on one side of zero."""
    if part.difference_interval.low > 0:
        return "better"
    return "worse" if part.difference_interval.high < 0 else "no clear difference"


def worst_served(evaluation: Evaluation) -> Place | None:
    """The language or group of 20 items or more whose tuned score lies farthest below the score of its whole task.

    Tasks differ in difficulty, so a slice is set against its own task. `None` when no slice is large enough.
    """
    return min((place for place in _places(evaluation) if place.part.items >= MIN_ITEMS), key=_lead, default=None)


def _lowest_small(evaluation: Evaluation) -> Place | None:
    """By the answers lost rather than by the score, lest a slice of one item always comes first."""
    small = (place for place in _places(evaluation) if place.part.items < MIN_ITEMS)
    return min(small, key=lambda place: _lead(place) * place.part.items, default=None)


def _places(evaluation: Evaluation) -> Iterator[Place]:
    return (Place(result, part) for result in evaluation.results for part in result.slices)


def _lead(place: Place) -> float:
    return place.part.tuned - place.result.overall.tuned


def headline(evaluation: Evaluation) -> tuple[str, ...]:
    """The findings, most important first."""
    return (
        *_worst_sentences(worst_served(evaluation), _lowest_small(evaluation)),
        *_harmed_sentences(evaluation.results),
        _tasks_sentence(evaluation.results),
        *_gates_sentence(evaluation),
        *_contamination_sentence(evaluation.results),
    )


def slice_label(name: str) -> str:
    """`language es`, `group water`, or `all items`."""
    return "all items" if name == "all" else name.replace("=", " ", 1).replace("_", " ")


def _worst_sentences(worst: Place | None, small: Place | None) -> Iterator[str]:
    if worst is None and small is None:
        yield "Nobody can say who is served worst: the items name no two languages and no two groups."
    elif worst is None:
        yield f"No language and no group has the {MIN_ITEMS} items that it takes to say who is served worst."
    elif _lead(worst) >= 0:
        yield f"No language or group of {MIN_ITEMS} items or more falls behind its task; lowest is {_described(worst)}."
    else:
        yield f"Served worst: {_described(worst)}."
    if small is not None and _lead(small) < min(0.0, _lead(worst) if worst else 0.0):
        yield f"{'Lower still' if worst else 'Lowest'}, but on too few items to judge: {_described(small)}."


def _described(place: Place) -> str:
    result, part = place
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


def _contamination_sentence(results: Sequence[TaskResult]) -> Iterator[str]:
    seen = [result for result in results if result.contaminated]
    if seen:
        places = ", ".join(f"{result.contaminated} of {result.overall.items} in “{result.title}”" for result in seen)
        yield f"Some items stand in the training rows, so their answers show memory rather than skill: {places}."
