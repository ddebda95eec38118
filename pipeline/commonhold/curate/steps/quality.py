"""quality/1: hardly any language, or the same words over and over."""

from collections.abc import Sequence

from commonhold.curate.record import Record
from commonhold.curate.step import STEPS, Outcome, Step, sift
from commonhold.curate.text.quality import Bounds, Poor
from commonhold.curate.text.repetition import Repetitive


@STEPS.register("quality/1")
def quality() -> Step:
    """Drops rows whose prompt or completion is mostly links, digits or symbols, or repeats itself."""
    # How many words are enough is the recipe's affair: length/1.
    poor = Poor(Bounds(min_words=0, max_words=1 << 30, min_characters=0, max_characters=1 << 30))
    repetitive = Repetitive()

    def step(records: Sequence[Record]) -> Outcome:
        texts = [text for record in records for text in (record.prompt, record.completion)]
        again = repetitive.judge(texts)
        found = {}
        for place, record in enumerate(records):
            for side, name in enumerate(("prompt", "completion")):
                finding = poor.judge(texts[2 * place + side]) or again[2 * place + side]
                if finding and record.record_id not in found:
                    found[record.record_id] = finding.reason, f"the {name}: {finding.detail}"
        return sift(records, lambda record: found.get(record.record_id))

    return step
