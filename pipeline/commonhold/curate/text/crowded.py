"""Texts in which runs of words may repeat, told from the beginnings of their words; the others need no counting.

Two equal words have equal lengths and equal first bytes, so counts made with those alone are never too low. They are
too high where words start alike, which is rare enough to clear nearly every text at half of the cost.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.text.runs import blocks

MAX_TEXTS = 1 << 8
LINE_END = ord("\n")
START_BYTES = 8
"""Bytes of a word that are looked at."""

PAIR_BITS, FIVE_BITS = 8, 12
"""Runs fall into so many (2^n) bins for each text; those that share one by chance count as equal."""

_ODD = np.uint64(0x9E3779B97F4A7C15)
_SMALL = np.uint64(0x2020202020202020)
"""Bits without which capitals of ASCII are small letters, and some signs are one."""
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(START_BYTES + 1)], np.uint64)
_WORD_BYTES = bytes(not bytes((code,)).isspace() for code in range(256))
Marks = NDArray[np.uint64]


class Crowds(NamedTuple):
    """For each text of a batch, numbers that the true ones do not exceed; words stand between white space (ASCII)."""

    words: NDArray[np.int64]
    """Exact."""
    bytes: NDArray[np.int64]
    """In UTF-8, white space included."""
    line_ends: NDArray[np.int64]
    """Exact."""
    top_pair: NDArray[np.int64]
    """How often the most frequent run of two words is in the text, capitals of ASCII aside."""
    repeated_fives: NDArray[np.int64]
    """How many runs of five words were in the text before."""


def crowds(texts: Sequence[str]) -> Crowds:
    """The numbers of every text, in order."""
    parts = [_block(block) for block in blocks(texts, MAX_TEXTS)]
    if not parts:
        return Crowds(*(np.zeros(0, np.int64) for _ in Crowds._fields))
    return Crowds(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _block(block: Sequence[bytes]) -> Crowds:
    sizes = np.fromiter(map(len, block), np.int64, len(block))
    joined = b" %b%b" % (b" ".join(block), b" " * START_BYTES)
    word = np.frombuffer(joined.translate(_WORD_BYTES), np.uint8)
    edges = np.flatnonzero(word[1:] != word[:-1])
    starts, ends = edges[0::2] + 1, edges[1::2] + 1
    bounds = np.concatenate(([0], np.cumsum(sizes + 1)))
    words = np.diff(np.searchsorted(starts, bounds + 1))
    line_ends = np.diff(np.searchsorted(np.flatnonzero(np.frombuffer(joined, np.uint8) == LINE_END), bounds))
    owners = np.repeat(np.arange(len(block), dtype=np.uint64), words)
    lengths = ends - starts
    # Eight bytes from every byte on, as numbers; the last ones reach into the spaces at the end.
    eights = np.ndarray(len(joined) - START_BYTES + 1, "<u8", joined, strides=(1,))
    openings = (eights[starts] | _SMALL) & _MASKS[np.minimum(lengths, START_BYTES)]
    marks = (openings + lengths.astype(np.uint64)) * _ODD
    marks ^= marks >> np.uint64(29)
    return Crowds(words, sizes, line_ends, _most_often(marks, owners, len(block)), _again(marks, owners, words))


def _runs(marks: Marks, owners: Marks, size: int, bits: int) -> Marks:
    """Text and `bits` of a mark of every run of `size` words inside one text, as one number."""
    count = max(len(marks) - size + 1, 0)
    mixed = marks[:count].copy()
    for offset in range(1, size):
        mixed *= _ODD
        mixed += marks[offset : offset + count]
    mixed *= _ODD
    mixed >>= np.uint64(64 - bits)
    mixed |= owners[:count] << np.uint64(bits)
    return mixed[owners[:count] == owners[size - 1 :]] if count else mixed


def _most_often(marks: Marks, owners: Marks, texts: int) -> NDArray[np.int64]:
    pairs = _runs(marks, owners, 2, PAIR_BITS).astype(np.int64)
    times = np.bincount(pairs, minlength=texts << PAIR_BITS).reshape(texts, -1)
    return np.asarray(times.max(axis=1))


def _again(marks: Marks, owners: Marks, words: NDArray[np.int64]) -> NDArray[np.int64]:
    """All runs but one for each number that turns up."""
    seen = np.zeros((len(words), 1 << FIVE_BITS), np.bool_)
    seen.reshape(-1)[_runs(marks, owners, 5, FIVE_BITS)] = True
    # Eight bins are counted at once, each in a byte of a number, which holds 128 ones; seven times as fast.
    counted = np.add.reduce(seen.view(np.uint64).reshape(len(words), -1, 128), axis=2)
    return np.asarray(np.maximum(words - 4, 0) - counted.view(np.uint8).reshape(len(words), -1).sum(axis=1))
