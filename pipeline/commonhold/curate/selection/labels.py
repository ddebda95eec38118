"""Whether replies are labels of a classification, one or several to a message, or answers to questions."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from commonhold.curate.dedup.ragged import read_sizes
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.text.words import word_count

SEPARATORS = re.compile(r"\s*[,;|/\n、，；]\s*")
SENTENCE = re.compile(r"[.!?。！？…]$")
MOST_WORDS = 4
"""Of a label."""
MOST_LETTERS = 40
ROWS_A_LABEL = 8
"""On average; an answer to a question is seldom asked for in so many ways."""
FEWEST_LABELS = 2
LABELS_A_ROW = 5
"""At most, in half of the rows; longer replies are not looked at."""
LABELLED = 0.98
"""Share of the rows that have labels only."""


def labels_of(reply: str) -> list[str]:
    """The parts of a reply, if each could be a label; else nothing."""
    parts = [part for part in SEPARATORS.split(reply.strip().casefold()) if part]
    short = all(
        len(part) <= MOST_LETTERS and word_count(part) <= MOST_WORDS and not SENTENCE.search(part) for part in parts
    )
    return parts if short else []


def label_counts(replies: Sequence[str]) -> Counter[str]:
    """How many rows have each label; nothing where replies are no labels.

    Labels are few, short and no sentences, and many rows share each, alone or beside others: `noise, dogs`. Many rows
    may share a sentence too: that is an answer which people ask for in many ways.
    """
    counts: Counter[str] = Counter()
    rows = 0
    for reply, number in Counter(replies).items():
        if parts := labels_of(reply):
            rows += number
            for part in dict.fromkeys(parts):
                counts[part] += number
    enough = rows >= LABELLED * len(replies) and counts.total() >= ROWS_A_LABEL * len(counts)
    return counts if len(counts) >= FEWEST_LABELS and enough else Counter()


def are_labels(table: RecordTable) -> bool:
    """Whether the replies of the records that are still in are labels."""
    sizes = np.concatenate([read_sizes(folder) for folder in table.completions().folders])[table.alive]
    if not len(sizes) or np.median(sizes) > LABELS_A_ROW * MOST_WORDS:
        return False
    return bool(label_counts(table.read_texts("completion")))
