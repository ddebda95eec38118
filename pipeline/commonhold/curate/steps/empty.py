"""empty/1: a message without a reply, or a reply without a message."""

from commonhold.curate.record import Record
from commonhold.curate.step import STEPS, Step, sift


@STEPS.register("empty/1")
def empty() -> Step:
    """Drops rows with no text in the prompt or in the completion."""
    return lambda records: sift(records, _refusal)


def _refusal(record: Record) -> tuple[str, str] | None:
    if not record.prompt.strip():
        return "empty_prompt", ""
    return None if record.completion.strip() else ("empty_completion", "")
