"""Texts that say the same again and again: Gopher's repetition rules, for whole batches at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.text.crowded import Crowds, crowds
from commonhold.curate.text.finding import Finding
from commonhold.curate.text.runs import Runs, measure

TOP_BOUNDS = {2: 0.30, 3: 0.27, 4: 0.24}
"""Run length in words: share of the words that its most frequent run may make up: one and a half times Gopher's bounds
(table A1), which refuse short lists of things with one name."""
REPEAT_BOUNDS = {5: 0.30, 6: 0.28, 7: 0.26, 8: 0.24, 9: 0.22, 10: 0.20}
"""Run length in words: share of the words that may be in runs seen before: twice Gopher's bounds (table A1).

Of 3,319 answers that US health institutes wrote for patients (MedQuAD), Gopher's own refuse 6.8 %; these refuse 3.9 %,
nearly all of which say whole passages twice.
"""
LETTERS_PER_WORD = 3
"""In texts without spaces a word is taken for so many letters."""
UNSPACED_BYTES = 20
"""Mean bytes between white space from which a text is taken to have no spaces between words."""


@dataclass(frozen=True, slots=True)
class RepetitionBounds:
    """Bounds inside which a text may repeat itself."""

    min_words_top: int = 30
    """Words from which the most frequent run is judged: `no no no` is an answer."""
    min_times: int = 4
    """How often a run must be in a text at least to count as its most frequent one."""
    min_words_repeated: int = 100
    """Words from which runs seen before are judged: a person may say the address twice."""
    min_lines: int = 4
    """Lines that repeat earlier ones at least, before lines are judged: forms have several lines that say `no`."""
    max_lines: float = 0.30
    """Share of lines that may repeat an earlier one (Gopher)."""
    max_line_characters: float = 0.20
    """Share of characters that may be in such lines (Gopher)."""
    top: dict[int, float] = field(default_factory=lambda: dict(TOP_BOUNDS))
    repeated: dict[int, float] = field(default_factory=lambda: dict(REPEAT_BOUNDS))

    def __post_init__(self) -> None:
        if not set(self.repeated) <= set(range(5, 11)) or not set(self.top) <= {2, 3, 4}:
            raise ValueError("runs seen before have 5 to 10 words, most frequent runs 2 to 4")


class Repetitive:
    """Names the first repetition rule that a text breaks, after Gopher (Rae et al. 2021, arXiv 2112.11446, A.1.1).

    We differ: shares of runs are of words where Gopher's are of characters, both line rules must be broken where one
    is enough there, and the rules start at the sizes in `RepetitionBounds`, because a civic message is no web page.
    """

    def __init__(self, bounds: RepetitionBounds | None = None) -> None:
        self.bounds = bounds or RepetitionBounds()

    def judge(self, texts: Sequence[str]) -> list[Finding | None]:
        """One answer a text, in order; some 10 µs a kilobyte.

        Exact: only texts that might break a rule are counted out, but those are.
        """
        crowding = crowds(texts)
        findings: list[Finding | None] = [None] * len(texts)
        for index in np.flatnonzero(crowding.line_ends >= self.bounds.min_lines).tolist():
            findings[index] = self._lines(texts[index])
        crowded = np.flatnonzero(np.logical_or(*self._suspects(crowding))).tolist()
        suspects = self._suspects(measure([texts[index] for index in crowded]))
        for index, top, repeated in zip(crowded, *(each.tolist() for each in suspects), strict=True):
            if top or repeated:
                findings[index] = findings[index] or self._runs(texts[index], top, repeated)
        return findings

    def _suspects(self, runs: Runs | Crowds) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Texts that the count of their most frequent pair, or of their repeated five-word runs, does not clear."""
        bounds = self.bounds
        total = np.maximum(runs.words, 1)
        unspaced = runs.bytes > UNSPACED_BYTES * total
        # A run of n words that covers a share s stands s/n times as often as there are words, and so does a pair in it.
        fewest = min((share / size for size, share in bounds.top.items()), default=np.inf)
        top = (runs.words >= bounds.min_words_top) & (runs.top_pair >= np.maximum(bounds.min_times, fewest * total))
        most = max((self._cover(size) / share for size, share in bounds.repeated.items()), default=0.0)
        repeated = (runs.words >= bounds.min_words_repeated) & (runs.repeated_fives * most > total)
        return top | unspaced, repeated | unspaced

    def _lines(self, text: str) -> Finding | None:
        if text.count("\n") < self.bounds.min_lines:
            return None
        lines = [plain for line in text.split("\n") if (plain := line.strip())]
        if len(lines) - len(set(lines)) < self.bounds.min_lines:
            return None
        seen: set[str] = set()
        again = [line for line in lines if line in seen or seen.add(line)]  # type: ignore[func-returns-value]
        share = len(again) / len(lines)
        characters = sum(map(len, again)) / sum(map(len, lines))
        if share <= self.bounds.max_lines or characters <= self.bounds.max_line_characters:
            return None
        return Finding(
            "repeated_lines", f"{share:.0%} of lines repeat an earlier one, over {self.bounds.max_lines:.0%}"
        )

    def _runs(self, text: str, top: bool, repeated: bool) -> Finding | None:
        units, per_word = _units(text)
        words = len(units) // per_word
        if top and words >= self.bounds.min_words_top:
            for size, most in self.bounds.top.items():
                if (share := _top_share(units, size * per_word, self.bounds.min_times)) > most:
                    return Finding("repeated_phrase", f"one run of {size} words is {share:.0%} of it, over {most:.0%}")
        if repeated and words >= self.bounds.min_words_repeated:
            fives = _numbered(units, 5 * per_word)
            again = len(fives) - len(set(fives))
            for size, most in self.bounds.repeated.items():
                if again * self._cover(size) * per_word <= most * len(units):
                    continue
                if (share := _repeated_share(fives, 5 * per_word, size * per_word)) > most:
                    return Finding("repeated_text", f"{share:.0%} of it repeats runs of {size} words, over {most:.0%}")
        return None

    @staticmethod
    def _cover(size: int) -> float:
        """Most words that one repeated run of five can stand for in repeated runs of `size` words.

        Such a run is size - 4 repeated runs of five in a row, and k of those in a row cover k + 4 words.
        """
        return size / (size - 4)


