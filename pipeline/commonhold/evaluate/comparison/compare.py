"""From two versions to what differs between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from commonhold.evaluate.comparison.version import (
    Comparison,
    CountedItems,
    KeyChange,
    RowChanges,
    TaskChange,
    Unpaired,
    Version,
    VersionRows,
)
from commonhold.evaluate.results import slice_of, slices_of
from commonhold.evaluate.statistics import holm
from commonhold.records.score import Score, TaskResult
from commonhold.strict_json import JsonObject, JsonValue


def compare_versions(old: Version, new: Version) -> Comparison:
    """All that differs; pure, so that the same two versions always compare alike."""
    tasks, unpaired = _tasks(old, new)
    return Comparison(
        old=old.name,
        new=new.name,
        recipe=recipe_changes(old.recipe.sections, new.recipe.sections),
        rows=row_changes(old.rows, new.rows) if old.rows and new.rows else None,
        tasks=tasks,
        unpaired=unpaired,
        missing=tuple(_missing(old, new)),
    )


def recipe_changes(old: JsonObject, new: JsonObject) -> tuple[KeyChange, ...]:
    """The keys that differ, dotted, in the order of the new recipe and then of the old."""
    before, after = dict(_flat("", old)), dict(_flat("", new))
    for one, other in ((before, after), (after, before)):
        # No section at all, against some: those say it themselves.
        for key in [key for key, value in one.items() if value == [] and f"{key}.0" in _parents(other)]:
            del one[key]
    keys = dict.fromkeys((*after, *before))
    return tuple(KeyChange(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key))


def _parents(flat: JsonObject) -> set[str]:
    return {key.rpartition(".")[0] for key in flat}


def _flat(key: str, value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    """Leaves with their dotted keys; a list is a leaf unless it has sections, whose place is then their number."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{key}.{name}" if key else str(name), inner)
    elif isinstance(value, list | tuple) and any(isinstance(each, Mapping) for each in value):
        for number, inner in enumerate(value):
            yield from _flat(f"{key}.{number}", inner)
    else:
        yield key, list(value) if isinstance(value, tuple) else value


def row_changes(old: VersionRows, new: VersionRows) -> RowChanges:
    """Counts of both sides, and which examples came, went and changed."""
    reasons = dict.fromkeys((*new.dropped_by_reason, *old.dropped_by_reason))
    counts = (
        CountedItems("records in", old.records_in, new.records_in),
        CountedItems("kept", old.kept, new.kept),
        *(
            CountedItems(reason, old.dropped_by_reason.get(reason, 0), new.dropped_by_reason.get(reason, 0))
            for reason in reasons
        ),
    )
    before, after = old.examples, new.examples
    if before is None or after is None:
        return RowChanges(counts, None, None, None)
    return RowChanges(
        counts,
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(key for key in before.keys() & after.keys() if before[key] != after[key])),
    )


def _tasks(old: Version, new: Version) -> tuple[tuple[TaskChange, ...], tuple[Unpaired, ...]]:
    """Tasks that both were asked: item by item where that can be done, else side by side."""
    if old.evaluation is None or new.evaluation is None:
        return (), ()
    before = {result.task: result for result in old.evaluation.results}
    paired: list[TaskChange] = []
    unpaired: list[Unpaired] = []
    for result in new.evaluation.results:
        if result.task not in before:
            continue
        outcome = _paired(before[result.task], result, old.scores, new.scores)
        if isinstance(outcome, TaskChange):
            paired.append(outcome)
        else:
            earlier = before[result.task].overall
            unpaired.append(Unpaired(result.task, result.title, earlier, result.overall, outcome))
    ps = holm([task.overall.p or 0.0 for task in paired])
    return (
        tuple(replace(task, overall=replace(task.overall, p_adjusted=p)) for task, p in zip(paired, ps, strict=True)),
        tuple(unpaired),
    )


def _paired(
    before: TaskResult, after: TaskResult, old: Sequence[Score] | None, new: Sequence[Score] | None
) -> TaskChange | str:
    """The task item by item, or why not."""
    if old is None or new is None:
        return "one side is a bundle, which has no answers to single items"
    if before.scorer != after.scorer:
        return f"judged by {before.scorer} then and by {after.scorer} now"
    earlier = {_question(score): score for score in old if score.task == before.task}
    later = [score for score in new if score.task == after.task]
    both = [_side_by_side(earlier[_question(score)], score) for score in later if _question(score) in earlier]
    if not both:
        return "no question was asked of both"
    return TaskChange(
        task=after.task,
        title=after.title,
        overall=slice_of("all", both),
        slices=slices_of(both),
        won=tuple(score for score in both if score.tuned > score.base),
        lost=tuple(score for score in both if score.tuned < score.base),
        left_out=len(earlier) + len(later) - 2 * len(both),
    )


def _question(score: Score) -> tuple[str, str, str]:
    return score.item_id, score.prompt, score.expected


def _side_by_side(old: Score, new: Score) -> Score:
    """The two tuned models' answers to one item, the old one's where the base's is."""
    return replace(new, base=old.tuned, base_output=old.tuned_output, base_probability=old.tuned_probability)


def _missing(old: Version, new: Version) -> Iterator[str]:
    for version in (old, new):
        if version.rows is None:
            yield f"{version.name} has no data to compare: its curation is gone, or never ended."
        if version.evaluation is None:
            yield f"{version.name} has no scores to compare: it was not evaluated, or its evaluation is gone."
    if old.evaluation and new.evaluation:
        before, after = ({result.task for result in side.evaluation.results} for side in (old, new) if side.evaluation)
        for version, names in ((old, before - after), (new, after - before)):
            if names:
                yield f"Only {version.name} was asked: {', '.join(sorted(names))}."
