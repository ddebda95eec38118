"""quality/1: hardly any language, or the same words over and over."""

from collections.abc import Sequence

from commonhold.curate.record import PLAIN_TEXT, Record
from commonhold.curate.step import STEPS, Outcome, Step, sift
from commonhold.curate.text.quality import Bounds, Poor
from commonhold.curate.text.repetition import Repetitive


@STEPS.register("quality/1")
def quality() -> Step:
    """Drops rows with a text that is mostly links, digits or symbols, or repeats itself."""
    # How many words are enough is the recipe's affair: length/1.
    poor = Poor(Bounds(min_words=0, max_words=1 << 30, min_characters=0, max_characters=1 << 30))
    repetitive = Repetitive()

    def step(records: Sequence[Record]) -> Outcome:
        sides = [
            (record.record_id, name if record.prompt else PLAIN_TEXT, text)
            for record in records
            for name, text in record.texts.items()
        ]
        again = repetitive.judge([text for *_, text in sides])
        found = {}
        for (record_id, name, text), repeated in zip(sides, again, strict=True):
            finding = poor.judge(text) or repeated
            if finding and record_id not in found:
                found[record_id] = finding.reason, f"the {name}: {finding.detail}"
        return sift(records, lambda record: found.get(record.record_id))

    return step