def _units(text: str) -> tuple[Sequence[object], int]:
    """Words, or letters where white space separates no words; and how many of them make a word."""
    data = text.encode("utf-8", "replace").lower()
    words = data.split()
    if sum(map(len, words)) <= UNSPACED_BYTES * max(len(words), 1):
        return words, 1
    return "".join(text.lower().split()), LETTERS_PER_WORD


def _every_run(units: Sequence[object], size: int) -> Iterator[tuple[object, ...]]:
    return zip(*(units[start:] for start in range(size)), strict=False)


def _top_share(units: Sequence[object], size: int, min_times: int) -> float:
    counts = Counter(_every_run(units, size))
    times = max(counts.values(), default=0)
    return min(times * size / len(units), 1.0) if times >= min_times else 0.0


def _numbered(units: Sequence[object], size: int) -> list[int]:
    """A number for the run that starts at each place, the same for the same run."""
    numbers: dict[tuple[object, ...], int] = {}
    return [numbers.setdefault(run, len(numbers)) for run in _every_run(units, size)]


def _repeated_share(fives: Sequence[int], five: int, size: int) -> float:
    """Share of units in runs that came before, counted as datatrove 0.10 does: a repeated run is jumped over.

    `fives` are the numbers of the runs of `five` units; `size` is at most twice as much, so that two make a run.
    """
    units = len(fives) + five - 1
    runs = [first * units + last for first, last in zip(fives, fives[size - five :], strict=False)]
    times = Counter(runs)
    if len(times) == len(runs):
        return 0.0
    seen: set[int] = set()
    free = covered = 0
    for position in [position for position, run in enumerate(runs) if times[run] > 1]:
        if position < free:
            continue
        if runs[position] in seen:
            covered += size
            free = position + size
        seen.add(runs[position])
    return covered / units
