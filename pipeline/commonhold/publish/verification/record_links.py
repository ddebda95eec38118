"""What record.json says of the other files, compared with them, without knowing the rest of its form."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from commonhold.digests import canonical_json, digest_of
from commonhold.publish.allowed_files import Seen
from commonhold.publish.tensors import tensors_digest
from commonhold.publish.verification.names import shown
from commonhold.strict_json import JsonObject, parse_json

RECORD = "record.json"
ADAPTER = "adapter/adapter_model.safetensors"
FILE_REF_KEYS = frozenset({"path", "sha256", "bytes"})
WRITTEN_BY_PEOPLE = (("training", "settings"), ("artifacts",), ("gaps",))
"""Parts of a record that may look like anything, also like the name of a file."""


def read_plain_record(data: bytes) -> JsonObject:
    """A record as plain data.

    Raises:
        ValueError: it is not canonical JSON, or no record.
    """
    try:
        value = parse_json(data)
        canonical = canonical_json(value)
    except ValueError as error:
        raise ValueError(f"not readable as JSON: it {error}") from error
    if canonical != data:
        raise ValueError("not canonical JSON: keys are sorted and occur once, and there is no space between values")
    if not isinstance(value, dict) or not isinstance(value.get("record_version"), int):
        raise ValueError("no record: it has no record_version")
    return value


def named_files(record: JsonObject) -> dict[str, Seen]:
    """Digest and size of every file that a record names, by path."""
    files: dict[str, Seen] = {}
    waiting: list[tuple[tuple[str, ...], Any]] = [((), record)]
    while waiting:
        keys, value = waiting.pop()
        if keys in WRITTEN_BY_PEOPLE:
            continue
        if isinstance(value, Mapping):
            path, digest, size = (value.get(key) for key in ("path", "sha256", "bytes"))
            if value.keys() == FILE_REF_KEYS and isinstance(path, str) and type(size) is int:
                files[path] = Seen(str(digest), size)
            waiting += [((*keys, str(key)), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*keys, ""), inner) for inner in value]
    return files


def part(record: JsonObject, *keys: str) -> Any:
    """What is under the keys of a record; nothing where they are missing."""
    value: Any = record
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def record_problems(
    folder: Path, files: Mapping[str, Seen], record: JsonObject, made_from_it: frozenset[str]
) -> Iterator[str]:
    """What the record says and the files do not bear out; `made_from_it` are the files that it cannot name."""
    named = named_files(record)
    for path in sorted(named.keys() | files.keys() - made_from_it - {RECORD}):
        if files.get(path) != named.get(path):
            yield f"{shown(path)}: is not the file that the record names"
    if digest_of(part(record, "base", "files")) != part(record, "base", "sha256"):
        yield "record.json base: its digest is not the one that its list of files gives"
    if _tensors(folder / ADAPTER) != part(record, "outputs", "adapter", "tensors_sha256"):
        yield f"{ADAPTER}: its tensors are not those that the record names"
    merged = part(record, "outputs", "merged", "tensors_sha256")
    if merged is not None and _tensors(*sorted((folder / "merged").rglob("*.safetensors"))) != merged:
        yield "merged: its tensors are not those that the record names"


def _tensors(*paths: Path) -> str:
    try:
        return tensors_digest(paths)
    except (OSError, ValueError):
        return ""
