"""Near copies among texts that fit into memory, in one call: the parts that curation runs over shards."""

from collections.abc import Sequence

import numpy as np

from commonhold.curate.dedup.candidates import candidates
from commonhold.curate.dedup.minhash_lsh import bands_for, keys_of, shingle_counts
from commonhold.curate.dedup.near_duplicates import Copies, Links, copies, links
from commonhold.curate.dedup.ragged import Ragged
from commonhold.curate.dedup.shingles import shingle_sets


def linked(sets: Ragged, threshold: float) -> Links:
    """Links between sets whose items are their places, as one shard and one partition."""
    items = np.arange(len(sets.offsets) - 1)
    keys = keys_of(items, sets, bands_for(threshold), shingle_counts(sets))
    return links(candidates(keys, threshold), sets.take, threshold)


def near_copies(texts: Sequence[str], threshold: float) -> Copies:
    """Texts that overlap an earlier one that stays."""
    sets = shingle_sets(texts)
    return copies(linked(sets, threshold), sets.take, threshold)
