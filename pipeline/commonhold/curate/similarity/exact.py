"""Exact copies, by 128 bits of what a record says."""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from commonhold.curate.similarity.ragged import Hashes, Places

NO_TEXT = bytes(8)


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
    """64 bits for each text, equal for those that are the same but for capitals and white space; 0 for no text.

    Of SHA-256, which processors have a unit for: it takes two thirds of the time of BLAKE2. Quicker hashes would let
    somebody write a text that is taken for another one.
    """
    return np.frombuffer(b"".join(map(_hash, texts)), "<u8").astype(np.uint64)


def _hash(text: str) -> bytes:
    plain = same(text) if text else text
    return sha256(plain.encode("utf-8", "surrogatepass")).digest()[:8] if plain else NO_TEXT


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
