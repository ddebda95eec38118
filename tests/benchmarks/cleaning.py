"""What cleaning and language checks cost for each record, and what the plain way of doing the same costs beside it.

    python tests/benchmarks/cleaning.py [--csv health_qa.csv --column answer] [--records 4000] [--characters 1400]

Without a file the records are made from a few hundred invented words. Records of a file are joined and cut to the same
length, so that figures are for a record of that size. Processor time of one core, best of five.
"""

import argparse
import csv
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from commonhold.curate.text.boilerplate import strip_boilerplate
from commonhold.curate.text.characters import cleaned
from commonhold.curate.text.flagged_words import FlaggedWords, WordList
from commonhold.curate.text.language import LanguageCheck
from commonhold.curate.text.quality import Poor
from commonhold.curate.text.repeated_lines import BoilerplateCounts
from commonhold.curate.text.repetition import Repetitive
from commonhold.curate.text.tidy import tidy
from commonhold.curate.text.training import train
from commonhold.curate.text.words import words

ROUNDS = 5
LIST_WORDS = 5000
SYLLABLES = ("ba", "ter", "lo", "min", "sa", "ke", "ri", "dor", "pla", "un", "est", "i", "ga", "hou", "wat", "er")


class Cost(NamedTuple):
    """What one function took."""

    name: str
    microseconds: float
    """For each record."""


def invented(records: int, characters: int) -> list[str]:
    """Records of words that follow Zipf's law, with full stops and paragraphs."""
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(4000)]
    weights = [1 / (rank + 2) for rank in range(len(vocabulary))]
    drawn = []
    for _ in range(records):
        chosen = rng.choices(vocabulary, weights, k=characters // 4)
        parts = [word + rng.choices((" ", ". ", ".\n\n"), (12, 1, 0.2))[0] for word in chosen]
        drawn.append("".join(parts)[:characters].strip())
    return drawn


def from_file(path: Path, column: str, records: int, characters: int) -> list[str]:
    """A column's texts joined and cut to records of one size."""
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8", newline="") as stream:
        joined = "\n\n".join(row[column] for row in csv.DictReader(stream))
    cut = [joined[start : start + characters] for start in range(0, len(joined) - characters, characters)]
    return cut[:records]


def cost(name: str, records: int, work: Callable[[], object]) -> Cost:
    """The least processor time of five rounds, the first of which also loads libraries."""
    least = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        least = min(least, time.process_time() - start)
    return Cost(name, 1e6 * least / records)


def plain_repetition(texts: Sequence[str]) -> None:
    """Gopher's rules as they are written down."""
    judge = Repetitive()
    for text in texts:
        if judge._lines(text) is None:
            judge._runs(text, top=True, repeated=True)


def word_list() -> WordList:
    """A list of 5,000 words that hardly ever stand in a text."""
    rng = random.Random(2)
    chosen = {"".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(5, 10))) for _ in range(LIST_WORDS)}
    form = FlaggedWords(
        flagged_words=1, title="t", source="s", languages=("en",), action="flag", words=tuple(sorted(chosen))
    )
    return WordList(form)


def costs(raw: Sequence[str]) -> tuple[list[Cost], list[Cost]]:
    """Ours in the order of the chain, then the plain ways and what runs only sometimes."""
    from ftfy import fix_text

    tidied = cleaned(raw)
    texts = [tidied[place].text if place in tidied else text for place, text in enumerate(raw)]
    count = len(texts)
    declared = ["en"] * count
    language, poor, repetitive, listed = LanguageCheck(), Poor(), Repetitive(), word_list()
    own = train([*((text, "en") for text in texts), *((text[::-1], "quc") for text in texts)]).identifier
    both = LanguageCheck(own=own)
    lines = BoilerplateCounts()
    ours = [
        cost("clean, text in order", count, lambda: cleaned(texts)),
        cost("strip_boilerplate", count, lambda: [strip_boilerplate(text) for text in texts]),
        cost("language, declared", count, lambda: language.check(texts, declared)),
        cost("length, symbols, links", count, lambda: [poor.judge(text) for text in texts]),
        cost("repetition", count, lambda: repetitive.judge(texts)),
        cost(f"flagged words, {LIST_WORDS:,}", count, lambda: [listed.judge(text, "en") for text in texts]),
    ]
    beside = [
        cost("clean, text as it came", count, lambda: cleaned(raw)),
        cost("lines counted (first pass)", count, lambda: lines.add(texts)),
        cost("language, with own identifier", count, lambda: both.check(texts, declared)),
        cost("training the identifier", 2 * count, lambda: train([*zip(texts, declared, strict=True)])),
        cost("plain: normalise/1's tidy", count, lambda: [tidy(text) for text in texts]),
        cost("plain: ftfy on every text", count, lambda: [fix_text(text) for text in texts]),
        cost("plain: words counted by making them", count, lambda: [len(words(text)) for text in texts]),
        cost("plain: repetition counted out", count, lambda: plain_repetition(texts)),
    ]
    return ours, beside


def main() -> None:
    """Prints microseconds for each record and records a second."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--column", default="answer")
    parser.add_argument("--records", type=int, default=4000)
    parser.add_argument("--characters", type=int, default=1400)
    asked = parser.parse_args()
    if asked.csv is None:
        raw = invented(asked.records, asked.characters)
    else:
        raw = from_file(asked.csv, asked.column, asked.records, asked.characters)
    ours, beside = costs(raw)
    total = Cost("all of these", sum(one.microseconds for one in ours))
    print(f"{len(raw):,} records of {asked.characters:,} characters")
    for one in (*ours, total, *beside):
        print(f"{one.name:<38}{one.microseconds:>9.1f} us{1e6 / one.microseconds:>12,.0f} records/s")


if __name__ == "__main__":
    main()
