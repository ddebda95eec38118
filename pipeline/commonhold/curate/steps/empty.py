"""empty/1: a message without a reply, or a reply without a message; a text of which nothing is there."""

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, PerRecordStep, Place, Reason, Step, sift


def empty(*, plain: bool = False) -> Step:
    """Drops rows with no text in the prompt or in the completion; with `plain`, texts that have no prompt at all."""
    return lambda records: sift(records, _no_text if plain else _refusal)


def _no_text(record: Record) -> tuple[str, str] | None:
    return None if record.completion.strip() else ("empty_text", "")


def _refusal(record: Record) -> tuple[str, str] | None:
    if not record.prompt.strip():
        return "empty_prompt", ""
    return None if record.completion.strip() else ("empty_completion", "")


STEPS.register("empty/1")(
    PerRecordStep(
        make=lambda inputs: empty(plain=inputs.plan.plain),
        place=Place("cleaning", 20, "behind normalise, which takes away what is there and cannot be seen"),
        question="Is there a message and a reply, or a text?",
        reasons={
            "empty_prompt": Reason(
                "The message is empty", "its message is empty", "their message is empty", "the message filled in"
            ),
            "empty_completion": Reason(
                "The reply is empty", "its reply is empty", "their reply is empty", "the reply filled in"
            ),
            "empty_text": Reason("The text is empty", "its text is empty", "their text is empty", "the text filled in"),
        },
    )
)
