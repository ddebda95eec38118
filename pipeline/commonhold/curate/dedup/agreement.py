"""Whether rows with nearly the same message are copies: by what they say, not by how much they overlap."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.near_duplicates import Groups, Links
from commonhold.curate.dedup.one_edit import KEPT
from commonhold.curate.dedup.ragged import Hashes, Places, Ragged
from commonhold.curate.dedup.shingles import Sets
from commonhold.curate.dedup.telling_words import (
    LONG_WORDS,
    contradicts,
    names_differ,
    nearly_the_same,
    opposed,
    same_but_few,
    telling,
    telling_of,
)
from commonhold.curate.text.words import SHINGLE_WORDS, words

MOST_MET = 4
"""Earlier rows with which one is compared for a part of its reply: the first that have it, and as many of the last."""
SKETCH = 4
"""Shingles of a long reply, the least numbers, of which one like it has one too, all but surely."""
Pair = tuple[int, int]
MOST_NEIGHBOURS = 8
"""Earlier rows of its group with which one is compared, to find replies that contradict each other."""


class Said(NamedTuple):
    """What the rows say that are linked to others, in the order of `items`."""

    items: Places
    """Rising."""
    messages: Sequence[Sequence[str]]
    """Words."""
    replies: Sequence[str]
    """Empty where texts have none."""
    telling: Hashes
    """Equal for rows whose messages have the same numbers, negations and days."""

    @classmethod
    def of(cls, items: Places, messages: Sequence[str], replies: Sequence[str]) -> "Said":
        """Of the texts of these items."""
        numbers: dict[tuple[str, ...], int] = {}
        plain = [message.casefold() for message in messages]
        split = [words(message) for message in plain]
        told = map(telling_of, plain, split)
        marks = [numbers.setdefault(each, len(numbers) + 1) for each in told]
        return cls(items, split, replies, np.array(marks, np.uint64))

    def places(self, items: Places) -> list[int]:
        """Where items are among these."""
        places: list[int] = np.searchsorted(self.items, items).tolist()
        return places


class Agreement:
    """What decides on pairs of rows besides the overlap of their messages."""

    def __init__(self, said: Said, edits: Sets) -> None:
        """`edits` looks up the keys of `one_edit`."""
        self._said, self.edits = said, edits

    def opposed(self, left: Places, right: Places) -> NDArray[np.bool_]:
        """Messages that differ in a word and its opposite."""
        messages = self._said.messages
        pairs = zip(self._said.places(left), self._said.places(right), strict=True)
        return np.fromiter((opposed(messages[one], messages[other]) for one, other in pairs), np.bool_, len(left))


def no_edits(items: Places) -> Ragged:
    """No keys for any item: only overlap makes messages near."""
    return Ragged(np.zeros(0, np.uint64), np.zeros(len(items) + 1, np.int64))


def near_replies(said: Said, joined: Links, sets: Ragged, alive: NDArray[np.bool_], share: float) -> Iterator[Pair]:
    """Pairs of rows of one group, the earlier one first, that say the same with nearly the same reply.

    `sets` are the shingles of the replies. Short replies that differ in one place have the beginning or the end in
    common, long ones that share most words one of the first shingles. Where many have that, each is compared with the
    first few and the last few.
    """
    names, items, marks, sizes = _names(said, joined), said.items.tolist(), said.telling.tolist(), sets.sizes.tolist()
    met: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, (item, counts) in enumerate(zip(items, alive[said.items].tolist(), strict=True)):
        if not counts:
            continue
        parts = list[object]()
        if sizes[place] < LONG_WORDS:
            parts += _parts(words(said.replies[place].casefold()))
        if sizes[place] >= LONG_WORDS - SHINGLE_WORDS:
            parts += sets.row(place)[:SKETCH].tolist()
        keys = [(names[place], marks[place], part) for part in parts]
        lists = (met[key] for key in keys)
        others = {other for each in lists for other in (*each[:MOST_MET], *each[MOST_MET:][-MOST_MET:])}
        for other in sorted(others):
            long = min(sizes[place], sizes[other]) >= LONG_WORDS - SHINGLE_WORDS
            if _agree(said, other, place, share, long):
                yield items[other], item
        for key in keys:
            met[key].append(place)


def _agree(said: Said, one: int, other: int, share: float, long: bool) -> bool:
    left, right = said.replies[one], said.replies[other]
    if min(len(left), len(right)) < share / 2 * max(len(left), len(right)):
        return False
    # What is exchanged in message and reply alike fills a gap in a form, and so does a word that is new in both.
    mine, theirs = ({*said.messages[place]} for place in (one, other))
    exchanged = bool(mine - theirs) and bool(theirs - mine)
    if long and not exchanged:
        return same_but_few(left, right, mine ^ theirs, share)
    earlier, later = words(left.casefold()), words(right.casefold())
    if not nearly_the_same(earlier, later, share) or ({*earlier} ^ {*later}) & (mine ^ theirs):
        return False
    if len(earlier) == len(later) and (exchanged or names_differ(left, right)):
        return False
    return telling(left) == telling(right) and not opposed(earlier, later)


def _parts(reply: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Beginnings and ends, two lengths of each, of which replies of nearly the same length have one in common."""
    most = 1 << max(int(len(reply) * 0.4).bit_length() - 1, 0)
    for size in (most, max(most // 2, 1)):
        yield size, tuple(reply[:size])
        yield -size, tuple(reply[-size:])


def _names(said: Said, joined: Links) -> list[int]:
    groups = Groups(len(said.items))
    groups.join(np.searchsorted(said.items, joined.left), np.searchsorted(said.items, joined.right))
    names: list[int] = groups.names().tolist()
    return names


class Conflict(NamedTuple):
    """Rows with one message and replies that differ."""

    items: Sequence[int]
    replies: int


def conflicts(said: Said, joined: Links, alive: NDArray[np.bool_]) -> list[Conflict]:
    """Groups of rows with the same message, or nearly, and replies that differ, or contradict each other.

    Where messages are the same but for punctuation, any other reply counts. Where one has words besides, or slips of
    spelling, one that contradicts.
    """
    names = _names(said, joined)
    stays = [place for place, item in enumerate(said.items.tolist()) if alive[item]]
    same: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    group_of: defaultdict[int, list[int]] = defaultdict(list)
    for place in stays:
        same[tuple(said.messages[place])].append(place)
        group_of[names[place]].append(place)
    pairs = [pair for places in same.values() for pair in pairwise(places)]
    for places in group_of.values():
        for at, place in enumerate(places):
            pairs += [
                (other, place) for other in places[max(at - MOST_NEIGHBOURS, 0) : at] if _clash(said, other, place)
            ]
    groups = Groups(len(said.items))
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    groups.join(left, right)
    together: defaultdict[int, list[int]] = defaultdict(list)
    for place, name in enumerate(groups.names().tolist()):
        together[name].append(place)
    found = []
    for places in (each for each in together.values() if len(each) > 1):
        replies = {tuple(words(said.replies[place].casefold())) for place in places}
        if len(replies) > 1:
            found.append(Conflict([int(said.items[place]) for place in places], len(replies)))
    return found


def _clash(said: Said, one: int, other: int) -> bool:
    """Whether messages that are nearly the same have replies that contradict each other."""
    left, right = said.messages[one], said.messages[other]
    if left == right or said.telling[one] != said.telling[other] or not nearly_the_same(left, right, KEPT):
        return False
    return not opposed(left, right) and contradicts(said.replies[one], said.replies[other])
