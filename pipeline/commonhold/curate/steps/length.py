"""length/1: too little to learn from, or too much for the model."""

from collections.abc import Callable, Sequence

import numpy as np

from commonhold.curate.dedup.hashing import HashedTexts
from commonhold.curate.dedup.ragged import Places
from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.rows.record import PLAIN_TEXT, Record
from commonhold.curate.steps.step import STEPS, Outcome, Step, dropped

Counts = Callable[[Sequence[str]], Places]
"""How many words texts have."""


@STEPS.register("length/1")
def length(min_words: int, max_words: int, counts: Counts | None = None) -> Step:
    """Drops rows with a text that has fewer or more words than this; both bounds are allowed lengths.

    `counts` is for whoever has counted the words already.
    """

    def told(name: str, count: int) -> tuple[str, str]:
        if count < min_words:
            return "too_short", f"the {name} has {count} of at least {min_words} words"
        return "too_long", f"the {name} has {count} of at most {max_words} words"

    def step(records: Sequence[Record]) -> Outcome:
        sides = TextColumn.of(records)
        found = (counts or HashedTexts().counts)(sides.texts)
        refusals: dict[int, tuple[str, str]] = {}
        for which in np.flatnonzero((found < min_words) | (found > max_words)).tolist():
            place = sides.places[which]
            name = sides.fields[which] if records[place].prompt else PLAIN_TEXT
            refusals.setdefault(place, told(name, int(found[which])))
        return dropped(records, refusals)

    return step
