"""The log of a model, which can be added to and not changed: each line names the digest of the line before it.

It says what was published, signed, approved, promoted, withdrawn and reproduced by others. Whoever keeps the newest
digest notices when a line was changed or taken out; who has the publisher's key sees which lines the publisher has
signed. A log that was cut off at its end is noticed only by its newest digest.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from commonhold.digests import canonical_json, sha256_bytes, short
from commonhold.signatures.envelope import fits, from_base64, signed_bytes
from commonhold.signatures.public_key import PublicKey
from commonhold.strict_json import JsonObject, parse_json

NO_ENTRY = "0" * 64
"""Named by the first line."""
ENTRY_TYPE = "application/vnd.commonhold.log-entry+json"
EVENTS_OF_A_LOG = ("published", "signed", "approved", "promoted", "withdrawn", "reproduced")
ENTRY_KEYS = frozenset({"log", "place", "previous", "at", "event", "model", "version", "bundle_sha256", "details"})
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class LogEntry(NamedTuple):
    """One line of a log."""

    place: int
    previous: str
    """Digest of the line before."""
    at: str
    """ISO 8601, UTC."""
    event: str
    """One of `EVENTS_OF_A_LOG`."""
    model: str
    version: int
    bundle_sha256: str
    details: JsonObject
    """What else is to be said of the event, such as who and why."""
    signature: bytes
    """Empty where nobody signed the line."""
    digest: str
    """Of the whole line, the signature too."""

    @property
    def signed_part(self) -> bytes:
        """What the signature covers."""
        return signed_bytes(ENTRY_TYPE, canonical_json(_entry_value(self)))


class Standing(NamedTuple):
    """What a log comes to; bundles by their digests."""

    champion: str
    """The bundle that was promoted last, unless it was withdrawn since; empty for none."""
    ever_promoted: bool
    withdrawn: Mapping[str, str]
    """Why, by bundle."""


def log_entry(
    previous: LogEntry | None, at: str, event: str, bundle: tuple[str, int, str], details: JsonObject
) -> LogEntry:
    """The line that comes next, unsigned; `bundle` is model, version and digest."""
    index, before = (previous.place + 1, previous.digest) if previous else (0, NO_ENTRY)
    return _with_digest(LogEntry(index, before, at, event, *bundle, details, b"", ""))


def signed_entry(entry: LogEntry, signature: bytes) -> LogEntry:
    """The line with a signature under it."""
    return _with_digest(entry._replace(signature=signature))


def log_line(entry: LogEntry) -> bytes:
    """The line as the file has it, with its line end."""
    signature = base64.b64encode(entry.signature).decode()
    return canonical_json({"entry": _entry_value(entry), "signature": signature}) + b"\n"


def read_log(data: bytes) -> tuple[LogEntry, ...]:
    """The lines of a log, oldest first, each of which fits the one before.

    Raises:
        ValueError: a line is not of the form of a log, or was changed, added or taken out.
    """
    entries: list[LogEntry] = []
    lines = data.split(b"\n")
    if lines[-1]:
        raise ValueError("its last line is not whole")
    for number, line in enumerate(lines[:-1], 1):
        try:
            entry = _read_line(line)
        except ValueError as error:
            raise ValueError(f"line {number} {error}") from error
        before = entries[-1].digest if entries else NO_ENTRY
        if (entry.place, entry.previous) != (number - 1, before):
            actual, expected = short(entry.previous), short(before)
            raise ValueError(
                f"line {number} follows {actual}…, but the line before it is {expected}…; "
                "a line was changed or is missing"
            )
        if entries and entry.model != entries[0].model:
            raise ValueError(f"line {number} is about another model, {entry.model!a}")
        entries.append(entry)
    return tuple(entries)


def entry_signed_by(entry: LogEntry, key: PublicKey) -> bool:
    """Whether the line's signature was made with the private part of a key."""
    return bool(entry.signature) and fits(key, entry.signed_part, entry.signature)


def standing(entries: Sequence[LogEntry]) -> Standing:
    """Which bundle the log makes the champion, and which are withdrawn; a withdrawal is permanent."""
    withdrawn = {
        each.bundle_sha256: str(each.details.get("reason", "")) for each in entries if each.event == "withdrawn"
    }
    promoted = [each.bundle_sha256 for each in entries if each.event == "promoted"]
    champion = promoted[-1] if promoted and promoted[-1] not in withdrawn else ""
    return Standing(champion, bool(promoted), withdrawn)


def _entry_value(entry: LogEntry) -> JsonObject:
    fields = entry._asdict()
    return {"log": 1, **{name: fields[name] for name in sorted(ENTRY_KEYS - {"log"})}}


def _with_digest(entry: LogEntry) -> LogEntry:
    return entry._replace(digest=sha256_bytes(log_line(entry)))


def _read_line(line: bytes) -> LogEntry:
    value = parse_json(line)
    entry = value.get("entry") if isinstance(value, dict) and value.keys() == {"entry", "signature"} else None
    if not isinstance(entry, dict) or entry.keys() != ENTRY_KEYS or entry["log"] != 1:
        raise ValueError("is no entry of a log of this kind")
    texts = [entry[name] for name in ("previous", "at", "event", "model", "bundle_sha256")]
    if not all(isinstance(text, str) for text in texts) or not isinstance(entry["details"], dict):
        raise ValueError("has something else than text where text belongs")
    if not all(type(entry[name]) is int and entry[name] >= 0 for name in ("place", "version")):
        raise ValueError("has something else than a number where a number belongs")
    if entry["event"] not in EVENTS_OF_A_LOG or not MOMENT.fullmatch(entry["at"]):
        raise ValueError("names an event or a moment that no log has")
    fields = {name: entry[name] for name in ENTRY_KEYS - {"log"}}
    parsed = _with_digest(LogEntry(**fields, signature=from_base64(value["signature"]), digest=""))
    if log_line(parsed) != line + b"\n":
        raise ValueError("is not written in the one form that a log has")
    return parsed
