"""The evaluation report: one HTML file that works offline and on a phone, and a short Markdown version."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from commonhold.evaluate.figures import MIN_ITEMS, percent_range, points_range
from commonhold.evaluate.findings import direction, headline, slice_label
from commonhold.evaluate.plot import interval_plot
from commonhold.evaluate.statistics import mcnemar_p
from commonhold.figures import count, percent, points
from commonhold.records.score import Evaluation, Score, Slice, TaskResult

MAX_SHOWN = 200
"""Most items of one list in the page; scores.jsonl has all of them."""
VERDICT_WORDS = {"pass": "passed", "fail": "failed", "inconclusive": "not decided"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")


class ItemList(NamedTuple):
    """Items of one task that went the same way."""

    title: str
    items: tuple[Score, ...]
    total: int
    is_open: bool


def render_html(evaluation: Evaluation, scores: Sequence[Score]) -> str:
    """The whole report; the same evaluation gives the same bytes. Texts of people and models are escaped."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("commonhold.evaluate"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent,
        "percent_range": percent_range,
        "points": points,
        "points_range": points_range,
        "slice_label": slice_label,
        "direction": direction,
        "plot": interval_plot,
        "unbroken": lambda sentence: sentence.replace(" %", "\N{NO-BREAK SPACE}%"),
    }
    template = environment.get_template("report.html.jinja")
    page = template.render(
        headline=headline(evaluation),
        results=evaluation.results,
        gates=evaluation.gates,
        verdict_words=VERDICT_WORDS,
        lists={result.task: item_lists(result.task, scores) for result in evaluation.results},
        tests={result.task: _test_sentence(result, scores) for result in evaluation.results},
        min_items=MIN_ITEMS,
    )
    return _printable(page)


def item_lists(task: str, scores: Iterable[Score]) -> tuple[ItemList, ...]:
    """The items of a task that the tuned model lost, won and never had."""
    own = [score for score in scores if score.task == task]
    losses = [score for score in own if score.tuned < score.base]
    wins = [score for score in own if score.tuned > score.base]
    missed = [score for score in own if score.tuned == score.base < 1.0]
    return (
        ItemList("Lost: the base was right and the tuned model is not", tuple(losses[:MAX_SHOWN]), len(losses), True),
        ItemList("Won: the tuned model is right and the base was not", tuple(wins[:MAX_SHOWN]), len(wins), False),
        ItemList("Still wrong: neither is right", tuple(missed[:MAX_SHOWN]), len(missed), False),
    )


def _test_sentence(result: TaskResult, scores: Iterable[Score]) -> str:
    clusters = [score.cluster for score in scores if score.task == result.task and score.cluster]
    if len(set(clusters)) < len(clusters):
        kinds = count(len(set(clusters)), "cluster")
        return f"The items hang together in {kinds}, so their intervals are made wider than for items that stand alone."
    changed = result.overall.wins + result.overall.losses
    if not changed:
        return "No item changed sides."
    p = mcnemar_p(result.overall.wins, result.overall.losses)
    figure = "under 0.001" if p < 0.001 else f"{p:.3f}"
    return f"If tuning made no difference, {changed} changed items would split so unevenly with probability {figure}."


def _printable(text: str) -> str:
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def render_markdown(evaluation: Evaluation) -> str:
    """The findings, a row for every task and the gates, for a model card or a message."""
    lines = ["# Evaluation", ""]
    lines += [f"- {_escaped(sentence)}" for sentence in headline(evaluation)]
    lines += ["", "| task | items | base | tuned | tuned − base (95 % interval) | |", "|---|--:|--:|--:|---|---|"]
    lines += [_markdown_row(_escaped(result.title), result.overall) for result in evaluation.results]
    if evaluation.gates:
        lines += ["", "## Gates", ""]
        lines += [
            f"- **{VERDICT_WORDS[gate.verdict]}** {_escaped(gate.name)}: {_escaped(gate.reason)}"
            for gate in evaluation.gates
        ]
    return "\n".join(lines) + "\n"


def _markdown_row(title: str, overall: Slice) -> str:
    difference = f"{points(overall.difference)} ({points_range(overall.difference_interval)})"
    figures = f"{overall.items} | {percent(overall.base)} | {percent(overall.tuned)} | {difference}"
    return f"| {title} | {figures} | {direction(overall)} |"


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _printable(text).replace("\n", " "))
