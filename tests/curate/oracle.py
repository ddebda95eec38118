"""Near copies by the book: every text compared with every earlier one that stays. Slow, and plain to see."""

from collections import Counter
from collections.abc import Sequence

from commonhold.curate.text.words import SHINGLE_WORDS, words


def shingles(text: str) -> frozenset[Sequence[str]]:
    """Every run of three words, capitals aside; of a shorter text the whole of it, of one without words nothing."""
    found = words(text.casefold())
    if not found:
        return frozenset()
    last = max(len(found) - SHINGLE_WORDS, 0)
    return frozenset(tuple(found[start : start + SHINGLE_WORDS]) for start in range(last + 1))


def copies_by_comparing_all(texts: Sequence[str], threshold: float) -> dict[int, tuple[int, float]]:
    """By place, the earliest text that stays and overlaps enough, and how much."""
    holders: dict[Sequence[str], list[int]] = {}
    sizes: dict[int, int] = {}
    found: dict[int, tuple[int, float]] = {}
    for place, text in enumerate(texts):
        mine = shingles(text)
        shared = Counter(other for shingle in mine for other in holders.get(shingle, ()))
        near = [(other, count / (len(mine) + sizes[other] - count)) for other, count in sorted(shared.items())]
        first = next(((other, jaccard) for other, jaccard in near if jaccard >= threshold), None)
        if first:
            found[place] = first
            continue
        sizes[place] = len(mine)
        for shingle in mine:
            holders.setdefault(shingle, []).append(place)
    return found
