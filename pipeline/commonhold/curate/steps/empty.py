"""empty/1: a message without a reply, or a reply without a message; a text of which nothing is there."""

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Step, sift


@STEPS.register("empty/1")
def empty(*, plain: bool = False) -> Step:
    """Drops rows with no text in the prompt or in the completion; with `plain`, texts that have no prompt at all."""
    return lambda records: sift(records, _no_text if plain else _refusal)


def _no_text(record: Record) -> tuple[str, str] | None:
    return None if record.completion.strip() else ("empty_text", "")


def _refusal(record: Record) -> tuple[str, str] | None:
    if not record.prompt.strip():
        return "empty_prompt", ""
    return None if record.completion.strip() else ("empty_completion", "")
