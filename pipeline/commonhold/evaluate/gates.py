"""Conditions for publication, judged on what is sure: pass, fail, or not enough items to say."""

import difflib
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

from commonhold.errors import RequestError
from commonhold.evaluate.interval_text import percent_range, points_range, slice_label
from commonhold.evaluate.statistics import failure_bounds
from commonhold.number_format import count, percent, points
from commonhold.records.score import Gate, Interval, Slice, TaskResult, Verdict

POWER_FACTOR = 1 + NormalDist().inv_cdf(0.8) / NormalDist().inv_cdf(0.975)
MANY_ITEMS = 20_000
"""More than this is not a number to advise anyone to write."""
CONDITIONS = ("min_tuned", "min_gain", "max_loss", "min_worst", "max_failures", "max_failure_rate")


@dataclass(frozen=True, slots=True)
class GateRule:
    """What must hold for one task, or one slice of it; `None` sets no condition."""

    task: str
    slice: str = ""
    """`language=es`; empty for the whole task."""
    min_tuned: float | None = None
    """The interval of the tuned model's score must lie at or above this."""
    min_gain: float | None = None
    """The interval of tuned − base must lie above this."""
    max_loss: float | None = None
    """The interval of tuned − base must not reach below minus this."""
    min_worst: float | None = None
    """The interval of the tuned model's score must lie at or above this in every slice."""
    max_failures: int | None = None
    """Most items that the tuned model may fail, as counted."""
    max_failure_rate: float | None = None
    """The rate of failures must surely be below this: the one-sided 95 % bound, not the rate that was seen."""


def check_rules(rules: Sequence[GateRule], slices: Mapping[str, Collection[str]]) -> None:
    """Refuses rules that could not be judged, so that this is known before the models are asked.

    `slices` has the names of the slices of every task that is evaluated.

    Raises:
        RequestError: a rule names no task or slice that is evaluated, or sets no condition.
    """
    wrong: list[str] = []
    for rule in rules:
        if rule.task not in slices:
            hint = _hint(rule.task, slices)
            wrong.append(f"a gate names the task {rule.task!r}, which is not evaluated; {hint}")
        elif rule.slice and rule.slice not in slices[rule.task]:
            hint = _hint(rule.slice, slices[rule.task]) if slices[rule.task] else "its items name no two of anything"
            wrong.append(f"a gate for {rule.task!r} names the slice {rule.slice!r}, which it does not have; {hint}")
        if all(getattr(rule, name) is None for name in CONDITIONS):
            some = f"{', '.join(CONDITIONS[:-1])} or {CONDITIONS[-1]}"
            wrong.append(f"the gate for {rule.task!r} sets no condition. Give {some}")
        if rule.min_worst is not None and (rule.slice or not slices.get(rule.task, ("?",))):
            wrong.append(f"the gate for {rule.task!r} asks for min_worst, but there are no slices to choose from")
    if wrong:
        raise RequestError("\n".join(wrong))


