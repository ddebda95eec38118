"""Exact copies, by 128 bits of what a record says."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from xxhash import xxh3_64_intdigest

from commonhold.curate.similarity.ragged import Hashes, Places


class Repeats(NamedTuple):
    """Items that say what an earlier one says, in their order."""

    item: Places
    original: Places


def same(text: str) -> str:
    """Equal for texts that differ only in capitals and white space."""
    plain = text.casefold()
    flat = plain.replace("\n\n", " ").replace("\n", " ")
    # Printable are no spaces but the plain one; a text that was cleaned need not be split.
    if flat.isprintable() and "  " not in flat and flat[:1] != " " != flat[-1:]:
        return flat
    return " ".join(plain.split())


def text_hashes(texts: Sequence[str]) -> Hashes:
    """64 bits for each text, equal for those that are the same but for capitals and white space; 0 for no text."""
    return np.fromiter(map(_hash, texts), np.uint64, len(texts))


def _hash(text: str) -> int:
    plain = same(text) if text else text
    return xxh3_64_intdigest(plain.encode("utf-8", "surrogatepass")) if plain else 0


def content_digests(prompts: Sequence[str], completions: Sequence[str]) -> Hashes:
    """(records, 2): equal for records with the same message and reply, capitals and white space aside."""
    return np.stack([text_hashes(prompts), text_hashes(completions)], axis=1)


def repeats(digests: Hashes, items: Places) -> Repeats:
    """The items that repeat an earlier one; `digests` is `(items, parts)`, `items` their places among all records."""
    order = np.lexsort((items, *digests.T[::-1]))
    ordered, item = digests[order], items[order]
    starts = np.ones(len(item), np.bool_)
    starts[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    original = item[starts][np.cumsum(starts) - 1]
    again = np.flatnonzero(~starts)
    again = again[np.argsort(item[again])]
    return Repeats(item[again], original[again])
