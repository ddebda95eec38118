"""Tar archives read block by block (POSIX ustar and pax): plain files and folders; other kinds are refused by name."""

from typing import NamedTuple

from commonhold.publish.verification.names import shown, trouble_with_name
from commonhold.publish.verification.unpacking import HostileArchiveError, Member, Readable, Unpacking

BLOCK_BYTES = 512
MOST_PAX_BYTES = 64 << 10
MOST_PADDING_BYTES = 1 << 20
FILE_FLAGS, FOLDER_FLAG, PAX_FLAG = (b"0", b"\0"), b"5", b"x"
REFUSED_FLAGS = {
    b"1": "is a hard link; a bundle holds files only",
    b"2": "is a link; a bundle holds files only",
    b"3": "is a device (character); a bundle holds files only",
    b"4": "is a device (block); a bundle holds files only",
    b"6": "is a pipe; a bundle holds files only",
    b"S": "is a sparse file, which can be endless",
    b"L": "has its name in GNU's form; make the archive with: tar --format=pax",
    b"K": "has its link in GNU's form; a bundle holds files only",
    b"g": "is a note for the whole archive; make it with: tar --format=pax",
}
HARMLESS_PAX = frozenset({"path", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname"})


class _Limited:
    """So many bytes of a stream, and no more."""

    def __init__(self, stream: Readable, left: int) -> None:
        self.stream = stream
        self.left = left

    def read(self, count: int, /) -> bytes:
        data = self.stream.read(min(count, self.left))
        self.left -= len(data)
        return data


class _Head(NamedTuple):
    name: str
    size: int
    flag: bytes


def unpack_tar(stream: Readable, unpacking: Unpacking) -> None:
    """Writes what a tar archive holds.

    Raises:
        HostileArchiveError: it is no tar archive, or holds what no bundle holds.
    """
    long_name = ""
    while (block := stream.read(BLOCK_BYTES)) and block.strip(b"\0"):
        head = _head(block)
        if head.flag == PAX_FLAG:
            long_name = _pax_name(stream, head)
            continue
        name, long_name = (long_name or head.name).removeprefix("./"), ""
        if head.flag == FOLDER_FLAG:
            name = name.rstrip("/") or name
            if name and (trouble := trouble_with_name(name)):
                raise HostileArchiveError(f"{shown(name)}: {trouble}")
            if head.size:
                raise HostileArchiveError(f"{shown(name)}: is a folder with bytes of its own")
        elif head.flag in FILE_FLAGS:
            unpacking.write(Member(name, head.size), _Limited(stream, head.size))
            stream.read(-head.size % BLOCK_BYTES)
        else:
            trouble = REFUSED_FLAGS.get(head.flag, f"is of the unknown kind {head.flag!a}")
            raise HostileArchiveError(f"{shown(name)}: {trouble}")
    rest = stream.read(MOST_PADDING_BYTES)
    if rest.strip(b"\0") or len(rest) == MOST_PADDING_BYTES:
        raise HostileArchiveError("there is something behind the end of the archive")


def _head(block: bytes) -> _Head:
    if len(block) < BLOCK_BYTES:
        raise HostileArchiveError("this is no archive of a kind that is read here (.tar, .tar.gz, .zip)")
    total = sum(block) - sum(block[148:156]) + 8 * 32
    if block[148:156].strip(b" \0") not in (b"%o" % total, b"%06o" % total):
        raise HostileArchiveError("this is no archive of a kind that is read here (.tar, .tar.gz, .zip), or is damaged")
    prefix = _tar_text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    name = _tar_text(block[:100])
    return _Head(f"{prefix}/{name}" if prefix else name, _octal(block[124:136]), block[156:157])


def _octal(field: bytes) -> int:
    digits = field.strip(b" \0")
    if any(digit not in b"01234567" for digit in digits):
        raise HostileArchiveError("the archive has a size that is no number, or is over 8 GiB")
    return int(digits or b"0", 8)


def _tar_text(field: bytes) -> str:
    name = field.split(b"\0")[0]
    try:
        return name.decode()
    except UnicodeDecodeError as error:
        raise HostileArchiveError(f"{name!a}: has a name that is no text in UTF-8") from error


def _pax_name(stream: Readable, head: _Head) -> str:
    """The name that a pax header gives to the next file; all that changes what it is, is refused."""
    if head.size > MOST_PAX_BYTES:
        raise HostileArchiveError("a header of the archive is longer than 64 KiB")
    rest, name = stream.read(head.size), ""
    stream.read(-head.size % BLOCK_BYTES)
    while rest:
        length, _, record = rest.partition(b" ")
        count = int(length) if length.isdigit() and len(length) < 6 else 0
        key, _, value = record[: count - len(length) - 1].partition(b"=")
        if not len(length) + 3 < count <= len(rest) or not value.endswith(b"\n"):
            raise HostileArchiveError("a header of the archive is damaged")
        word = key.decode("ascii", "replace")
        if word not in HARMLESS_PAX:
            raise HostileArchiveError(f"a header of the archive changes {word[:40]!a}, which no bundle needs")
        if word == "path":
            name = _tar_text(value[:-1])
        rest = rest[count:]
    return name
