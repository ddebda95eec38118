"""Zip archives: plain files, stored or deflated, each in its own bytes; every other kind is refused by name."""

import stat
import zipfile
from typing import IO

from commonhold.publish.verification.names import shown, trouble_with_name
from commonhold.publish.verification.unpacking import HostileArchiveError, Member, Unpacking

LOCAL_HEADER_BYTES = 30


def unpack_zip(stream: IO[bytes], unpacking: Unpacking) -> None:
    """Writes what a zip archive holds.

    Raises:
        HostileArchiveError: it is no zip archive, or holds what no bundle holds.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            _refuse_shared_bytes(members, archive.start_dir)
            for member in members:
                if _is_folder(member):
                    continue
                with archive.open(member) as source:
                    unpacking.write(Member(member.filename, member.file_size), source)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, HostileArchiveError):
            raise
        raise HostileArchiveError(f"the archive is damaged: {error}") from error


def _is_folder(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder; refuses what is neither folder nor plain file."""
    name = member.orig_filename
    if "\0" in name:
        raise HostileArchiveError(f"{shown(name)}: has a control character in its name")
    if trouble := trouble_with_name(name.rstrip("/") or name):
        raise HostileArchiveError(f"{shown(name)}: {trouble}")
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        kind = "is a link" if stat.S_ISLNK(mode) else "is a device or a pipe"
        raise HostileArchiveError(f"{shown(name)}: {kind}; a bundle holds files only")
    if member.flag_bits & 1:
        raise HostileArchiveError(f"{shown(name)}: is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise HostileArchiveError(f"{shown(name)}: is compressed in a way that is not read here")
    if name.endswith("/") and member.file_size:
        raise HostileArchiveError(f"{shown(name)}: is a folder with bytes of its own")
    return name.endswith("/")


def _refuse_shared_bytes(members: list[zipfile.ZipInfo], end: int) -> None:
    """Members that share their bytes make a bomb of a small archive."""
    offset = 0
    if members and min(member.header_offset for member in members) > 0:
        raise HostileArchiveError("there is something before the first file of the archive")
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < offset:
            raise HostileArchiveError(
                f"{shown(member.orig_filename)}: shares its bytes with another file of the archive"
            )
        offset = member.header_offset + LOCAL_HEADER_BYTES + len(member.orig_filename) + member.compress_size
    if offset > end:
        raise HostileArchiveError("the archive's list of files does not fit its bytes")
