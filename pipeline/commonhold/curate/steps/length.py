"""length/1: too little to learn from, or too much for the model."""

from commonhold.curate.record import PLAIN_TEXT, Record
from commonhold.curate.step import STEPS, Step, sift
from commonhold.curate.words import word_count


@STEPS.register("length/1")
def length(min_words: int, max_words: int) -> Step:
    """Drops rows with a text that has fewer or more words than this; both bounds are allowed lengths."""

    def refusal(record: Record) -> tuple[str, str] | None:
        for field, text in record.texts.items():
            name, count = field if record.prompt else PLAIN_TEXT, word_count(text)
            if count < min_words:
                return "too_short", f"the {name} has {count} of at least {min_words} words"
            if count > max_words:
                return "too_long", f"the {name} has {count} of at most {max_words} words"
        return None

    return lambda records: sift(records, refusal)
