"""Which records are learnt from and which are held out, so that nothing held out was learnt from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.curate.dedup.evaluation_overlap import LEAK
from commonhold.curate.dedup.ragged import Hashes, Places, offsets_of
from commonhold.records.example import Split
from commonhold.seeds import order_keys

TRAIN = 0
LOOSEST = 0.5
"""Overlap from which messages stay together at most, however low `near_duplicate` is."""


class Division(NamedTuple):
    """Where every record goes."""

    split: NDArray[np.int8]
    """0 for train, then the held-out splits in the order in which they were asked for."""
    sizes: tuple[int, ...]
    """Records of each split."""
    too_large: int
    """Records of components that are larger than every held-out share and so are learnt from."""


@dataclass(frozen=True, slots=True)
class _Components:
    """Groups that stay together, in the order in which they are drawn."""

    name: Places
    """For each record, the place of its component in this order."""
    sizes: Places
    kinds: Places
    """The different strata of each component's records, component by component."""
    counts: Places
    """How many of its records are in each of them."""
    offsets: Places
    """Where each component's strata start."""

    def kinds_of(self, index: int) -> tuple[Places, Places]:
        """The strata of a component's records, and how many of each."""
        part = slice(self.offsets[index], self.offsets[index + 1])
        return self.kinds[part], self.counts[part]


def together_from(near_duplicate: float) -> float:
    """Overlap from which messages stay together in one split: that of a leak, or of copies if it is less."""
    return min(LEAK, max(near_duplicate, LOOSEST))


def draw_keys(seed: int, purpose: str, contents: Iterable[bytes]) -> Hashes:
    """Where records stand in a draw: 64 bits that depend on what each says and on the seed, on nothing else."""
    keys = b"".join([key[:8] for key in order_keys(seed, purpose, contents)])
    return np.frombuffer(keys, ">u8").astype(np.uint64)


def divide(component: Places, drawn: Hashes, stratum: Places, requested: Mapping[Split, int]) -> Division:
    """Whole components to the held-out splits, as many records as requested, of each kind its part; the rest is learnt.

    Components are taken in the order of the least draw key among their records, so neither the order of the records
    nor the names of components and strata matter. A first pass takes those that no stratum has too many of, a second
    one those that fit, and a last one the component that comes nearest to what is still missing, if it overshoots by
    less than it adds. One that is larger than what is requested stays in train.
    """
    components = _components(component, drawn, stratum)
    totals = np.bincount(components.kinds, components.counts).astype(np.int64)
    splits = np.zeros(len(components.sizes), np.int8)
    for number, size in enumerate(requested.values(), start=1):
        _fill(splits, number, components, size, _parts(totals, size))
    most = max(requested.values(), default=0)
    split = splits[components.name]
    too_large = int(components.sizes[components.sizes > most].sum()) if requested else 0
    sizes = np.bincount(split, minlength=len(requested) + 1)
    return Division(split, tuple(sizes.tolist()), too_large)


def _components(component: Places, drawn: Hashes, stratum: Places) -> _Components:
    names, which = np.unique(component, return_inverse=True)
    least = np.full(len(names), np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(least, which, drawn)
    sizes = np.bincount(which)
    # Two components with equal keys say the same; the larger one first, whatever they are called.
    position = np.empty(len(names), np.int64)
    position[np.lexsort((-sizes, least))] = np.arange(len(names))
    name = position[which]
    sizes = np.bincount(name)
    strata, kind = np.unique(stratum, return_inverse=True)
    pairs, counts = np.unique(name * len(strata) + kind, return_counts=True)
    of, kinds = np.divmod(pairs, max(len(strata), 1))
    return _Components(name, sizes, kinds, counts, offsets_of(np.bincount(of, minlength=len(sizes))))


def _parts(totals: Places, size: int) -> Places:
    """`size` shared out in proportion to `totals`, by largest remainder."""
    exact = totals * (size / max(int(totals.sum()), 1))
    parts: Places = np.floor(exact).astype(np.int64)
    missing = size - int(parts.sum())
    parts[np.lexsort((-totals, parts - exact))[:missing]] += 1
    return parts


def _fill(splits: NDArray[np.int8], number: int, components: _Components, size: int, parts: Places) -> None:
    left, left_of_kind = size, parts.copy()
    for strict in (True, False):
        for index in np.flatnonzero((splits == TRAIN) & (components.sizes <= left)).tolist():
            if not left:
                return
            kinds, counts = components.kinds_of(index)
            if components.sizes[index] <= left and (not strict or (counts <= left_of_kind[kinds]).all()):
                splits[index] = number
                left -= int(components.sizes[index])
                left_of_kind[kinds] -= counts
    over = np.flatnonzero((splits == TRAIN) & (components.sizes < 2 * left) & (components.sizes <= size))
    if left and over.size:
        splits[over[np.argmin(components.sizes[over])]] = number
