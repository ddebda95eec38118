"""A small language identifier that a community trains on its own rows, for languages that no package knows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.text.grams import BUCKETS, ORDERS, grams
from commonhold.curate.text.identify import NO_GUESS, LanguageGuess
from commonhold.curate.text.tags import UNDETERMINED, family

MIN_GRAMS = 24 * len(ORDERS)
"""Letter runs under which no answer is given: some 24 letters."""
MIN_POSTERIOR = 0.99
BLOCK = 64
"""Texts that are weighed at a time, so that their weights stay in the processor's cache."""
SCALE = 1000
"""Weights are thousandths of a natural logarithm in 16 bits: sums are exact, so the same on every machine."""


@dataclass(frozen=True, slots=True)
class TrainedIdentifier:
    """Multinomial naive Bayes over letter runs (Cavnar and Trenkle 1994; Lui and Baldwin 2011).

    It answers with one of its own languages, or `und` for a text unlike all of them.
    """

    languages: tuple[str, ...]
    """BCP 47 tags, sorted."""
    weights: NDArray[np.int16]
    """Shape (buckets, languages): log-probability of a letter run in a language, in thousandths."""
    floors: tuple[int, ...]
    """A language's lowest mean weight of a text of its own, in thousandths; what lies under it is another language."""
    texts: tuple[int, ...] = ()
    """How many texts each language was learnt from."""
    right: tuple[float, ...] = ()
    """Share of texts of each language, kept back while learning, that were recognised; in [0, 1]."""
    _families: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.weights.shape != (BUCKETS, len(self.languages)) or len(self.floors) != len(self.languages):
            raise ValueError(f"{len(self.languages)} languages need weights of shape ({BUCKETS}, languages)")
        object.__setattr__(self, "_families", frozenset(map(family, self.languages)))

    def knows(self, tag: str) -> bool:
        """Whether the language of `tag` or another of its macrolanguage was learnt."""
        return family(tag) in self._families

    def identify(self, texts: Sequence[str]) -> list[LanguageGuess]:
        """One guess a text, in order; `confidence` is the posterior probability among the languages learnt."""
        sums, counts = summed(self.weights, texts)
        return [self._guess(row, int(count)) for row, count in zip(sums, counts, strict=True)]

    def _guess(self, sums: NDArray[np.int64], count: int) -> LanguageGuess:
        if count < MIN_GRAMS:
            return NO_GUESS
        best = int(sums.argmax())
        if sums[best] < self.floors[best] * count:
            return NO_GUESS
        # Every letter is in a run of each length, so the runs' evidence is counted once, not four times.
        posterior = 1 / float(np.exp((sums - sums[best]) / (SCALE * len(ORDERS))).sum())
        tag = self.languages[best] if posterior > 0.5 else UNDETERMINED
        return LanguageGuess(tag, posterior, posterior >= MIN_POSTERIOR)


def summed(weights: NDArray[np.int16], texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sum of weights for every text and language, shape (texts, languages), and the letter runs of every text."""
    sums = np.zeros((len(texts), weights.shape[1]), dtype=np.int64)
    counts = np.zeros(len(texts), dtype=np.int64)
    for first in range(0, len(texts), BLOCK):
        block = slice(first, first + BLOCK)
        for buckets, sizes in grams(texts[block]):
            filled = np.flatnonzero(sizes)
            if len(filled):
                starts = (np.cumsum(sizes) - sizes)[filled]
                added = np.add.reduceat(weights[buckets], starts, axis=0, dtype=np.int64)
                sums[first + filled] += added
            counts[block] += sizes
    return sums, counts
