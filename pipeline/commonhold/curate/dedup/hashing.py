"""Words and runs of words as 64-bit numbers, for thousands of texts at once; the same on every machine, every time.

The words are those of `curate.words`, capitals aside: for each character that turns up, `words` is asked once what it
does with it, and the answer is kept in a table. A text is then an array of code points and every further operation is
one over the whole array; 1.4 kB of text with accents take a fifth of the time that splitting into Python strings takes.

The words of a shard's texts, hashed once however many parts of the work ask for them.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.ragged import Hashes, Places, Ragged, offsets_of, stacked
from commonhold.curate.text.words import words

CHUNK_CHARACTERS = 1 << 16
"""Texts are worked on in chunks of about this size, which stay in the processor's cache."""

BREAK, LETTER, REMOVED, LETTER_AFTER_BREAK, SEVERAL = 0, 1, 2, 3, 4
"""What a character does to words, or that without capitals it is several characters (`ß`, `ss`); the three low bits
of its number. The number of a break is 0, so it adds nothing.
"""
KIND_BITS = np.uint64(7)

PAGE_BITS = 8
CODE_POINTS = 0x110000
BASE = 0x9E3779B97F4A7C15
"""Any odd number has an inverse among the 64-bit numbers; this one is 2**64 over the golden ratio."""
MASK = (1 << 64) - 1


