"""Conditions for publication, judged on what is sure: pass, fail, or not enough items to say."""

import difflib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from commonhold.errors import RequestError
from commonhold.evaluate.figures import percent_range, points_range
from commonhold.figures import count, percent, points
from commonhold.records.score import Gate, Slice, TaskResult, Verdict

POWER_FACTOR = 1 + NormalDist().inv_cdf(0.8) / NormalDist().inv_cdf(0.975)
MANY_ITEMS = 20_000
"""More than this is not a number to advise anyone to write."""


@dataclass(frozen=True, slots=True)
class GateRule:
    """What must hold for one task; `None` sets no condition."""

    task: str
    min_tuned: float | None = None
    """Lowest score of the tuned model; compared with the score itself, not with its interval."""
    min_gain: float | None = None
    """The interval of tuned − base must lie above this."""
    max_loss: float | None = None
    """The interval of tuned − base must not reach below minus this."""


def check_rules(rules: Sequence[GateRule], tasks: Sequence[str]) -> None:
    """Refuses rules that could not be judged, so that this is known before the models are asked.

    Raises:
        RequestError: a rule names no task that is evaluated, or sets no condition.
    """
    wrong: list[str] = []
    for rule in rules:
        if rule.task not in tasks:
            near = difflib.get_close_matches(rule.task, tasks, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(tasks))}"
            wrong.append(f"a gate names the task {rule.task!r}, which is not evaluated; {hint}")
        if rule.min_tuned is None and rule.min_gain is None and rule.max_loss is None:
            wrong.append(f"the gate for {rule.task!r} sets no condition. Give min_tuned, min_gain or max_loss")
    if wrong:
        raise RequestError("\n".join(wrong))


def judge(rules: Sequence[GateRule], results: Sequence[TaskResult]) -> tuple[Gate, ...]:
    """One gate for every condition, in the order of the rules; items seen in training are reported, not judged.

    Raises:
        RequestError: see `check_rules`.
    """
    by_task = {result.task: result for result in results}
    check_rules(rules, tuple(by_task))
    return tuple(gate for rule in rules for gate in _gates(rule, by_task[rule.task].overall))


def _gates(rule: GateRule, overall: Slice) -> Iterator[Gate]:
    if rule.min_tuned is not None:
        yield _score_gate(f"{rule.task}: min_tuned {rule.min_tuned:g}", overall, rule.min_tuned)
    if rule.min_gain is not None:
        low, high = overall.difference_interval
        verdict: Verdict = "pass" if low > rule.min_gain else "fail" if high < rule.min_gain else "inconclusive"
        demand = f"all of it must lie above {points(rule.min_gain)}"
        yield _difference_gate(f"{rule.task}: min_gain {rule.min_gain:g}", verdict, overall, rule.min_gain, demand)
    if rule.max_loss is not None:
        low, high = overall.difference_interval
        verdict = "pass" if low >= -rule.max_loss else "fail" if high < -rule.max_loss else "inconclusive"
        demand = f"none of it may lie below {points(-rule.max_loss)}"
        yield _difference_gate(f"{rule.task}: max_loss {rule.max_loss:g}", verdict, overall, -rule.max_loss, demand)


def _score_gate(name: str, overall: Slice, minimum: float) -> Gate:
    verdict: Verdict = "pass" if overall.tuned >= minimum else "fail"
    reason = (
        f"The tuned model scored {percent(overall.tuned)} on {count(overall.items, 'item')} "
        f"(95 % interval {percent_range(overall.tuned_interval)}); at least {percent(minimum)} is asked for."
    )
    return Gate(name, verdict, reason)


def _difference_gate(name: str, verdict: Verdict, overall: Slice, bound: float, demand: str) -> Gate:
    seen = (
        f"Tuned minus base is {points(overall.difference)} on {count(overall.items, 'item')}, "
        f"95 % interval {points_range(overall.difference_interval)}; {demand}"
    )
    if verdict != "inconclusive":
        return Gate(name, verdict, f"{seen}.")
    return Gate(name, verdict, f"{seen}, and this cannot be told yet: {_advice(overall, bound)}.")


def _advice(overall: Slice, bound: float) -> str:
    more = items_to_settle(overall, bound)
    if more is None:
        return "the difference is so near the bound that more items will hardly settle it"
    return f"about {count(more, 'more item')} would settle it if the difference stays as it is"


def items_to_settle(overall: Slice, bound: float) -> int | None:
    """How many more items would put the interval on one side of the bound, four times in five; `None` for too many.

    The interval shrinks with the square root of the number of items; the difference is taken to stay. Rounded up to
    two digits, because it is an estimate.
    """
    low, high = overall.difference_interval
    distance = abs(overall.difference - bound)
    reach = overall.difference - low if overall.difference > bound else high - overall.difference
    if distance * math.sqrt(MANY_ITEMS) <= reach * POWER_FACTOR * math.sqrt(overall.items):
        return None
    needed = overall.items * (reach * POWER_FACTOR / distance) ** 2
    more = max(1, math.ceil(needed - overall.items))
    step: int = 10 ** max(0, len(str(more)) - 2)
    return math.ceil(more / step) * step
