"""The words of a shard's texts, hashed once however many parts of the work ask for them."""

from collections.abc import Sequence

import numpy as np

from commonhold.curate.similarity.hashing import hash_words
from commonhold.curate.similarity.ragged import Places, Ragged, stacked


class HashedTexts:
    """Remembers every text that it was asked about: 8 bytes a word."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._rows = stacked([])

    def words(self, texts: Sequence[str]) -> Ragged:
        """What `hash_words` says of these texts."""
        places = self._placed(texts)
        return self._rows.take(places)

    def counts(self, texts: Sequence[str]) -> Places:
        """How many words each of them has, as `words.word_count` counts them."""
        places = self._placed(texts)
        return self._rows.sizes[places]

    def _placed(self, texts: Sequence[str]) -> Places:
        known = self._places
        try:
            return np.fromiter(map(known.__getitem__, texts), np.int64, len(texts))
        except KeyError:
            self._learn([text for text in dict.fromkeys(texts) if text not in known])
        return self._placed(texts)

    def _learn(self, new: Sequence[str]) -> None:
        rows = hash_words(new)
        self._rows = stacked([self._rows, rows]) if self._places else rows
        first = len(self._places)
        self._places.update(zip(new, range(first, first + len(new)), strict=True))
