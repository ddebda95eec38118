"""How often runs of words repeat in each text of a batch, counted with arrays instead of one word at a time."""

import functools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BLOCK_BYTES = 1 << 17
"""Bytes worked on at a time, so that the arrays stay in the processor's cache."""
MAX_TEXTS = 1 << 15
BIN_BITS = 16

_ODD = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(int(_ODD), -1, 1 << 64))


class Runs(NamedTuple):
    """Counts for each text of a batch, never too low; too high only where two runs share a 48-bit hash."""

    words: NDArray[np.int64]
    """Pieces between white space (ASCII)."""
    bytes: NDArray[np.int64]
    """Bytes of those pieces in UTF-8."""
    top_pair: NDArray[np.int64]
    """How often the most frequent run of two words is in the text; capitals of ASCII do not count."""
    repeated_fives: NDArray[np.int64]
    """How many runs of five words were in the text before."""


def measure(texts: Sequence[str]) -> Runs:
    """The counts of every text, in order."""
    parts = [_measured(block) for block in blocks(texts, MAX_TEXTS)]
    if not parts:
        return Runs(*(np.zeros(0, dtype=np.int64) for _ in range(4)))
    return Runs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def blocks(texts: Sequence[str], max_texts: int) -> Iterator[list[bytes]]:
    """The texts as bytes, in order, in lists of `BLOCK_BYTES` or `max_texts` at most; a longer text stands alone."""
    block: list[bytes] = []
    size = 0
    for text in texts:
        data = text.encode("utf-8", "replace")
        if block and (size + len(data) > BLOCK_BYTES or len(block) == max_texts):
            yield block
            block, size = [], 0
        block.append(data)
        size += len(data) + 1
    if block:
        yield block


def _measured(block: Sequence[bytes]) -> Runs:
    data = np.frombuffer(b" " + b" ".join(block) + b" ", dtype=np.uint8)
    lengths = np.array([len(text) + 1 for text in block])
    word = _WORD_BYTES[data]
    starts = np.flatnonzero(word[1:] & ~word[:-1]) + 1
    ends = np.flatnonzero(word[:-1] & ~word[1:]) + 1
    words = np.diff(np.searchsorted(starts, np.concatenate(([0], np.cumsum(lengths))) + 1))
    owners = np.repeat(np.arange(len(block)), words)
    inner = np.bincount(owners, weights=ends - starts, minlength=len(block)).astype(np.int64)
    hashes = _word_hashes(data, starts, ends)
    top_pair = np.maximum(_most_often(_keys(hashes, owners, 2), len(block)), words >= 2)
    return Runs(words, inner, top_pair, _again(_keys(hashes, owners, 5), len(block)))


def _word_hashes(data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A polynomial hash modulo 2^64 of every word, from one running sum over all bytes."""
    powers, inverses = _powers(len(data) + 1)
    sums = np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(_VALUES[data] * powers[: len(data)])))
    hashes = (sums[ends] - sums[starts]) * inverses[starts]
    return np.asarray(hashes ^ (hashes >> np.uint64(29)))


def _keys(hashes: NDArray[np.uint64], owners: NDArray[np.int64], size: int) -> NDArray[np.uint64]:
    """Text (16 bits) and hash (48 bits) of the runs of `size` words inside one text, sorted; few occur once."""
    count = len(hashes) - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    mixed = hashes[:count].copy()
    for offset in range(1, size):
        mixed *= _ODD
        mixed += hashes[offset : offset + count]
    mixed *= _ODD
    inside = owners[:count] == owners[size - 1 :]
    keys = ((owners[:count].astype(np.uint64) << np.uint64(48)) | (mixed >> np.uint64(16)))[inside]
    # Sorting costs ten times as much as counting in few bins, which leaves out most runs that occur once.
    bins = ((keys * _ODD) >> np.uint64(64 - BIN_BITS)).astype(np.int64)
    return np.sort(keys[np.bincount(bins, minlength=1 << BIN_BITS)[bins] > 1])


def _again(keys: NDArray[np.uint64], texts: int) -> NDArray[np.int64]:
    again = keys[1:][keys[1:] == keys[:-1]]
    return np.bincount((again >> np.uint64(48)).astype(np.int64), minlength=texts)


def _most_often(keys: NDArray[np.uint64], texts: int) -> NDArray[np.int64]:
    most = np.zeros(texts, dtype=np.int64)
    if len(keys):
        firsts = np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1))
        times = np.diff(np.append(firsts, len(keys)))
        np.maximum.at(most, (keys[firsts] >> np.uint64(48)).astype(np.int64), times)
    return most


def _powers(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    powers, inverses = _powers_up_to(max(count, BLOCK_BYTES + 3))
    return powers[:count], inverses[:count]


@functools.lru_cache(maxsize=1)
def _powers_up_to(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    tables = np.empty((2, count), dtype=np.uint64)
    tables[:, 0] = 1
    tables[0, 1:], tables[1, 1:] = _ODD, _INVERSE
    powers, inverses = np.cumprod(tables, axis=1)
    return powers, inverses


_WORD_BYTES = np.array([bytes((code,)).isspace() for code in range(256)]) == np.False_
_VALUES = np.array([ord(bytes((code,)).lower()) for code in range(256)], dtype=np.uint64) * _ODD
