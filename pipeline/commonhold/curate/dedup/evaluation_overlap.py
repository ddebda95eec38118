"""Which of many hashes are among a few known ones.

Which records hold items of an evaluation, so that a model is not tested on what it learnt.

Runs of 13 words, as for GPT-3 (Brown et al. 2020, appendix C). Unlike there, shorter items are looked for too, as a
whole, word by word, and as a near copy of the message; and nothing is dropped here: what is found is reported, with how
much of the item it is. Runs that many records and several items have in common are set apart as boilerplate: phrases
of a form are not a leak (in one corpus 88 of 114 sources that were flagged were false alarms: issue 6852 of
marin-community/marin).
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.hashing import hash_words, runs, runs_at, runs_everywhere
from commonhold.curate.dedup.minhash_lsh import Bands
from commonhold.curate.dedup.ragged import Hashes, Places, Ragged, offsets_of, stacked
from commonhold.curate.dedup.shingles import CACHED_VALUES, overlaps, sorted_sets
from commonhold.curate.text.words import SHINGLE_WORDS, words

FEWEST_BITS, MOST_BITS = 16, 26


class Holders:
    """Known hashes and the rows that hold each."""

    def __init__(self, sets: Ragged) -> None:
        pairs = np.unique(np.stack([sets.values, sets.row_of_each().astype(np.uint64)]), axis=1)
        first = np.ones(pairs.shape[1], np.bool_)
        first[1:] = pairs[0, 1:] != pairs[0, :-1]
        starts = np.flatnonzero(first)
        self.known: Hashes = pairs[0, starts]
        """Rising, without repeats; a hash is named by its index here."""
        self.held_by = Ragged(pairs[1], np.append(starts, pairs.shape[1]).astype(np.int64))
        # Most hashes that are asked for are unknown, which a table of bits tells ten times faster than a search.
        bits = min(max(int(len(self.known) * 16).bit_length(), FEWEST_BITS), MOST_BITS)
        self._mask = np.uint64((1 << bits) - 1)
        self._maybe = np.zeros(1 << bits, np.bool_)
        self._maybe[self.known & self._mask] = True

    def find(self, hashes: Hashes) -> tuple[Places, Places]:
        """Positions among `hashes` that are known, and which known hash is there."""
        maybe = np.flatnonzero(self._maybe[hashes & self._mask])
        which = np.searchsorted(self.known, hashes[maybe])
        which[which == len(self.known)] = 0
        matches = self.known[which] == hashes[maybe] if len(self.known) else np.zeros(0, np.bool_)
        return maybe[matches], which[matches]

    def counts(self) -> NDArray[np.int64]:
        """How many rows hold each known hash."""
        return self.held_by.sizes

    def expanded(self, owners: Places, which: Places) -> tuple[Places, Places]:
        """For each known hash found, its owner beside every row that holds it."""
        held = self.held_by.take(which)
        return np.repeat(owners, held.sizes), held.values.astype(np.int64)


def counted_pairs(left: Places, right: Places) -> tuple[Places, Places, Places]:
    """Every pair once, in order, and how often it is there."""
    width = int(right.max(initial=0)) + 1
    packed, count = np.unique(left * width + right, return_counts=True)
    ones, others = np.divmod(packed, width)
    return ones, others, count


LEAK = 0.7
"""Jaccard overlap from which a held-out text counts as leaked."""
RUN_WORDS = 13
SHORTEST_WHOLE = 4
"""Words of the shortest item that is looked for inside texts; shorter ones occur in any text by chance."""
NEAR = 0.8
MANY_RECORDS = 10
SEVERAL_ITEMS = 3

Kind = Literal["run_of_13_words", "whole_item", "near_duplicate"]


class BatchOverlap(NamedTuple):
    """What a batch of records has in common with the items, before it is known what is boilerplate."""

    run_record: Places
    run: Places
    """Number of a run of 13 words, each once for a record."""
    whole_record: Places
    whole_item: Places
    near_record: Places
    near_item: Places
    near_jaccard: NDArray[np.float64]

    def after(self, records: int) -> "BatchOverlap":
        """The same where so many records come before the batch."""
        run, whole, near = (numbers + records for numbers in (self.run_record, self.whole_record, self.near_record))
        return self._replace(run_record=run, whole_record=whole, near_record=near)


_NO_PLACES = np.zeros(0, np.int64)
NOTHING_FOUND = BatchOverlap(_NO_PLACES, _NO_PLACES, _NO_PLACES, _NO_PLACES, _NO_PLACES, _NO_PLACES, np.zeros(0))


class Hit(NamedTuple):
    """One record that holds one item, or a part of it."""

    record: int
    """Place in the batch."""
    item: int
    kind: Kind
    overlap: float
    """Share of the item's runs of 13 words that the record has; 1 for a whole item; Jaccard for a near copy."""


