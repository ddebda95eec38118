"""Near copies among texts that fit into memory, in one call."""

from collections.abc import Sequence

import numpy as np

from commonhold.curate.similarity.bands import bands_for
from commonhold.curate.similarity.candidates import candidates
from commonhold.curate.similarity.copies import Copies, copies
from commonhold.curate.similarity.groups import Groups
from commonhold.curate.similarity.keys import keys_of, shingle_counts
from commonhold.curate.similarity.links import Links, links
from commonhold.curate.similarity.ragged import Ragged
from commonhold.curate.similarity.shingles import shingle_sets


def linked(sets: Ragged, threshold: float) -> Links:
    """Links between sets whose items are their places; the same as over any number of partitions."""
    items = np.arange(len(sets.offsets) - 1)
    keys = keys_of(items, sets, bands_for(threshold), shingle_counts(sets))
    return links(candidates(keys, threshold), sets.take, threshold)


def near_copies(texts: Sequence[str], threshold: float) -> Copies:
    """Texts that overlap an earlier one that stays."""
    sets = shingle_sets(texts)
    return copies(linked(sets, threshold), sets.take, threshold)


def near_groups(texts: Sequence[str], threshold: float) -> Groups:
    """Groups of texts that overlap, directly or through others."""
    found = linked(shingle_sets(texts), threshold)
    groups = Groups(len(texts))
    groups.join(found.left, found.right)
    return groups
