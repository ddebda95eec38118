"""What masking counted besides the pieces of each kind: public values that stayed, and names that a model found."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

PUBLIC, SEEN, DECLARED, FOUND = "public", "seen", "declared", "found"


def special(what: str, of: str | int) -> str:
    """The key under which something is counted that is no kind of personal data; no kind has a tab."""
    return f"{what}\t{of}"


@dataclass(frozen=True, slots=True)
class MaskingCounts:
    """The counts of all shards, taken apart."""

    kinds: Counter[str] = field(default_factory=Counter)
    """Pieces masked, by kind."""
    public: Counter[int] = field(default_factory=Counter)
    """Places left, by the number of the public value in the list."""
    seen: frozenset[int] = frozenset()
    """Public values that are in the texts."""
    declared: Counter[str] = field(default_factory=Counter)
    """Names of writers in their own texts, by language."""
    found: Counter[str] = field(default_factory=Counter)
    """Of these, the ones that the model for names found as well."""


def masking_counts(parts: Iterable[Mapping[str, int]]) -> MaskingCounts:
    """The counts of some shards together."""
    total = sum(map(Counter, parts), Counter[str]())
    by_what: dict[str, Counter[str]] = {}
    for key, number in total.items():
        what, tab, of = key.partition("\t")
        by_what.setdefault(what if tab else "", Counter())[of if tab else what] = number
    public = Counter({int(item): number for item, number in by_what.get(PUBLIC, {}).items()})
    return MaskingCounts(
        by_what.get("", Counter()),
        public,
        frozenset(public) | {int(item) for item in by_what.get(SEEN, {})},
        by_what.get(DECLARED, Counter()),
        by_what.get(FOUND, Counter()),
    )