class Boilerplate(NamedTuple):
    """Words that many records and several items have in common."""

    words: str
    records: int
    items: int


class EvalIndex:
    """Finds evaluation items in training records; made once, sent to workers, asked batch by batch."""

    def __init__(self, items: Sequence[str]) -> None:
        """`items`: everything a model is shown or must say in an evaluation, a text for each."""
        self._items = tuple(items)
        hashed = hash_words(items)
        self._sizes = hashed.sizes
        whole = runs(hashed, RUN_WORDS)
        short = (self._sizes >= SHORTEST_WHOLE) & (self._sizes < RUN_WORDS)
        self._runs = Holders(whole.only(self._sizes >= RUN_WORDS))
        held = self._runs.held_by.values.astype(np.int64)
        self._runs_of_item = np.bincount(held, minlength=len(self._items))
        self._whole = np.zeros(len(self._items), np.uint64)
        self._whole[short] = whole.only(short).values
        openings = runs_at(hashed.values, hashed.offsets[:-1][short], SHORTEST_WHOLE)
        self._openings = Holders(Ragged(openings, offsets_of(short.astype(np.int64))))
        self._sets = sorted_sets(runs(hashed, SHINGLE_WORDS).only(self._sizes < RUN_WORDS))
        self._shingles = Holders(self._sets)
        self._near = Bands(NEAR, 1, 1)
        self._longest_near = int((RUN_WORDS - SHINGLE_WORDS) / NEAR) + SHINGLE_WORDS
        """Words from which a message is too long for a near copy of a short item."""
        # Whatever holds a run of 13 words, or an item, holds four words in a row of an item.
        fours = runs(hashed, SHORTEST_WHOLE).only(self._sizes >= SHORTEST_WHOLE)
        self._hints = Holders(fours)

    def find(self, prompts: Sequence[str], completions: Sequence[str]) -> BatchOverlap:
        """What a batch of records has in common with the items. No run reaches from a message into its reply."""
        return self.find_hashed(hash_words(prompts), hash_words(completions))

    def find_hashed(self, asked: Ragged, answered: Ragged, *others: Ragged) -> BatchOverlap:
        """The same, of messages and replies, and other replies perhaps, whose words are hashed already."""
        suspect = asked.sizes < self._longest_near
        for each in (asked, answered, *others):
            self._mark(each, suspect)
        which = np.flatnonzero(suspect)
        texts = stacked([each.take(which) for each in (asked, answered, *others)])
        run_record, run = self._find_runs(texts, len(which))
        whole_record, whole_item = self._find_whole(texts, len(which))
        near_record, near_item, jaccard = self._find_near(asked.take(which))
        return BatchOverlap(
            which[run_record], run, which[whole_record], whole_item, which[near_record], near_item, jaccard
        )

    def _mark(self, texts: Ragged, suspect: NDArray[np.bool_]) -> None:
        """Marks the records whose text has four words in a row of an item; of most, nothing else is asked."""
        first = 0
        for part in texts.parts(CACHED_VALUES):
            positions, _ = self._hints.find(runs_everywhere(part.values, SHORTEST_WHOLE))
            suspect[first + _row(part, positions)] = True
            first += len(part.sizes)

    def _find_runs(self, texts: Ragged, records: int) -> tuple[Places, Places]:
        grams = runs(texts, RUN_WORDS)
        positions, which = self._runs.find(grams.values)
        record, run, _ = counted_pairs(_row(grams, positions) % records, which)
        return record, run

    def _find_whole(self, texts: Ragged, records: int) -> tuple[Places, Places]:
        openings, which = self._openings.find(runs_everywhere(texts.values, SHORTEST_WHOLE))
        start, item = self._openings.expanded(openings, which)
        row = _row(texts, start)
        fits = start + self._sizes[item] <= texts.offsets[row + 1]
        start, item, row = start[fits], item[fits], row[fits]
        same = np.zeros(len(start), np.bool_)
        for size in np.unique(self._sizes[item]).tolist():
            of_size = np.flatnonzero(self._sizes[item] == size)
            same[of_size] = runs_at(texts.values, start[of_size], size) == self._whole[item[of_size]]
        record, item, _ = counted_pairs(row[same] % records, item[same])
        return record, item

    def _find_near(self, asked: Ragged) -> tuple[Places, Places, NDArray[np.float64]]:
        """Messages that nearly repeat a short item; exact, by the shingles that fewest items have."""
        sets = sorted_sets(runs(asked, SHINGLE_WORDS).only(asked.sizes < self._longest_near))
        record, item = counted_pairs(*self._shingles.expanded(*self._prefix(sets)))[:2]
        together = stacked([sets, self._sets])
        jaccard = overlaps(together, record, item + len(sets.sizes))
        near = jaccard >= NEAR
        return record[near], item[near], jaccard[near]

    def _prefix(self, sets: Ragged) -> tuple[Places, Places]:
        """Rows and the known shingles among those that come first in them; a shingle of no item comes before all."""
        positions, which = self._shingles.find(sets.values)
        row = sets.row_of_each()
        held = np.zeros(len(row), np.int64)
        shingle = np.full(len(row), -1)
        held[positions], shingle[positions] = self._shingles.counts()[which], which
        order = np.lexsort((held, row))
        position = np.arange(len(row)) - sets.offsets[row]
        prefix = np.array([self._near.prefix(size) for size in range(int(sets.sizes.max(initial=0)) + 1)])
        chosen = (position < prefix[sets.sizes][row]) & (shingle[order] >= 0)
        return row[chosen], shingle[order][chosen]

    def counts(self, batch: BatchOverlap) -> NDArray[np.int64]:
        """How many records of a batch hold each run; add those of all batches up."""
        return np.bincount(batch.run, minlength=len(self._runs.known))

    def _is_boilerplate(self, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
        return (counts >= MANY_RECORDS) & (self._runs.counts() >= SEVERAL_ITEMS)

    def hits(self, batch: BatchOverlap, counts: NDArray[np.int64] | None = None) -> list[Hit]:
        """The overlaps of a batch, by record and item; runs that are boilerplate by these counts do not make one.

        Without counts the batch is all there is. The same record and item may be there once for each kind.
        """
        counts = self.counts(batch) if counts is None else counts
        telling = ~self._is_boilerplate(counts)[batch.run]
        record, item, shared = counted_pairs(*self._runs.expanded(batch.run_record[telling], batch.run[telling]))
        share = shared / np.maximum(self._runs_of_item[item], 1)
        hits = [
            *_hits("run_of_13_words", record, item, share),
            *_hits("whole_item", batch.whole_record, batch.whole_item, np.ones(len(batch.whole_item))),
            *_hits("near_duplicate", batch.near_record, batch.near_item, batch.near_jaccard),
        ]
        return sorted(hits)

    def boilerplate(self, counts: NDArray[np.int64]) -> list[Boilerplate]:
        """Runs that 10 records or more and 3 items or more have in common, the most frequent first."""
        held = self._runs.counts()
        which = np.flatnonzero(self._is_boilerplate(counts))
        which = which[np.argsort(-counts[which], kind="stable")]
        return [Boilerplate(self._words_of(run), int(counts[run]), int(held[run])) for run in which.tolist()]

    def _words_of(self, run: int) -> str:
        item = int(self._runs.held_by.row(run)[0])
        text = self._items[item]
        first = int(np.flatnonzero(runs(hash_words([text]), RUN_WORDS).values == self._runs.known[run])[0])
        return " ".join(words(text.casefold())[first : first + RUN_WORDS])


def _row(ragged: Ragged, positions: Places) -> Places:
    """The rows that values are in."""
    return np.searchsorted(ragged.offsets, positions, "right") - 1


def _hits(kind: Kind, record: Places, item: Places, overlap: NDArray[np.float64]) -> list[Hit]:
    rows = zip(record.tolist(), item.tolist(), overlap.tolist(), strict=True)
    return [Hit(each, of, kind, share) for each, of, share in rows]
