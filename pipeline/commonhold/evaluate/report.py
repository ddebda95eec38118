"""The evaluation report: one HTML file that works offline and on a phone, and a short Markdown version."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from commonhold.evaluate.findings import direction, headline
from commonhold.evaluate.html_page import escaped_markdown, render
from commonhold.evaluate.interval_text import points_range
from commonhold.evaluate.task_remarks import doubt, handover, remarks
from commonhold.number_format import percent, points
from commonhold.records.score import Evaluation, Score, Slice, TaskResult

MAX_SHOWN = 200
"""Most items of one list in the page; scores.jsonl has all of them."""
VERDICT_WORDS = {"pass": "passed", "fail": "failed", "inconclusive": "not decided"}


class ItemList(NamedTuple):
    """Items of one task that went the same way."""

    title: str
    items: tuple[Score, ...]
    total: int
    is_open: bool


class TaskSection(NamedTuple):
    """One task of the page."""

    result: TaskResult
    remarks: tuple[str, ...]
    doubts: tuple[str, ...]
    lists: tuple[ItemList, ...]
    equal: int
    """Items that both sides get wholly right; they are counted and not listed."""


def render_html(evaluation: Evaluation, scores: Sequence[Score]) -> str:
    """The whole report; the same evaluation gives the same bytes. Texts of people and models are escaped."""
    return render(
        "report.html.jinja",
        headline=headline(evaluation),
        sections=[_section(result, scores) for result in evaluation.results],
        gates=evaluation.gates,
        probes=evaluation.probes,
        verdict_words=VERDICT_WORDS,
    )


def _section(result: TaskResult, scores: Sequence[Score]) -> TaskSection:
    own = [score for score in scores if score.task == result.task]
    sides = (("Base", result.base_calibration), ("Tuned", result.tuned_calibration))
    return TaskSection(
        result=result,
        remarks=remarks(result, own),
        doubts=(
            *(doubt(side, calibration) for side, calibration in sides if calibration),
            *([handover(result.tuned_calibration)] if result.tuned_calibration else []),
        ),
        lists=item_lists(result.task, own),
        equal=sum(score.base == score.tuned == 1.0 for score in own),
    )


def item_lists(task: str, scores: Iterable[Score]) -> tuple[ItemList, ...]:
    """The items of a task that the tuned model lost, won and never had."""
    own = [score for score in scores if score.task == task]
    losses = [score for score in own if score.tuned < score.base]
    wins = [score for score in own if score.tuned > score.base]
    missed = [score for score in own if score.tuned == score.base < 1.0]
    return (
        ItemList("Lost: the base did better than the tuned model", tuple(losses[:MAX_SHOWN]), len(losses), True),
        ItemList("Won: the tuned model does better than the base", tuple(wins[:MAX_SHOWN]), len(wins), False),
        ItemList("Tied, and not right: both do equally badly", tuple(missed[:MAX_SHOWN]), len(missed), False),
    )


def render_markdown(evaluation: Evaluation) -> str:
    """The findings, a row for every task and the gates, for a model card or a message."""
    lines = ["# Evaluation", ""]
    lines += [f"- {escaped_markdown(sentence)}" for sentence in headline(evaluation)]
    lines += ["", "| task | items | base | tuned | tuned − base (95 % interval) | |", "|---|--:|--:|--:|---|---|"]
    lines += [_markdown_row(escaped_markdown(result.title), result.overall) for result in evaluation.results]
    if evaluation.gates:
        lines += ["", "## Gates", ""]
        lines += [
            f"- **{VERDICT_WORDS[gate.verdict]}** {escaped_markdown(gate.name)}: {escaped_markdown(gate.reason)}"
            for gate in evaluation.gates
        ]
    if evaluation.probes:
        lines += ["", "## What it remembers", ""]
        lines += [
            f"- **{'look at this' if probe.notable else 'nothing notable'}** {escaped_markdown(probe.sentence)}"
            for probe in evaluation.probes
        ]
    return "\n".join(lines) + "\n"


def _markdown_row(title: str, overall: Slice) -> str:
    difference = f"{points(overall.difference)} ({points_range(overall.difference_interval)})"
    figures = f"{overall.items} | {percent(overall.base)} | {percent(overall.tuned)} | {difference}"
    return f"| {title} | {figures} | {direction(overall)} |"
