"""The log of a model in the workspace: lines are added, and none is changed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from commonhold.errors import DigestError
from commonhold.files import locked, write_bytes
from commonhold.signatures.chain import LogEntry, log_entry, log_line, read_log, signed_entry
from commonhold.signatures.private_key import PrivateKey
from commonhold.stages.workspace import Workspace
from commonhold.strict_json import JsonObject


class LoggedBundle(NamedTuple):
    """What a line is about."""

    model: str
    version: int
    sha256: str


def log_path(workspace: Workspace, model: str) -> Path:
    """Where a model's log is."""
    return workspace.logs / f"{model}.jsonl"


def read_model_log(workspace: Workspace, model: str) -> tuple[LogEntry, ...]:
    """The lines of a model's log, oldest first; none where there is no log yet.

    Raises:
        DigestError: a line was changed, added or taken out.
    """
    path = log_path(workspace, model)
    if not path.is_file():
        return ()
    try:
        return read_log(path.read_bytes())
    except ValueError as error:
        raise DigestError(
            f"{path}: this is not the log that commonhold wrote: {error}. Put back the copy that was exported with "
            f"the model; if there is none, move the file away, and publish and sign again"
        ) from error


def add_to_log(
    workspace: Workspace, bundle: LoggedBundle, event: str, details: JsonObject, key: PrivateKey | None = None
) -> LogEntry:
    """Adds a line, signed if there is a key; it is on the disk when this returns.

    Raises:
        DigestError: the log was changed.
        BusyError: another process is adding a line.
        NoSpaceError: the disk is full.
    """
    path = log_path(workspace, bundle.model)
    with locked(workspace.logs / "logs.lock", f"adding to the log of {bundle.model}"):
        entries = read_model_log(workspace, bundle.model)
        about = (bundle.model, bundle.version, bundle.sha256)
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        entry = log_entry(entries[-1] if entries else None, at, event, about, dict(details))
        if key:
            entry = signed_entry(entry, key.sign(entry.signed_part))
        write_bytes(path, b"".join(map(log_line, (*entries, entry))))
    return entry
