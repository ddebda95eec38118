"""quality/1: hardly any language, or the same words over and over."""

from collections.abc import Sequence

from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.rows.record import PLAIN_TEXT, Record
from commonhold.curate.steps.step import STEPS, Outcome, Step, dropped
from commonhold.curate.text.quality import Bounds, Poor
from commonhold.curate.text.repetition import Repetitive


@STEPS.register("quality/1")
def quality() -> Step:
    """Drops rows with a text that is mostly links, digits or symbols, or repeats itself."""
    # How many words are enough is the recipe's affair: length/1.
    poor = Poor(Bounds(min_words=0, max_words=1 << 30, min_characters=0, max_characters=1 << 30))
    repetitive = Repetitive()

    def step(records: Sequence[Record]) -> Outcome:
        sides = TextColumn.of(records)
        poorly = poor.judge_all(sides.texts)
        refusals: dict[int, tuple[str, str]] = {}
        for which, repeated in enumerate(repetitive.judge(sides.texts)):
            if finding := poorly.get(which, repeated):
                place = sides.places[which]
                name = sides.fields[which] if records[place].prompt else PLAIN_TEXT
                refusals.setdefault(place, (finding.reason, f"the {name}: {finding.detail}"))
        return dropped(records, refusals)

    return step
