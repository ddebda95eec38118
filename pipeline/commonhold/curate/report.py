"""The report that goes back to the people who sent the rows: one HTML file without scripts, and Markdown."""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from commonhold.curate.summary import Histogram, Summary
from commonhold.curate.wording import REASONS, SPLITS, how_used, what_masked, why_not
from commonhold.figures import count

MOST_BARS = 12
SHORT_ID = 8


class Bar(NamedTuple):
    """One line of a bar chart."""

    label: str
    number: int
    width: float
    """In percent of the longest bar."""


class Chart(NamedTuple):
    """A bar chart with its heading."""

    title: str
    bars: Sequence[Bar]
    note: str = ""


def lead(summary: Summary) -> str:
    """The whole report in one plain paragraph."""
    left_out = summary.records_in - summary.kept
    sentences = [
        f"Of {count(summary.records_in, 'row')} you sent, {summary.kept:,} "
        f"{'is' if summary.kept == 1 else 'are'} used: {how_used(summary.splits)}."
    ]
    if left_out:
        sentences.append(
            f"{left_out:,} {'is' if left_out == 1 else 'are'} not used: {why_not(summary.dropped_by_reason)}."
        )
    if summary.redactions:
        found_in = count(summary.redacted_records, "row")
        sentences.append(f"In {found_in}, personal data was masked: {what_masked(summary.redactions)}.")
    return " ".join(sentences)


def charts(summary: Summary) -> list[Chart]:
    """What the report draws; charts without a bar are left out."""
    people = {
        f"contributor {name[:SHORT_ID]}" if name else "not named": rows for name, rows in summary.contributors.items()
    }
    named = sum(bool(name) for name in summary.contributors)
    found = [
        Chart(
            "Why rows are not used", bars({REASONS.get(name, name): n for name, n in summary.dropped_by_reason.items()})
        ),
        Chart(
            "How the used rows are used",
            bars({SPLITS[name]: number for name, number in summary.splits.items()}),
            f"Rows that belong together ({summary.clusters:,} groups) are never in two of these.",
        ),
        Chart("Languages", bars({tag or "not declared": number for tag, number in summary.languages.items()})),
        Chart(
            "Who gave the used rows",
            bars(people) if named else [],
            f"{count(named, 'person', 'people')}. The codes stand for people without naming them.",
        ),
        Chart("Where the used rows come from", bars({name or "not stated": n for name, n in summary.sources.items()})),
        Chart("Words in a message", histogram(summary.lengths, summary.lengths.prompts)),
        Chart("Words in a reply", histogram(summary.lengths, summary.lengths.completions)),
    ]
    return [chart for chart in found if chart.bars]


def bars(numbers: Mapping[str, int]) -> list[Bar]:
    """One bar for each, the first few when they are many, and the rest together."""
    shown = dict(list(numbers.items())[:MOST_BARS])
    if len(numbers) > MOST_BARS:
        shown[f"{len(numbers) - MOST_BARS:,} others together"] = sum(numbers.values()) - sum(shown.values())
    longest = max(shown.values(), default=0) or 1
    return [Bar(label, number, round(100 * number / longest, 1)) for label, number in shown.items()]


def histogram(lengths: Histogram, numbers: Sequence[int]) -> list[Bar]:
    """One bar for each range of lengths, from the first that is not empty to the last."""
    labels = [f"{low} to {high - 1}" for low, high in pairwise(lengths.edges)]
    filled = [place for place, number in enumerate(numbers) if number]
    shown = dict(zip([*labels, f"{lengths.edges[-1]} or more"], numbers, strict=True))
    return bars(dict(list(shown.items())[filled[0] : filled[-1] + 1])) if filled else []


def facts(summary: Summary) -> dict[str, str]:
    """What the datasheet declares, by the name people read."""
    declared = {
        "What it is": summary.description,
        "Collected": f"{summary.collected_from} to {summary.collected_to}. {summary.collected_by}",
        "Licence": summary.licence,
        "Consent": summary.consent_basis,
        "To take a row back": summary.withdrawal,
        "Contact": summary.contact,
        "Notes": summary.notes,
    }
    return {name: text for name, text in declared.items() if text}


def html_report(summary: Summary) -> str:
    """One HTML file that needs nothing else: styles and charts inside, no scripts; every value escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = files("commonhold.curate").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        summary=summary, lead=lead(summary), charts=charts(summary), facts=facts(summary), reasons=REASONS
    )


def markdown_report(summary: Summary) -> str:
    """The same report for a terminal or a repository."""
    lines = [f"# {_plain(summary.title)}", "", _plain(lead(summary)), ""]
    if summary.warnings:
        lines += ["## Look at this", "", *(f"- {_plain(warning)}" for warning in summary.warnings), ""]
    for chart in charts(summary):
        lines += [f"## {chart.title}", "", *([chart.note, ""] if chart.note else [])]
        lines += ["| | rows |", "|---|---:|", *(f"| {_plain(bar.label)} | {bar.number:,} |" for bar in chart.bars), ""]
    lines += ["## Files", "", "| file | rows sent | rows used |", "|---|---:|---:|"]
    lines += [f"| {_plain(file.file)} | {file.records_in:,} | {file.kept:,} |" for file in summary.files]
    lines += ["", "## Steps", "", "| step | rows in | changed | left out | rows on |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| {_plain(step.step)} | {step.records_in:,} | {sum(step.changed.values()):,} "
        f"| {sum(step.dropped.values()):,} | {step.kept:,} |"
        for step in summary.steps
    ]
    lines += ["", "## The records", "", *(f"- **{name}:** {_plain(text)}" for name, text in facts(summary).items()), ""]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))
