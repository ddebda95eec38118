"""Runs of one to four letters as numbers, for telling languages apart by their spelling."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.text.words import words

BUCKETS = 1 << 15
ORDERS = (1, 2, 3, 4)
MAX_CHARACTERS = 300
_DIGITS = re.compile(r"\d+")
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio (Knuth, TAOCP 3, 6.4)


class Grams(NamedTuple):
    """The runs of one length in several texts, one text after another."""

    buckets: NDArray[np.int64]
    """Which of the buckets each run falls into; runs that share one count as the same."""
    counts: NDArray[np.int64]
    """How many of the runs each text has."""


def grams(texts: Sequence[str]) -> Iterator[Grams]:
    """Runs of 1, 2, 3 and 4 letters in the first 300 characters of each text, spaces between words included.

    Capitals, punctuation and digits do not count.
    """
    plain = [_letters(text) for text in texts]
    lengths = np.array([len(text) for text in plain], dtype=np.int64)
    codes = np.frombuffer("".join(plain).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    owners = np.repeat(np.arange(len(plain)), lengths)
    hashed = np.zeros(len(codes), dtype=np.uint64)
    for order in ORDERS:
        size = max(len(codes) - order + 1, 0)
        hashed = (hashed[:size] * _MIX) ^ codes[len(codes) - size :]
        buckets = (((hashed + np.uint64(order)) * _MIX) >> np.uint64(49)).astype(np.int64)
        inside = owners[:size] == owners[len(codes) - size :]
        yield Grams(buckets[inside], np.maximum(lengths - order + 1, 0))


def _letters(text: str) -> str:
    letters = " ".join(words(_DIGITS.sub(" ", text[:MAX_CHARACTERS]).casefold()))
    return f" {letters} " if letters else ""
