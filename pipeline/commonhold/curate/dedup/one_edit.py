"""Short texts that differ in one place: one word put in, left out or exchanged.

A text and what is left of it without any one of its words are its keys. Texts that share a key differ in one place, or
in where one word is, however short they are: there is nothing to estimate. The idea is that of the deletion
neighbourhoods of spelling correction (Mor and Fraenkel 1982), with words for letters.

In scripts that put no spaces between words a word is a run of letters, so runs of up to five are left out.
"""

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.hashing import BASE, MASK, mix
from commonhold.curate.dedup.minhash_lsh import SLACK
from commonhold.curate.dedup.near_duplicates import Links
from commonhold.curate.dedup.ragged import Hashes, Places, Ragged, offsets_of
from commonhold.curate.dedup.shingles import sorted_sets

MOST_WORDS = 32
"""Of a text that has such keys; in longer ones a changed word leaves four of five shingles."""
MOST_LETTERS = 64
"""The same in scripts without spaces."""
FEWEST_WORDS = 5
"""Of the longer text: where one of four words is another, most is another."""
LONGEST_RUN = 5
KEPT = 0.8
"""Share of the words that is the same in both, at least: four of five. A higher threshold asks for more."""
KEPT_LETTERS = 0.75
"""The same of letters, where a word is several of them."""


def edit_keys(hashed: Ragged, unspaced: NDArray[np.bool_], threshold: float) -> Ragged:
    """The keys of texts whose words are hashed, as sets; `unspaced` says which are of a script without spaces."""
    sizes = hashed.sizes
    short = (sizes >= FEWEST_WORDS - 1) & (sizes <= np.where(unspaced, MOST_LETTERS, MOST_WORDS))
    hashed = hashed.only(short)
    starts, ends = hashed.offsets[:-1], hashed.offsets[1:]
    position = np.arange(len(hashed.values)) - np.repeat(starts, hashed.sizes)
    terms = hashed.values * _powers(BASE)[position]
    sums = np.append(np.zeros(1, np.uint64), np.cumsum(terms, dtype=np.uint64))
    whole = np.flatnonzero(short)
    rows, keys = [whole], [sums[ends[whole]] - sums[starts[whole]]]
    for run in range(1, LONGEST_RUN + 1):
        losing = whole[_may_lose(sizes[whole], unspaced[whole], run, threshold)]
        if not losing.size:
            break
        count = sizes[losing] - run + 1
        row = np.repeat(losing, count)
        place = starts[row] + np.arange(len(row)) - np.repeat(offsets_of(count)[:-1], count)
        after = (sums[ends[row]] - sums[place + run]) * _powers(pow(BASE, -1, MASK + 1))[run]
        rows.append(row)
        keys.append(sums[place] - sums[starts[row]] + after)
    row, key = np.concatenate(rows), mix(np.concatenate(keys))
    order = np.argsort(row, kind="stable")
    return sorted_sets(Ragged(key[order], offsets_of(np.bincount(row, minlength=len(sizes)))))


def _may_lose(sizes: Places, unspaced: NDArray[np.bool_], run: int, threshold: float) -> NDArray[np.bool_]:
    """Whether enough is left of texts of these sizes without a run."""
    enough = np.where(unspaced, max(threshold, KEPT_LETTERS), max(threshold, KEPT))
    may: NDArray[np.bool_] = (sizes >= FEWEST_WORDS) & (1 - run / np.maximum(sizes, 1) >= enough - SLACK)
    return may & (unspaced | (run == 1))


def _powers(base: int) -> Hashes:
    powers = np.full(MOST_LETTERS + 1, base & MASK, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def edit_links(keys: Hashes, items: Places, most: int | None = None) -> Links:
    """The first of the items that have a key and each of the others; how much they overlap is not said (-1).

    Keys that more than `most` items have are left out.
    """
    order = np.lexsort((items, keys))
    key, item = keys[order], items[order]
    starts = np.ones(len(key), np.bool_)
    starts[1:] = key[1:] != key[:-1]
    group = np.cumsum(starts) - 1
    first = item[starts][group]
    other = first != item
    if most is not None:
        other &= np.bincount(group)[group] <= most
    pairs = np.unique(np.stack([first[other], item[other]], axis=1), axis=0)
    return Links(pairs[:, 0], pairs[:, 1], np.full(len(pairs), -1.0))
