"""Exact copies, by 128 bits of what a record says."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from commonhold.curate.similarity.ragged import Hashes, Places


class Repeats(NamedTuple):
    """Items that say what an earlier one says, in their order."""

    item: Places
    original: Places


def same(text: str) -> str:
    """Equal for texts that differ only in capitals and white space."""
    return " ".join(text.casefold().split())


def content_digests(prompts: Sequence[str], completions: Sequence[str]) -> Hashes:
    """(records, 2): equal for records with the same message and reply, capitals and white space aside."""
    digests = (_digest(prompt, completion) for prompt, completion in zip(prompts, completions, strict=True))
    return np.frombuffer(b"".join(digests), "<u8").reshape(-1, 2).astype(np.uint64)


def _digest(prompt: str, completion: str) -> bytes:
    content = f"{same(prompt)}\0{same(completion)}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, digest_size=16).digest()


def partition_of(digests: Hashes, partitions: int) -> Places:
    """The partition of each record: the same for equal ones."""
    return (digests[:, 0] % np.uint64(partitions)).astype(np.int64)


def repeats(digests: Hashes, items: Places) -> Repeats:
    """Of one partition, the items that repeat an earlier one; `items` are their places in the order of all records."""
    order = np.lexsort((items, digests[:, 1], digests[:, 0]))
    ordered, item = digests[order], items[order]
    starts = np.ones(len(item), np.bool_)
    starts[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    original = item[starts][np.cumsum(starts) - 1]
    again = np.flatnonzero(~starts)
    again = again[np.argsort(item[again])]
    return Repeats(item[again], original[again])
