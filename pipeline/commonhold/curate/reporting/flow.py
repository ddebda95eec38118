"""The rows on their way through the steps, as a stream that narrows where rows leave it."""

from collections.abc import Iterator

from commonhold.curate.reporting.opening import kept_words
from commonhold.curate.reporting.parts import Flow, FlowStage, Lost
from commonhold.curate.reporting.wording import asks, reason_of, step_question
from commonhold.records.curation_summary import CurationSummary, StepCount


def flow(summary: CurationSummary) -> Flow:
    """One stage for every step that left rows out."""
    return Flow(summary.sent, tuple(_stages(summary)), summary.kept, kept_words(summary))


def passed_whole(summary: CurationSummary) -> list[str]:
    """The questions that every row passed."""
    return [step_question(step.step) for step in summary.steps if _could_drop(summary, step)]


def _could_drop(summary: CurationSummary, step: StepCount) -> bool:
    return not step.dropped and asks(step.step) and step.step.partition("/")[0] not in summary.asked.idle


def _stages(summary: CurationSummary) -> Iterator[FlowStage]:
    if summary.unreadable:
        lost = [Lost(reason_of("unreadable").label, summary.unreadable)]
        yield _stage("Can it be read?", lost, summary.sent, summary.records_in, summary.sent)
    for step in summary.steps:
        if step.dropped:
            lost = [Lost(reason_of(name).label, number) for name, number in step.dropped.items()]
            yield _stage(step_question(step.step), lost, step.records_in, step.kept, summary.sent)


def _stage(question: str, lost: list[Lost], rows_in: int, on: int, sent: int) -> FlowStage:
    return FlowStage(question, lost, on, round(100 * rows_in / sent, 2), round(100 * on / sent, 2))
