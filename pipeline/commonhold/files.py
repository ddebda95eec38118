"""Files that are either whole or absent: atomic writes, folders renamed into place, locks, JSON lines."""

import contextlib
import errno
import fcntl
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from commonhold.errors import BusyError, NoSpaceError

FULL = (errno.ENOSPC, errno.EDQUOT)
TORCH_WRITER = "inline_container.cc"
"""Where torch's errors on writing a file come from; they do not say why."""
PROBE_BYTES = 1 << 20


@contextlib.contextmanager
def space_needed(path: Path) -> Iterator[None]:
    """Turns 'no space left' and 'quota exceeded', also as safetensors and torch say it, into one message.

    Raises:
        NoSpaceError: the disk that holds `path` is full.
    """
    try:
        yield
    except Exception as error:
        if _says_full(error) or (TORCH_WRITER in str(error) and _is_full(path)):
            raise NoSpaceError(
                f"{path}: the disk is full; nothing that was finished is lost. "
                "Free some space (commonhold clean shows what can go) and run the same command again"
            ) from error
        raise


def _says_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL
    return any(f"(os error {number})" in str(error) for number in FULL)  # how safetensors says it


def _is_full(path: Path) -> bool:
    folder = next(parent for parent in (path, *path.parents) if parent.is_dir())
    try:
        with tempfile.TemporaryFile(dir=folder) as stream:
            stream.write(bytes(PROBE_BYTES))
    except OSError as error:
        return error.errno in FULL
    return False


def sync_folder(folder: Path) -> None:
    """Asks the disk to keep the names in `folder`, so that a rename survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Asks the disk to keep every file and name below `folder`."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as stream:
                os.fsync(stream.fileno())


def write_bytes(path: Path, data: bytes) -> None:
    """Writes a file so that a crash leaves the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    with space_needed(path):
        try:
            with temporary.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Writes UTF-8 text atomically, line ends as given."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Writes indented JSON with sorted keys, atomically; no NaN."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def read_json(path: Path) -> Any:
    """Reads one JSON value from a UTF-8 file."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_jsonl(path: Path, rows: Iterable[Any]) -> None:
    """Writes one JSON value a line, keys sorted, atomically."""
    lines = (json.dumps(row, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
    write_text(path, "".join(lines))


def read_jsonl(path: Path) -> list[Any]:
    """Reads one JSON value a line; blank lines are skipped."""
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def commit_folder(temporary: Path, final: Path) -> None:
    """Renames a finished folder into place in one step; every file and name in it is on the disk first.

    `final` must not exist or be a leftover to replace; the old one is moved aside first and removed last.
    """
    with space_needed(final):
        sync_tree(temporary)
        final.parent.mkdir(parents=True, exist_ok=True)
        old = final.with_name(f".{final.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if final.exists():
            final.rename(old)
        temporary.rename(final)
        sync_folder(final.parent)
        shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def locked(path: Path, doing: str) -> Iterator[None]:
    """Holds an exclusive lock file for a block; the operating system frees it when the process dies.

    Raises:
        BusyError: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.seek(0)
            holder = stream.read().strip() or "another process"
            raise BusyError(
                f"{path}: {holder} is at work here, so {doing} cannot start. "
                "Wait for it to end, or use another workspace: --workspace FOLDER"
            ) from error
        stream.seek(0)
        stream.truncate()
        stream.write(f"process {os.getpid()} ({doing})")
        stream.flush()
        yield
