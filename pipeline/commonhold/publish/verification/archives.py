"""A .zip, .tar or .tar.gz put into an empty folder of its own, looked at there, and removed."""

import contextlib
import gzip
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from commonhold.publish.verification.tar_members import unpack_tar
from commonhold.publish.verification.unpacking import HostileArchiveError, Unpacking
from commonhold.publish.verification.zip_members import unpack_zip


@contextlib.contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """The folder with what an archive holds, for the length of a block; nobody else can look into it.

    Raises:
        HostileArchiveError: it is no archive of a known kind, or holds what no bundle holds.
        OSError: the disk is full, or the archive may not be read.
    """
    with tempfile.TemporaryDirectory(prefix="commonhold-verify-") as made, archive.open("rb") as stream:
        unpacking = Unpacking(Path(made), archive.stat().st_size)
        head = stream.read(4)
        stream.seek(0)
        try:
            if head == b"PK\x03\x04":
                unpack_zip(stream, unpacking)
            elif head[:2] == b"\x1f\x8b":
                with gzip.GzipFile(fileobj=stream) as plain:
                    unpack_tar(plain, unpacking)
            else:
                unpack_tar(stream, unpacking)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise HostileArchiveError(f"the archive is damaged: {error}") from error
        unpacking.finish()
        yield Path(made)


def only_folder(folder: Path) -> Path:
    """The folder inside, where an archive holds one folder and nothing else."""
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and inside[0].name != "bundle" else folder
