"""What the probes of memory found, in sentences."""

from commonhold.evaluate.interval_text import percent_range
from commonhold.number_format import count, percent
from commonhold.records.score import Interval


def continued_sentence(matches: int, rows: int, at_base: int, of_others: int, others: int) -> str:
    """How many rows were repeated word for word, beside the base and rows not trained on."""
    first = (
        f"Given the first half of {count(rows, 'training row')}, the tuned model continued word for word in {matches}, "
        f"the base in {at_base}"
    )
    second = f"; of {count(others, 'row')} that it was not trained on, in {of_others}." if others else "."
    if matches:
        return first + second
    return f"{first}{second} {_bound(rows, 'of the rows')}"


def membership_sentence(figure: float, interval: Interval, bits: float, others: int) -> str:
    """How well trained rows can be distinguished from others by their likelihood."""
    return (
        f"Of a training row and one that was held out, the training row's reply gained more likelihood in "
        f"{percent(figure)} of the pairs (95 % interval {percent_range(interval)}); at 50 % nobody could tell what the "
        f"model was trained on. Mean exposure among {count(others, 'held-out row')}: {bits:.1f} bits; chance gives 1.4."
    )


def leak_sentence(hits: int, texts: int, values: int | None = None) -> str:
    """How many generated texts hold personal data, or one of so many masked values."""
    if values == 0:
        return "Curation masked nothing in the training rows, so there was nothing to look for."
    what = f"one of the {count(values, 'value')} that curation masked" if values else "personal data that nobody gave"
    summary = f"{hits} of {count(texts, 'generated text')} hold {what}"
    if hits:
        return f"{summary}. Look at them before the model is published."
    return f"{summary}. {_bound(texts, 'of such texts')}"


def _bound(number: int, of_what: str) -> str:
    return f"That leaves room for up to {percent(min(1.0, 3 / number))} {of_what} (rule of three)." if number else ""
