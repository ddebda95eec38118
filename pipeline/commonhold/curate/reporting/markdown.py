"""The report as Markdown (CommonMark with tables), for a terminal or a repository."""

import re
from collections.abc import Iterator, Sequence

from commonhold.curate.reporting.parts import (
    Bars,
    Block,
    Curve,
    Facts,
    Flow,
    Points,
    ReportSection,
    ReportTable,
    Tasks,
    Words,
)

BAR = "█"
LONGEST = 24
"""Letters of the longest bar."""


def markdown(title: str, opening: str, sections: Sequence[ReportSection]) -> str:
    """The whole report."""
    lines = [f"# {plain(title)}", "", plain(opening), ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        for block in section.blocks:
            lines += [*_block(block), ""]
    return "\n".join(lines)


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>|#~$&])", r"\\\1", " ".join(text.split()))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Words():
            yield plain(block.text)
        case Points():
            yield from (f"- {plain(item)}" for item in block.items)
        case Tasks():
            yield from _tasks(block)
        case Facts():
            yield from (f"- **{plain(name)}:** {plain(text)}" for name, text in block.facts.items())
        case Bars():
            yield from _bars(block)
        case ReportTable():
            yield from _heading("" if block.title_above else block.title)
            yield from _table(block.head, block.rows, block.words)
        case Flow():
            yield from _flow(block)
        case Curve():  # the table after it has the numbers
            return


def _tasks(block: Tasks) -> Iterator[str]:
    for task in block.tasks:
        yield f"- **{plain(task.title)}.** {plain(task.text)}"
        if task.command:
            fence = "`" * (max((len(run) for run in re.findall("`+", task.command)), default=0) + 1)
            yield f"  {fence}{task.command}{fence}"


def _bars(block: Bars) -> Iterator[str]:
    yield from _heading(block.title)
    rows = [(bar.label, f"{bar.number:,}", _bar(bar.width or 0)) for bar in block.bars]
    yield from _table(("", "Number", ""), rows, frozenset({2}))


def _flow(block: Flow) -> Iterator[str]:
    rows = [("Sent", "", f"{block.sent:,}", _bar(100))]
    for stage in block.stages:
        lost = "; ".join(f"{one.label} {one.number:,}" for one in stage.lost)
        rows.append((stage.question, lost, f"{stage.on:,}", _bar(stage.on_width)))
    rows.append((block.words.capitalize(), "", f"{block.used:,}", _bar(100 * block.used / block.sent)))
    yield from _table(("Question", "Left out", "Go on", ""), rows, frozenset({1, 3}))


def _bar(percent: float) -> str:
    return BAR * round(LONGEST * percent / 100)


def _heading(title: str) -> Iterator[str]:
    if title:
        yield f"**{plain(title)}**"
        yield ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], words: frozenset[int]) -> Iterator[str]:
    yield _row(head)
    yield _row(["---" if column == 0 or column in words else "---:" for column in range(len(head))])
    yield from (_row([plain(cell) for cell in row]) for row in rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
