"""How a community's own rows teach an identifier their languages."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.text.grams import BUCKETS, grams
from commonhold.curate.text.tags import NO_SINGLE_LANGUAGE, primary
from commonhold.curate.text.trained import MIN_GRAMS, SCALE, TrainedIdentifier, summed
from commonhold.errors import NothingLeftError

MIN_TEXTS = 20
"""Texts of a language under which it is not learnt."""
MAX_TEXTS = 20_000
"""Texts of a language that are learnt from at most; which ones, their digests decide."""
KEPT_BACK = 5
"""One text in so many is kept back to measure with."""
SMOOTHING = 0.02
"""What a run that a language never showed counts for, against an even share of all runs (Lidstone)."""
SPREADS = 3
"""How many standard deviations under the mean a text may lie and still be of its language."""


class Learnt(NamedTuple):
    """An identifier, and the languages that had too little to learn from."""

    identifier: TrainedIdentifier
    left_out: tuple[str, ...]
    """BCP 47 tags, sorted."""


def train(rows: Iterable[tuple[str, str]], max_texts: int = MAX_TEXTS) -> Learnt:
    """An identifier from pairs of a text and its declared language; the order of the rows does not matter.

    Some 20,000 texts a second. Rows without a language and repeated texts are passed over; a language with fewer than
    20 texts of at least 24 letters is left out. Regions and scripts are dropped from tags.

    Raises:
        NothingLeftError: no language has enough texts.
    """
    texts = _by_language(rows, max_texts)
    languages = tuple(sorted(tag for tag, texts_of_tag in texts.items() if len(texts_of_tag) >= MIN_TEXTS))
    if not languages:
        remedy = "Declare the language of more rows, or continue without an identifier of your own"
        raise NothingLeftError(f"no language has {MIN_TEXTS} rows of at least 24 letters. {remedy}")
    kept_back = [[text for text in texts[tag] if _draw(text) == 0] for tag in languages]
    taught = [[text for text in texts[tag] if _draw(text) != 0] for tag in languages]
    rehearsal = _weights([_counts(texts_of_tag) for texts_of_tag in taught])
    floors, right = [], []
    for column, texts_of_tag in enumerate(kept_back):
        floor, share = _measured(rehearsal, column, texts_of_tag)
        floors.append(floor)
        right.append(share)
    weights = _weights([_counts(texts[tag]) for tag in languages])
    counts = tuple(len(texts[tag]) for tag in languages)
    identifier = TrainedIdentifier(languages, weights, tuple(floors), counts, tuple(right))
    return Learnt(identifier, tuple(sorted(texts.keys() - set(languages))))


def _by_language(rows: Iterable[tuple[str, str]], max_texts: int) -> dict[str, list[str]]:
    by_tag: dict[str, set[str]] = defaultdict(set)
    for text, tag in rows:
        if primary(tag) not in NO_SINGLE_LANGUAGE:
            by_tag[primary(tag)].add(text)
    texts = {tag: sorted(distinct, key=_rank)[:max_texts] for tag, distinct in by_tag.items()}
    return {tag: _long_enough(chosen) for tag, chosen in texts.items()}


def _long_enough(texts: Sequence[str]) -> list[str]:
    lengths = sum((batch.counts for batch in grams(texts)), np.zeros(len(texts), dtype=np.int64))
    return [text for text, length in zip(texts, lengths, strict=True) if length >= MIN_GRAMS]


def _rank(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()


def _draw(text: str) -> int:
    return _rank(text)[0] % KEPT_BACK


def _counts(texts: Sequence[str]) -> NDArray[np.int64]:
    counts = np.zeros(BUCKETS, dtype=np.int64)
    for runs in grams(texts):
        counts += np.bincount(runs.buckets, minlength=BUCKETS)
    return counts


def _weights(counts: Sequence[NDArray[np.int64]]) -> NDArray[np.int16]:
    """Thousandths of log-probabilities; counts become shares first, so that a large language is not favoured."""
    columns = []
    for of_language in counts:
        share = (of_language / max(int(of_language.sum()), 1) + SMOOTHING / BUCKETS) / (1 + SMOOTHING)
        columns.append(np.rint(SCALE * np.log(share)))
    return np.stack(columns, axis=1).astype(np.int16)


def _measured(weights: NDArray[np.int16], column: int, texts: Sequence[str]) -> tuple[int, float]:
    """The floor of a language and the share of its texts that are recognised."""
    if not texts:
        return np.iinfo(np.int16).min, 0.0
    sums, counts = summed(weights, texts)
    means = sums[:, column] / counts
    floor = int(means.mean() - SPREADS * max(float(means.std()), 0.05 * SCALE))
    return floor, float((sums.argmax(axis=1) == column).mean())
