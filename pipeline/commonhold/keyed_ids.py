"""Ids of short texts that cannot be guessed back without the workspace's key, and fast: every record has several.

Apart from `digests`, which the standalone verifier takes in and which needs the standard library only.
"""

import hashlib
from functools import lru_cache

import orjson

BLOCK_BYTES = 64
"""Of SHA-256."""


def keyed_id(key: bytes, *parts: str) -> str:
    """A 32-digit id that cannot be guessed back to short texts without `key` (HMAC-SHA-256, RFC 2104)."""
    return keyed_digest(key, json_bytes(parts))


def keyed_digest(key: bytes, message: bytes) -> str:
    """The id of parts that are canonical JSON already: every record has several ids, and is written as JSON."""
    return keyed_hash(key, message)[:16].hex()


def keyed_hash(key: bytes, message: bytes) -> bytes:
    """The 32 bytes of HMAC-SHA-256 (RFC 2104).

    The key is taken in once: `hmac.digest` sets up its algorithm again for every message, three fifths of its time.
    """
    inner, outer = _keyed_hashes(key)
    hashed = inner.copy()
    hashed.update(message)
    whole = outer.copy()
    whole.update(hashed.digest())
    return whole.digest()


@lru_cache(maxsize=8)
def _keyed_hashes(key: bytes) -> "tuple[hashlib._Hash, hashlib._Hash]":
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK_BYTES else key).ljust(BLOCK_BYTES, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in block)), hashlib.sha256(bytes(byte ^ 0x5C for byte in block))


def json_bytes(value: str | tuple[str, ...]) -> bytes:
    """The canonical JSON of a text or of several, ten times as fast.

    Raises:
        TypeError: it holds something else than text, or half a character.
    """
    return orjson.dumps(value)