def _hint(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"


def judge(rules: Sequence[GateRule], results: Sequence[TaskResult]) -> tuple[Gate, ...]:
    """One gate for every condition, in the order of the rules; items seen in training are reported, not judged.

    The rules have passed `check_rules`.
    """
    by_task = {result.task: result for result in results}
    return tuple(gate for rule in rules for gate in _gates(rule, by_task[rule.task]))


def _gates(rule: GateRule, result: TaskResult) -> Iterator[Gate]:
    parts = {part.name: part for part in result.slices}
    part = parts.get(rule.slice) if rule.slice else result.overall
    for condition in CONDITIONS:
        bound = getattr(rule, condition)
        if bound is None:
            continue
        name = f"{rule.task}{f', {rule.slice}' if rule.slice else ''}: {condition} {bound:g}"
        if part is None:  # drawn away by max_items
            yield Gate(name, "inconclusive", f"No item of {slice_label(rule.slice)} was asked.")
        else:
            judged = _judged(condition, bound, part, result.slices)
            yield Gate(name, judged.verdict, judged.reason)


class _Judged(NamedTuple):
    verdict: Verdict
    reason: str


def _judged(condition: str, bound: float, part: Slice, slices: Sequence[Slice]) -> _Judged:
    match condition:
        case "min_tuned":
            return _score(part, bound)
        case "min_worst":
            return _worst(slices, bound)
        case "max_failures":
            return _failures(part, round(bound))
        case "max_failure_rate":
            return _failure_rate(part, bound)
        case "max_loss":
            verdict = _above(part.difference_interval, -bound)
            return _difference(verdict, part, -bound, f"none of it may lie below {points(-bound)}")
    low, high = part.difference_interval
    verdict = "pass" if low > bound else "fail" if high < bound else "inconclusive"
    return _difference(verdict, part, bound, f"all of it must lie above {points(bound)}")


def _above(interval: Interval, bound: float) -> Verdict:
    return "pass" if interval.low >= bound else "fail" if interval.high < bound else "inconclusive"


def _score(part: Slice, minimum: float, where: str = "") -> _Judged:
    verdict = _above(part.tuned_interval, minimum)
    seen = (
        f"The tuned model scored {percent(part.tuned)} on {count(part.items, 'item')}{where}, "
        f"95 % interval {percent_range(part.tuned_interval)}; all of it must lie at {percent(minimum)} or above"
    )
    return _worded(verdict, seen, items_to_settle(part.items, part.tuned, part.tuned_interval, minimum), "the score")


def _worst(slices: Sequence[Slice], minimum: float) -> _Judged:
    """The slice that decides: one that surely fails, else the one that reaches lowest."""
    order = {"fail": 0, "inconclusive": 1, "pass": 2}
    worst = min(
        slices, key=lambda part: (order[_above(part.tuned_interval, minimum)], part.tuned_interval.low, part.name)
    )
    judged = _score(worst, minimum, f" of {slice_label(worst.name)}")
    others = count(sum(_above(part.tuned_interval, minimum) == "pass" for part in slices), "slice")
    return _Judged(judged.verdict, f"{judged.reason} It surely holds in {others} of {len(slices)}.")


def _difference(verdict: Verdict, part: Slice, bound: float, demand: str) -> _Judged:
    seen = (
        f"Tuned minus base is {points(part.difference)} on {count(part.items, 'item')}, "
        f"95 % interval {points_range(part.difference_interval)}; {demand}"
    )
    more = items_to_settle(part.items, part.difference, part.difference_interval, bound)
    return _worded(verdict, seen, more, "the difference")


def _worded(verdict: Verdict, seen: str, more: int | None, what: str) -> _Judged:
    if verdict != "inconclusive":
        return _Judged(verdict, f"{seen}.")
    if more is None:
        advice = f"{what} is so near the bound that more items will hardly settle it"
    else:
        advice = f"collect about {count(more, 'more item')}, which would settle it if {what} stays as it is"
    return _Judged(verdict, f"{seen}, and this cannot be decided yet: {advice}.")


def _failures(part: Slice, most: int) -> _Judged:
    failures, high = part.failures or 0, _failure_range(part).high
    verdict: Verdict = "pass" if failures <= most else "fail"
    seen = f"The tuned model failed {failures} of {count(part.items, 'item')}; at most {most} may fail"
    return _Judged(verdict, f"{seen}. As far as so few items can tell, the true rate is below {percent(high)}.")


def _failure_rate(part: Slice, most: float) -> _Judged:
    low, high = _failure_range(part)
    verdict: Verdict = "pass" if high <= most else "fail" if low > most else "inconclusive"
    failures = part.failures or 0
    seen = f"The tuned model failed {failures} of {count(part.items, 'item')}, which shows a rate"
    rate = f"above {percent(low)}" if verdict == "fail" else f"below {percent(high)}"
    demand = f"it must surely be {percent(most)} or lower"
    return _worded(verdict, f"{seen} {rate}; {demand}", items_to_clear(part, most), "the rate of failures")


def _failure_range(part: Slice) -> Interval:
    """Bounds of the failure rate on as many items as the slice is worth, no more failures than were seen."""
    items = max(1, math.floor(min(part.items, part.effective_n or part.items)))
    return failure_bounds(min(items, math.ceil((part.failures or 0) * items / part.items)), items)


def items_to_clear(part: Slice, most: float) -> int | None:
    """How many more items, failed at the rate that was seen, would bring the bound of that rate to `most`."""
    rate = (part.failures or 0) / part.items
    if rate >= most:
        return None
    effective_n = min(1.0, (part.effective_n or part.items) / part.items)
    low, high = 1, MANY_ITEMS
    if failure_bounds(math.ceil(rate * high), high).high > most:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (
            (low, middle) if failure_bounds(math.ceil(rate * middle), middle).high <= most else (middle + 1, high)
        )
    return max(1, math.ceil(low / effective_n) - part.items)


def items_to_settle(items: int, value: float, interval: Interval, bound: float) -> int | None:
    """How many more items would put an interval on one side of a bound, four times in five; `None` for too many.

    The interval shrinks with the square root of the number of items; the value is taken to stay. Rounded up to two
    digits, because it is an estimate.
    """
    distance = abs(value - bound)
    reach = value - interval.low if value > bound else interval.high - value
    if distance * math.sqrt(MANY_ITEMS) <= reach * POWER_FACTOR * math.sqrt(items):
        return None
    needed = items * (reach * POWER_FACTOR / distance) ** 2
    more = max(1, math.ceil(needed - items))
    step: int = 10 ** max(0, len(str(more)) - 2)
    return math.ceil(more / step) * step
