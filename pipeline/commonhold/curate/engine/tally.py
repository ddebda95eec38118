"""Counts of a shard that add up to those of the whole."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

LENGTH_EDGES = (1, 5, 10, 20, 50, 100, 200, 500)


@dataclass(slots=True)
class Tally:
    """Counts of records, unless said otherwise; keys are texts, with a tab between two parts."""

    steps: Counter[str] = field(default_factory=Counter)
    """By step, action and reason."""
    splits: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    """Kept ones by declared language; the empty tag for undeclared."""
    sources: Counter[str] = field(default_factory=Counter)
    files_in: Counter[str] = field(default_factory=Counter)
    files_kept: Counter[str] = field(default_factory=Counter)
    licences: Counter[str] = field(default_factory=Counter)
    """Kept ones by file and licence cell."""
    ratings: Counter[str] = field(default_factory=Counter)
    """Kept ones by split and rating."""
    prompt_words: Counter[str] = field(default_factory=Counter)
    """Kept ones by the least length of the bin."""
    completion_words: Counter[str] = field(default_factory=Counter)
    purposes: Counter[str] = field(default_factory=Counter)
    """Kept ones by what they may be used for."""
    records: Counter[str] = field(default_factory=Counter)
    """`in`, `kept`, `masked`, and `review` for those that a person should look at."""

    def add(self, other: Self) -> None:
        """Adds the counts of another part."""
        for each in fields(self):
            getattr(self, each.name).update(getattr(other, each.name))

    def as_json(self) -> dict[str, dict[str, int]]:
        """For a file."""
        return {each.name: dict(getattr(self, each.name)) for each in fields(self)}

    @classmethod
    def of(cls, stored: Mapping[str, Mapping[str, Any]]) -> Self:
        """From a file."""
        return cls(**{name: Counter(counts) for name, counts in stored.items()})


def length_bin(words: int) -> str:
    """The bin of a text of so many words."""
    return str(LENGTH_EDGES[max(bisect_right(LENGTH_EDGES, words), 1) - 1])
