"""What a comparison says, most important first."""

from collections.abc import Iterator

from commonhold.evaluate.comparison.version import Comparison, RowChanges, TaskChange
from commonhold.evaluate.findings import direction
from commonhold.evaluate.interval_text import MIN_ITEMS, chance, points_range, slice_label
from commonhold.number_format import count, listed, points

MOST_KEYS = 5


def sentences(comparison: Comparison) -> tuple[str, ...]:
    """The findings, for the top of the page and of the text."""
    return (
        *_scores(comparison),
        *_slices(comparison),
        _recipe(comparison),
        *([_rows(comparison.rows)] if comparison.rows else []),
        *comparison.missing,
    )


def _scores(comparison: Comparison) -> Iterator[str]:
    if not comparison.tasks:
        return
    for task in comparison.tasks:
        if (verdict := direction(task.overall)) != "no clear difference":
            yield f"{verdict.capitalize()} on “{task.title}”: {difference(task)}."
    calm = [f"“{task.title}”" for task in comparison.tasks if direction(task.overall) == "no clear difference"]
    if calm:
        yield f"No clear difference on {listed(calm)}."


def difference(task: TaskChange) -> str:
    """`+12 points on 96 items (95 % interval +3 to +21 points, chance 0.010)`."""
    part = task.overall
    p = "" if part.p_adjusted is None else f", chance {chance(part.p_adjusted)}"
    interval = f"95 % interval {points_range(part.difference_interval)}"
    return f"{points(part.difference)} on {count(part.items, 'item')} ({interval}{p})"


def _slices(comparison: Comparison) -> Iterator[str]:
    for task in comparison.tasks:
        for part in task.slices:
            if part.items >= MIN_ITEMS and direction(part) == "worse":
                yield (
                    f"Worse for {slice_label(part.name)} in “{task.title}”: {points(part.difference)} "
                    f"(95 % interval {points_range(part.difference_interval)})."
                )


def _recipe(comparison: Comparison) -> str:
    keys = [change.key for change in comparison.recipe]
    if not keys:
        return "The recipes are the same."
    more = f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else ""
    differ = "differs" if len(keys) == 1 else "differ"
    return f"{count(len(keys), 'key')} of the recipe {differ}: {', '.join(keys[:MOST_KEYS])}{more}."


def _rows(rows: RowChanges) -> str:
    kept = next(each for each in rows.counts if each.what == "kept")
    if rows.added is None or rows.removed is None or rows.changed is None:
        return f"Data: {kept.old:,} records were kept then, {kept.new:,} now; which ones is not at hand."
    if not rows.added and not rows.removed and not rows.changed:
        return f"Both learnt from the same {count(kept.new, 'example')}."
    return (
        f"Data: {count(len(rows.added), 'example')} came, {len(rows.removed):,} went, {len(rows.changed):,} changed; "
        f"{kept.old:,} were kept then, {kept.new:,} now."
    )
