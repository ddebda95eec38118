"""Private copies of the files that a run reads: each is opened once, and one that changes meanwhile is an error.

Whatever happens to the originals later, the run reads what it has a digest of.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from commonhold.digests import CHUNK_BYTES
from commonhold.errors import ChangedInputError, MissingInputError
from commonhold.files import space_needed
from commonhold.sheets.source import Source, SourceFolder

LOCK = ".lock"


class FileDigest(NamedTuple):
    """A file to the byte."""

    sha256: str
    bytes: int


class _Look(NamedTuple):
    """How a file looks without being opened; a link and what it leads to both count."""

    link: tuple[int, int, int]
    file: tuple[int, int, int, int]


class Snapshot:
    """A folder of copies, which goes with the object that holds it, or with the process at the latest.

    What a killed process left is removed when the next one starts.
    """

    def __init__(self, parent: Path) -> None:
        """`parent` is the folder that holds snapshots, each under a lock of its own."""
        parent.mkdir(parents=True, exist_ok=True)
        _remove_left_behind(parent)
        self._lock = _new_lock(parent)
        self.folder = Path(self._lock.name).with_suffix("")
        self.folder.mkdir(mode=0o700)
        self._close = weakref.finalize(self, _remove, self.folder, self._lock)
        self._looks: dict[Path, _Look] = {}

    def close(self) -> None:
        """Removes the copies."""
        self._close()

    def copy(self, source: Path, names: Sequence[str], to: str) -> dict[str, FileDigest]:
        """Copies files below `source` into the folder `to` of the snapshot; gives the digest of each, by its name.

        A name without a file is left out.

        Raises:
            MissingInputError: a file may not be read, or is something else than a file.
            ChangedInputError: a file changed since it was first looked at.
            NoSpaceError: the disk is full.
        """
        (self.folder / to).mkdir(parents=True, exist_ok=True)
        there = [name for name in dict.fromkeys(names) if (source / name).exists()]
        for name in there:
            self._looks.setdefault(source / name, _look(source / name))
        return {name: self._copied(source / name, self.folder / to / name) for name in there}

    def copy_folder(self, folder: Path, to: str) -> SourceFolder:
        """Copies everything in a folder, which goes by its own name still.

        Raises:
            CommonholdError: as `copy`.
        """
        names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
        self.copy(folder, names, to)
        return SourceFolder(self.folder / to, folder)

    def copy_file(self, path: Path) -> Source:
        """Copies one file, which goes by its own name still; one that is not there is missed by whoever reads it.

        Raises:
            CommonholdError: as `copy`.
        """
        to = f"files/{len(self._looks)}"
        self.copy(path.parent, [path.name], to)
        return Source(self.folder / to / path.name, str(path))

    def refuse_changes(self) -> None:
        """Makes sure that all the files were as they are now when each was first looked at.

        Raises:
            ChangedInputError: with the names of those that were not.
        """
        changed = [path for path, look in self._looks.items() if not _is_still(path, look)]
        if changed:
            raise ChangedInputError(_changed(changed))

    def _copied(self, source: Path, target: Path) -> FileDigest:
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with space_needed(target), _opened(source, self._looks[source]) as stream, target.open("xb") as copy:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                copy.write(chunk)
                size += len(chunk)
        return FileDigest(digest.hexdigest(), size)


@contextlib.contextmanager
def read_once() -> Iterator[Snapshot]:
    """A snapshot for a command that keeps nothing; its copies go after the block.

    Raises:
        ChangedInputError: a file changed until the block's end.
    """
    snapshot = Snapshot(Path(tempfile.mkdtemp(prefix="commonhold-")))
    try:
        yield snapshot
        snapshot.refuse_changes()
    finally:
        snapshot.close()


def _opened(path: Path, look: _Look) -> IO[bytes]:
    """The file that was looked at, and no other that replaced it since."""
    try:
        stream = path.open("rb")
    except PermissionError as error:
        raise MissingInputError(f"{path}: cannot be read ({error.strerror}). Check who may read the file") from error
    except OSError as error:
        raise ChangedInputError(_changed([path])) from error
    if _of(os.fstat(stream.fileno())) != look.file:
        stream.close()
        raise ChangedInputError(_changed([path]))
    return stream


def _look(path: Path) -> _Look:
    link, file = path.lstat(), path.stat()
    if not stat.S_ISREG(file.st_mode):
        raise MissingInputError(f"{path}: this is not a file. Name a file, or remove it")
    return _Look((link.st_dev, link.st_ino, link.st_mtime_ns), _of(file))


def _of(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _is_still(path: Path, look: _Look) -> bool:
    try:
        return _look(path) == look
    except (OSError, MissingInputError):
        return False


def _changed(paths: Sequence[Path]) -> str:
    named = ", ".join(map(str, paths))
    return f"{named}: changed while it was read. Nothing was done; run the same command again when nobody writes to it"


def _new_lock(parent: Path) -> IO[bytes]:
    """A locked file with a name of its own, whose name without the ending is free for a folder."""
    while True:
        stream = tempfile.NamedTemporaryFile(dir=parent, prefix="read-", suffix=LOCK, delete=False)  # noqa: SIM115
        fcntl.flock(stream, fcntl.LOCK_EX)
        if Path(stream.name).exists():  # else another process took it, just before, for one that was left behind
            return stream
        stream.close()


def _remove_left_behind(parent: Path) -> None:
    for path in parent.glob(f"*{LOCK}"):
        with contextlib.suppress(OSError), path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path.with_suffix(""), ignore_errors=True)
            path.unlink(missing_ok=True)


def _remove(folder: Path, lock: IO[bytes]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    Path(lock.name).unlink(missing_ok=True)
    lock.close()
    for parent in (folder.parent, folder.parent.parent):  # a check leaves no workspace where none was
        with contextlib.suppress(OSError):
            parent.rmdir()
