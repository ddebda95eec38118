"""What may come out of an archive: plain files with plain names, and no bomb.

Python's own extractors are not used: they follow the archive's word on links, owners and sizes, and several of their
guards were found to be passable (CVE-2025-4138, -4330, -4517). Nothing is taken from the archive but names and bytes.
"""

from pathlib import Path
from typing import NamedTuple, Protocol

from commonhold.publish.verification.names import shown, trouble_with_name, troubles_between

MOST_MEMBERS = 2_000
MOST_UNPACKED_BYTES = 64 << 30
MOST_RATIO = 200
"""How many bytes may come out of one; weights hardly shrink, and text rarely below a tenth."""
FREE_BYTES = 16 << 20
"""What may come out whatever the ratio."""
UNPACKED_AT_ONCE = 1 << 20


class Member(NamedTuple):
    """One file in an archive."""

    name: str
    bytes: int


class Readable(Protocol):
    """Bytes that come one after another."""

    def read(self, count: int, /) -> bytes:
        """The next bytes, at most so many; none at the end."""
        ...


class HostileArchiveError(ValueError):
    """An archive with something in it that no bundle has."""


class Unpacking:
    """Writes members below a folder, and stops as soon as there is too much of anything."""

    def __init__(self, folder: Path, archive_bytes: int) -> None:
        self.folder = folder
        self.most = min(MOST_UNPACKED_BYTES, max(FREE_BYTES, MOST_RATIO * archive_bytes))
        self.names: set[str] = set()

    def check(self, name: str) -> None:
        """Refuses a name before anything is made with it."""
        if trouble := trouble_with_name(name):
            raise HostileArchiveError(f"{shown(name)}: {trouble}")
        if name in self.names:
            raise HostileArchiveError(f"{shown(name)}: is in the archive twice")
        self.names.add(name)
        if len(self.names) > MOST_MEMBERS:
            raise HostileArchiveError(f"there are more than {MOST_MEMBERS:,} files in the archive")

    def write(self, member: Member, source: Readable) -> None:
        """Writes one file, exactly as many bytes as the archive says that it has."""
        self.check(member.name)
        if member.bytes > self.most:
            raise HostileArchiveError(
                f"{shown(member.name)}: what comes out of the archive is more than {MOST_RATIO} times its size"
            )
        self.most -= member.bytes
        path = self.folder / member.name
        left = member.bytes
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                while left and (chunk := source.read(min(UNPACKED_AT_ONCE, left))):
                    out.write(chunk)
                    left -= len(chunk)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise HostileArchiveError(f"{shown(member.name)}: is in the way of another file of the archive") from error
        if left or source.read(1) != b"":
            raise HostileArchiveError(f"{shown(member.name)}: has not as many bytes as the archive says")

    def finish(self) -> None:
        """What can be said only of all names together."""
        for name, trouble in troubles_between(sorted(self.names)):
            raise HostileArchiveError(f"{shown(name)}: {trouble}")
