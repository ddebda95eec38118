"""Canonical JSON and SHA-256: two equal things always have the same digest."""

import hashlib
from collections.abc import Mapping
from json.encoder import JSONEncoder
from pathlib import Path
from typing import Any

CHUNK_BYTES = 1 << 20
_CANONICAL = JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys, no spaces and no NaN, after RFC 8785 but with Python's float text.

    Raises:
        ValueError: `value` holds NaN or infinity.
        TypeError: `value` holds something JSON does not know.
    """
    return _CANONICAL.encode(value).encode()


def sha256_bytes(data: bytes) -> str:
    """Hexadecimal SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: Any) -> str:
    """Hexadecimal SHA-256 of the canonical JSON of `value`."""
    return sha256_bytes(canonical_json(value))


def sha256_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def digests_below(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below `folder`, by its relative POSIX path, in sorted order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}


def short(digest: str) -> str:
    """The first twelve digits of a digest, for people."""
    return digest[:12]


def same_digests(expected: Mapping[str, str], actual: Mapping[str, str]) -> list[str]:
    """Names whose digests differ or that are on one side only, sorted; empty when both sides agree."""
    return sorted(name for name in expected.keys() | actual.keys() if expected.get(name) != actual.get(name))
