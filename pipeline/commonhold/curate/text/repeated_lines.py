"""Lines that are in many rows of one file: letterheads, form questions, notices."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.text.boilerplate import Kind, Stripped, without

MIN_CHARACTERS = 25
"""Shorter lines are never boilerplate: many rows answer `No problem.`"""
MIN_ROWS = 10
MIN_SHARE = 0.05
MAX_WAITING = 1 << 20


class BoilerplateCounts:
    """Counts in how many texts each line occurs: the first pass over a file.

    Only texts of several lines count, and lines of 25 characters or more; capitals, digits and spaces do not matter.
    Twelve bytes a different line. Counts of parts of a file can be merged, in any order, to the counts of the whole.
    """

    def __init__(self) -> None:
        self.texts = 0
        """Texts seen, of one line or more."""
        self._hashes: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self._rows: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        self._waiting: list[int] = []

    def add(self, texts: Iterable[str]) -> None:
        """Counts the lines of some more texts."""
        for text in texts:
            self.texts += 1
            if "\n" in text:
                self._waiting.extend({_hash(line) for line in text.split("\n") if len(line) >= MIN_CHARACTERS})
                if len(self._waiting) >= MAX_WAITING:
                    self._settle()

    def merge(self, other: Self) -> None:
        """Adds the counts of another part of the same file."""
        self._settle()
        other._settle()
        self.texts += other.texts
        self._join(other._hashes, other._rows)

    def repeated(self, min_rows: int = MIN_ROWS, min_share: float = MIN_SHARE) -> "RepeatedLines":
        """The lines that are in at least so many texts and in at least such a share of them."""
        self._settle()
        fewest = max(min_rows, min_share * self.texts)
        return RepeatedLines(self._hashes[self._rows >= fewest].tolist())

    def _settle(self) -> None:
        if self._waiting:
            hashes, rows = np.unique(np.array(self._waiting, dtype=np.uint64), return_counts=True)
            self._waiting = []
            self._join(hashes, rows.astype(np.uint32))

    def _join(self, hashes: NDArray[np.uint64], rows: NDArray[np.uint32]) -> None:
        both = np.concatenate((self._hashes, hashes))
        self._hashes, positions = np.unique(both, return_inverse=True)
        total = np.bincount(positions, weights=np.concatenate((self._rows, rows)), minlength=len(self._hashes))
        self._rows = total.astype(np.uint32)


class RepeatedLines:
    """What the first pass found, for the second."""

    def __init__(self, hashes: Sequence[int]) -> None:
        self._hashes = frozenset(hashes)

    @property
    def hashes(self) -> list[int]:
        """Rising; what stands for each line, to build the same again."""
        return sorted(self._hashes)

    def __len__(self) -> int:
        return len(self._hashes)

    def strip(self, text: str) -> Stripped:
        """The text without repeated lines; the text as it was when no word would be left, or it has one line only."""
        if not self._hashes or "\n" not in text:
            return Stripped(text)
        lines = text.split("\n")
        kinds: dict[int, Kind] = {
            index: "repeated_line"
            for index, line in enumerate(lines)
            if len(line) >= MIN_CHARACTERS and _hash(line) in self._hashes
        }
        return without(text, lines, kinds)


def _hash(line: str) -> int:
    """64 bits that are the same in every process."""
    plain = line.casefold().encode("utf-8", "replace").translate(None, b"0123456789 ")
    return int.from_bytes(hashlib.blake2b(plain, digest_size=8).digest(), "little")