def mix(numbers: Hashes) -> Hashes:
    """Spreads every bit over all 64: the last steps of SplitMix64 (Steele, Lea and Flood 2014). One-to-one."""
    mixed = numbers ^ (numbers >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


class _Alphabet:
    """A number for every code point, filled in pages of 256 as characters are met."""

    def __init__(self) -> None:
        self._numbers = np.zeros(CODE_POINTS, np.uint64)
        self._learnt = np.zeros(CODE_POINTS >> PAGE_BITS, np.bool_)

    def numbers(self, codes: NDArray[np.uint32]) -> Hashes:
        if codes.size and not self._learnt[: (int(codes.max()) >> PAGE_BITS) + 1].all():
            pages = codes >> PAGE_BITS
            for page in np.unique(pages[~self._learnt[pages]]).tolist():
                self._learn(page)
        return self._numbers[codes]

    def _learn(self, page: int) -> None:
        codes = np.arange(page << PAGE_BITS, (page + 1) << PAGE_BITS, dtype=np.uint64)
        folded = [chr(code).casefold() for code in codes.tolist()]
        kinds = np.array([_kind(text) for text in folded], np.uint64)
        small = np.array([ord(text[0]) for text in folded], np.uint64)
        numbers = (mix(small + np.uint64(BASE)) & ~KIND_BITS) | kinds
        self._numbers[codes] = np.where(kinds == BREAK, np.uint64(0), numbers)
        self._learnt[page] = True


def _kind(character: str) -> int:
    """Asks `words` what it makes of a character between two letters."""
    if len(character) > 1:
        return SEVERAL
    match words(f"a{character}a"):
        case ["a", "a"]:
            return BREAK
        case ["aa"]:
            return REMOVED
        case ["a", _]:
            return LETTER_AFTER_BREAK
        case _:
            return LETTER


_ALPHABET = _Alphabet()


@lru_cache(maxsize=2)
def _powers(base: int, count: int) -> Hashes:
    powers = np.full(count, base & MASK, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def hash_words(texts: Sequence[str]) -> Ragged:
    """The words of each text, capitals aside, as 64-bit numbers in their order."""
    return stacked([_hash_chunk(chunk) for chunk in chunks(texts)])


def chunks(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in lists that are worked on in one go."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text)
        size += len(text)
        if size >= CHUNK_CHARACTERS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _hash_chunk(texts: list[str]) -> Ragged:
    offsets = offsets_of(np.fromiter(map(len, texts), np.int64, len(texts)))
    joined = "".join(texts)
    try:
        latin = joined.encode("latin-1")
    except UnicodeEncodeError:
        numbers = _ALPHABET.numbers(np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32))
        kinds = (numbers & KIND_BITS).astype(np.uint8)
    else:
        # Letters of Western Europe: a byte each, looked up in a table that stays in the processor's first cache.
        table, kind_of = _latin_tables()
        kinds = np.frombuffer(latin.translate(kind_of), np.uint8)
        numbers = np.take(table, np.frombuffer(latin, np.uint8))
    if kinds.max(initial=0) == SEVERAL:
        return _hash_chunk([text.casefold() for text in texts])
    removed = np.flatnonzero(kinds == REMOVED)
    if removed.size:
        offsets = offsets - np.searchsorted(removed, offsets)
        stay = kinds != REMOVED
        numbers, kinds = numbers[stay], kinds[stay]
    starts = np.flatnonzero(_word_starts(kinds, offsets))
    if not starts.size:
        return Ragged(np.zeros(0, np.uint64), np.zeros(len(texts) + 1, np.int64))
    # A word is the sum of its characters' numbers times powers that rise along the whole chunk; multiplying by the
    # inverse of the power at its first character makes it independent of where it is.
    length = 1 << max(CHUNK_CHARACTERS * 2, len(numbers)).bit_length()
    numbers *= _powers(BASE, length)[: len(numbers)]
    sums = np.cumsum(numbers, out=numbers)
    # What lies between two words adds nothing, so a word ends where the next one starts.
    before = sums[starts - 1]
    before[0] = sums[starts[0] - 1] if starts[0] else 0
    hashed = np.append(before[1:], sums[-1]) - before
    hashed *= _powers(pow(BASE, -1, 1 << 64), length)[starts]
    return Ragged(mix(hashed), np.searchsorted(starts, offsets).astype(np.int64))


@lru_cache(maxsize=1)
def _latin_tables() -> tuple[Hashes, bytes]:
    """The number, and the kind, of each of the first 256 characters."""
    numbers = _ALPHABET.numbers(np.arange(256, dtype=np.uint32))
    return numbers, (numbers & KIND_BITS).astype(np.uint8).tobytes()


def _word_starts(kinds: NDArray[np.uint8], offsets: Places) -> NDArray[np.bool_]:
    letters: NDArray[np.bool_] = kinds != BREAK
    starts = letters.copy()
    starts[1:] &= ~letters[:-1] | (kinds[1:] == LETTER_AFTER_BREAK)
    firsts = offsets[:-1][offsets[:-1] < len(kinds)]
    starts[firsts] = letters[firsts]
    return starts


def runs(hashed: Ragged, length: int) -> Ragged:
    """Every run of `length` words of each row as one number; of a shorter row the whole of it, of an empty one nothing.

    A run of a shorter row is never equal to a longer one, but for a chance of 2**-64.
    """
    sizes = hashed.sizes
    runs_of_each = np.where(sizes > 0, np.maximum(sizes - length + 1, 1), 0)
    offsets = offsets_of(runs_of_each)
    values = np.zeros(offsets[-1], np.uint64)
    long = sizes >= length
    starts = np.repeat(hashed.offsets[:-1] - offsets[:-1], runs_of_each) + np.arange(offsets[-1])
    full = np.repeat(long, runs_of_each)
    values[full] = runs_everywhere(hashed.values, length)[starts[full]]
    for shorter in range(1, length):
        rows = np.flatnonzero(sizes == shorter)
        if rows.size:
            values[offsets[rows]] = runs_at(hashed.values, hashed.offsets[rows], shorter)
    return Ragged(values, offsets)


def runs_everywhere(hashed: Hashes, length: int) -> Hashes:
    """The run of `length` words that starts at each place where so many are left, also across the ends of rows."""
    count = max(len(hashed) - length + 1, 0)
    total = hashed[:count].copy()
    for step in range(1, length):
        total *= np.uint64(BASE)
        total += hashed[step : count + step]
    return total


def runs_at(hashed: Hashes, starts: Places, length: int) -> Hashes:
    """The runs of `length` words that start at these places."""
    total = hashed[starts]
    for step in range(1, length):
        total *= np.uint64(BASE)
        total += hashed[starts + step]
    return total


class HashedTexts:
    """Remembers every text that it was asked about: 8 bytes a word."""

    def __init__(self) -> None:
        self._row_of: dict[str, int] = {}
        self._rows = stacked([])

    def words(self, texts: Sequence[str]) -> Ragged:
        """What `hash_words` says of these texts."""
        rows = self._rows_for(texts)
        return self._rows.take(rows)

    def counts(self, texts: Sequence[str]) -> Places:
        """How many words each of them has, as `words.word_count` counts them."""
        rows = self._rows_for(texts)
        return self._rows.sizes[rows]

    def _rows_for(self, texts: Sequence[str]) -> Places:
        row_of = self._row_of
        try:
            return np.fromiter(map(row_of.__getitem__, texts), np.int64, len(texts))
        except KeyError:
            self._learn([text for text in dict.fromkeys(texts) if text not in row_of])
        return self._rows_for(texts)

    def _learn(self, new: Sequence[str]) -> None:
        rows = hash_words(new)
        self._rows = stacked([self._rows, rows]) if self._row_of else rows
        first = len(self._row_of)
        self._row_of.update(zip(new, range(first, first + len(new)), strict=True))
