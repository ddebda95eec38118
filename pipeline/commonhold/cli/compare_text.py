"""What a person reads of `commonhold compare`: differences of recipe, data and scores."""

from commonhold.evaluate.comparison.pages import written
from commonhold.evaluate.comparison.sentences import sentences
from commonhold.evaluate.comparison.version import Comparison, TaskChange
from commonhold.evaluate.interval_text import MIN_ITEMS, chance, slice_label
from commonhold.number_format import count
from commonhold.records.score import Score, Slice

MOST_ITEMS = 10
"""Items that changed sides and are named in the text; the page has more, the JSON all."""


def comparison_text(comparison: Comparison) -> str:
    """The findings, then recipe, data and scores line by line."""
    lines = [f"before  {comparison.old}", f"after   {comparison.new}", "", *sentences(comparison)]
    if comparison.recipe:
        lines += ["", "recipe"]
        lines += [f"  {each.key}: {written(each.old)} -> {written(each.new)}" for each in comparison.recipe]
    if comparison.rows:
        lines += ["", f"{'records':<30} {'before':>8} {'after':>8}"]
        lines += [
            f"  {each.what.replace('_', ' '):<28} {each.old:>8,} {each.new:>8,}" for each in comparison.rows.counts
        ]
        for name, ids in (("added", comparison.rows.added), ("removed", comparison.rows.removed)):
            if ids:
                lines.append(f"  {name}: {', '.join(each[:12] for each in ids[:MOST_ITEMS])}{_more(len(ids))}")
    if comparison.tasks:
        lines += ["", f"{'tuned models':<44} {'items':>5} {'before':>7} {'after':>6}  difference  chance"]
    for task in comparison.tasks:
        lines += _task(task)
    lines += [
        f"  {each.title}: {each.old.tuned:.0%} then, {each.new.tuned:.0%} now ({each.why})"
        for each in comparison.unpaired
    ]
    return "\n".join(lines)


def _task(task: TaskChange) -> list[str]:
    lines = [_line(f"  {task.title}", task.overall), *(_line(f"    {slice_label(p.name)}", p) for p in task.slices)]
    for name, items in (("now wrong", task.lost), ("now right", task.won)):
        if items:
            lines.append(f"    {name}: {_ids(items)}{_more(len(items))}")
    if task.left_out:
        lines.append(f"    left out, as not asked of both alike: {count(task.left_out, 'item')}")
    return lines


def _line(name: str, part: Slice) -> str:
    low, high = (round(100 * bound) for bound in part.difference_interval)
    p = "too few to judge" if part.items < MIN_ITEMS else chance(part.p_adjusted if part.p_adjusted is not None else 1)
    return f"{name:<44.44} {part.items:>5} {part.base:>7.0%} {part.tuned:>6.0%}  {low:+d} to {high:+d} points  {p}"


def _ids(items: tuple[Score, ...]) -> str:
    return ", ".join(item.item_id for item in items[:MOST_ITEMS])


def _more(number: int) -> str:
    return f" and {number - MOST_ITEMS} more" if number > MOST_ITEMS else ""
