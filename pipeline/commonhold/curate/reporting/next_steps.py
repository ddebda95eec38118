"""What a community can do after a curation."""

import shlex
from collections.abc import Iterator

from commonhold.curate.reporting.parts import ReportSection, ReportTable, ReviewTask, Tasks
from commonhold.number_format import count
from commonhold.records.curation_summary import CurationSummary


def next_steps(summary: CurationSummary) -> ReportSection:
    """What to fix, what to look through, and where to ask."""
    blocks: list[Tasks | ReportTable] = [Tasks(tuple(_tasks(summary)))]
    if summary.repairs:
        rows = [(f"repair/{name}", f"{number:,}") for name, number in summary.repairs.items()]
        blocks.append(ReportTable("Rows to fix", ("File", "Rows"), rows))
    return ReportSection("What to do next", blocks)


def _tasks(summary: CurationSummary) -> Iterator[ReviewTask]:
    if summary.unreadable:
        them = "it" if summary.unreadable == 1 else "them"
        yield ReviewTask(
            f"Mend {count(summary.unreadable, 'row')}",
            f"{count(summary.unreadable, 'row')} could not be read. You find {them} in the folder “repair”, beside "
            "this report. The column “problem” says what is wrong, and “how to fix” says what to do. Correct the row, "
            "and leave “commonhold row” as it is. Then put the file into the folder with your other files and "
            "list it under “files” in datasheet.yaml. A corrected row takes its old place.",
        )
    if summary.for_review:
        stands, looks = ("stands", "it") if summary.for_review == 1 else ("stand", "them")
        yield ReviewTask(
            f"Look through {count(summary.for_review, 'row')}",
            f"{count(summary.for_review, 'row')} {stands} in review.jsonl, beside this report. A person should look at "
            f"{looks}: something may be personal data, or may not be as the row says.",
        )
    if proposed := sum(summary.masking.proposed.values()):
        stands, values = ("stands", "value") if proposed == 1 else ("stand", "values")
        yield ReviewTask(
            f"Say whether {count(proposed, 'value')} may stay",
            f"{count(proposed, 'value')} {stands} in many replies, as the number of a desk does, and may have been "
            f"masked. The command names the {values}, and has the lines for datasheet.yaml. List only what everybody "
            "may know.",
            "commonhold check RECIPE",
        )
    if summary.sent:
        yield ReviewTask(
            "Look up one row",
            "Every row can be followed. Name its file and the line on which it starts.",
            f"commonhold curate show {_example(summary)}",
        )
    if summary.dropped_by_reason or summary.unreadable:
        yield ReviewTask(
            "See which rows are not used",
            "The list has the first rows for every reason.",
            "commonhold curate why-dropped",
        )
    if not summary.refused:
        yield ReviewTask(
            "Prove that a row is in the data",
            "A receipt proves it to the person who sent the row. It shows nobody else's rows.",
            f"commonhold curate receipt {_example(summary)}",
        )
    yield ReviewTask("Take a row back", _ended(summary.withdrawal))
    if summary.contributors_sent:
        yield ReviewTask(
            "Tell people what became of their rows",
            f"The file contributors.jsonl, beside this report, has a short text for {_people(summary)}.",
        )
    yield ReviewTask("Ask", _ended(summary.contact) if " " in summary.contact else summary.contact)


def _example(summary: CurationSummary) -> str:
    return shlex.quote(" ".join(f"{summary.files[0].file}:2".split()))


def _people(summary: CurationSummary) -> str:
    if summary.contributors_sent == 1:
        return "the one person who sent rows"
    return f"each of the {summary.contributors_sent:,} people who sent rows"


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
