"""Exact copies, by 128 bits of what a record says."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from commonhold.curate.dedup.hashing import chunks
from commonhold.curate.dedup.ragged import Hashes, Places

HASH_BYTES = 8
NO_TEXT = bytes(HASH_BYTES)
BETWEEN = b"\xff"
"""No text has it: UTF-8 does not."""
SPACE = ord(" ")
SPACES = bytes(SPACE if chr(code).isspace() and code < 0x80 else code for code in range(256))
"""White space of ASCII, all of it to the plain space."""
SEVERAL_OR_BEYOND = b"\xdf", b"\xb5"
"""What is no letter of Latin-1 without capitals: `ß` is `ss`, the micro sign a Greek letter."""
LATIN = bytes(
    SPACE if letter.isspace() else min(ord(letter[0]), 0xFF) for letter in (chr(code).casefold() for code in range(256))
)
"""Letters of Latin-1 without capitals, and white space to the plain space."""


class Repeats(NamedTuple):
    """Items that say what an earlier one says, in their order."""

    item: Places
    original: Places


def same(text: str) -> str:
    """Equal for texts that differ only in capitals and white space."""
    return " ".join(text.casefold().split())


def text_hashes(texts: Sequence[str]) -> Hashes:
    """64 bits for each text, equal for those that are the same but for capitals and white space; 0 for no text.

    Of SHA-256, which processors have a unit for: it takes two thirds of the time of BLAKE2. Quicker hashes would let
    somebody write a text that is taken for another one.
    """
    digests = (
        sha256(plain).digest()[:HASH_BYTES] if plain else NO_TEXT for chunk in chunks(texts) for plain in _same(chunk)
    )
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def _same(texts: Sequence[str]) -> Iterator[bytes]:
    """`same` of each, in UTF-8: white space is looked for in all of them at once."""
    joined = BETWEEN.join(map(_folded, texts)).translate(SPACES)
    codes = np.frombuffer(joined, np.uint8)
    spaces = codes == SPACE
    again = spaces[1:] & spaces[:-1]
    if again.any():
        joined = codes[np.append(True, ~again)].tobytes()
    return (plain.strip(b" ") for plain in joined.split(BETWEEN))


def _folded(text: str) -> bytes:
    """Without capitals, and with no white space but that of ASCII."""
    if text.isascii():
        return text.lower().encode()
    if (latin := _latin(text)) is not None:
        return latin.translate(LATIN).decode("latin-1").encode()
    # Printable is no white space outside ASCII.
    if text.replace("\n", "").isprintable():
        return text.casefold().encode()
    return same(text).encode("utf-8", "surrogatepass")


def _latin(text: str) -> bytes | None:
    """A text of Western Europe's letters, each of which is one letter without capitals: a third of the time."""
    try:
        data = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    return None if any(letter in data for letter in SEVERAL_OR_BEYOND) else data


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
