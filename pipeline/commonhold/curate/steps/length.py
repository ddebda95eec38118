"""length/1: too little to learn from, or too much for the model."""

from collections.abc import Sequence

import numpy as np

from commonhold.curate.dedup.hashing import HashedTexts
from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.rows.record import PLAIN_TEXT, Record
from commonhold.curate.steps.step import (
    STEPS,
    PerRecordStep,
    Place,
    Reason,
    Step,
    StepInputs,
    StepResult,
    WordCounts,
    dropped,
)


def length(min_words: int, max_words: int, counts: WordCounts | None = None) -> Step:
    """Drops rows with a text that has fewer or more words than this; both bounds are allowed lengths.

    `counts` counts words, for a caller that remembers the texts.
    """

    def refusal(name: str, count: int) -> tuple[str, str]:
        if count < min_words:
            return "too_short", f"the {name} has {count} of at least {min_words} words"
        return "too_long", f"the {name} has {count} of at most {max_words} words"

    def step(records: Sequence[Record]) -> StepResult:
        sides = TextColumn.of(records)
        word_counts = (counts or HashedTexts().counts)(sides.texts)
        refusals: dict[int, tuple[str, str]] = {}
        for index in np.flatnonzero((word_counts < min_words) | (word_counts > max_words)).tolist():
            item = sides.items[index]
            name = sides.fields[index] if records[item].prompt else PLAIN_TEXT
            refusals.setdefault(item, refusal(name, int(word_counts[index])))
        return dropped(records, refusals)

    return step


def _made(inputs: StepInputs) -> Step:
    settings = inputs.plan.settings
    return length(settings.min_words, settings.max_words, inputs.word_counts)


STEPS.register("length/1")(
    PerRecordStep(
        make=_made,
        place=Place("quality", 10, "first of its stage, since it is quick and the model decides how much is too much"),
        question="Is it neither too short nor too long?",
        reasons={
            "too_short": Reason(
                "Too short",
                "its message or reply is too short",
                "their message or reply is too short",
                "a longer message or reply",
                remedy="Lower data.min_words in the recipe, or send longer rows",
            ),
            "too_long": Reason(
                "Too long",
                "its message or reply is too long",
                "their message or reply is too long",
                "a shorter message or reply, or several rows made of one",
                remedy="Raise data.max_words in the recipe, or send shorter rows",
            ),
        },
    )
)
