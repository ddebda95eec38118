"""quality/1: hardly any language, or the same words over and over."""

from collections.abc import Sequence

from commonhold.curate.engine.text_columns import TextColumn
from commonhold.curate.rows.record import PLAIN_TEXT, Record
from commonhold.curate.steps.step import STEPS, PerRecordStep, Place, Reason, Step, StepResult, dropped
from commonhold.curate.text.quality import Bounds, Poor
from commonhold.curate.text.repetition import Repetitive


def quality() -> Step:
    """Drops rows with a text that is mostly links, digits or symbols, or repeats itself."""
    # How many words are enough is the recipe's affair: length/1.
    poor = Poor(Bounds(min_words=0, max_words=1 << 30, min_characters=0, max_characters=1 << 30))
    repetitive = Repetitive()

    def step(records: Sequence[Record]) -> StepResult:
        sides = TextColumn.of(records)
        poorly = poor.judge_all(sides.texts)
        refusals: dict[int, tuple[str, str]] = {}
        for index, repeated in enumerate(repetitive.judge(sides.texts)):
            if finding := poorly.get(index, repeated):
                item = sides.items[index]
                name = sides.fields[index] if records[item].prompt else PLAIN_TEXT
                refusals.setdefault(item, (finding.reason, f"the {name}: {finding.detail}"))
        return dropped(records, refusals)

    return step


_WORDS = "the same, said in words"
_ONCE = "a text that says each thing once"
STEPS.register("quality/1")(
    PerRecordStep(
        make=lambda _inputs: quality(),
        place=Place("quality", 20, "behind length, so that what is too short to be judged has gone"),
        question="Is it real text?",
        reasons={
            "mostly_links": Reason("Mostly links", "it is mostly links", "they are mostly links", _WORDS),
            "mostly_digits": Reason("Mostly digits", "it is mostly digits", "they are mostly digits", _WORDS),
            "mostly_symbols": Reason("Mostly symbols", "it is mostly symbols", "they are mostly symbols", _WORDS),
            "repeated_lines": Reason(
                "The same lines again and again", "it repeats the same lines", "they repeat the same lines", _ONCE
            ),
            "repeated_phrase": Reason(
                "One phrase over and over",
                "it says one phrase over and over",
                "they say one phrase over and over",
                _ONCE,
            ),
            "repeated_text": Reason(
                "The same passage twice", "it says the same passage twice", "they say the same passage twice", _ONCE
            ),
        },
    )
)
