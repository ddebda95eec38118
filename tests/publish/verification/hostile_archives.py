"""Archives that somebody made to write elsewhere, to fill the disk, or to hide something."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from typing import NamedTuple

Make = Callable[[], bytes]


class ArchiveCase(NamedTuple):
    """One hostile archive."""

    name: str
    make: Make
    trouble: str


def tar(*members: tuple[str, bytes, bytes], size: int | None = None) -> Make:
    """A tar archive of names, kinds and contents, as no tool would write it."""

    def make() -> bytes:
        out = b""
        for name, kind, data in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.size = len(data) if size is None else size
            info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            out += info.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % 512)
        return out + bytes(1024)

    return make


def pax(records: bytes) -> Make:
    """A tar archive whose second header changes what the next file is."""
    plain = tar(("x.txt", tarfile.REGTYPE, b"x"))
    return lambda: tar(("h", tarfile.XHDTYPE, records))()[:-1024] + plain()


def record(text: str) -> bytes:
    """A pax record with its own length in front."""
    length = len(text) + 3
    while len(f"{length} {text}\n") != length:
        length += 1
    return f"{length} {text}\n".encode()


def zipped(*members: tuple[str, bytes, int], method: int = zipfile.ZIP_DEFLATED) -> Make:
    """A zip archive of names, contents and Unix modes."""

    def make() -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, data, mode in members:
                info = zipfile.ZipInfo("x" * len(name))
                info.filename = name
                info.external_attr = mode << 16
                info.compress_type = method
                archive.writestr(info, data)
        return out.getvalue()

    return make


def patched(make: Make, old: bytes, new: bytes) -> Make:
    """The archive with some bytes exchanged for as many others."""

    def patch() -> bytes:
        data = make()
        assert old in data
        return data.replace(old, new)

    return patch


PLAIN = stat.S_IFREG | 0o644


def shared() -> bytes:
    """Two names for the same bytes: the trick by which 42 kB become 5 GB."""
    data = zipped(("a.txt", bytes(5000), PLAIN))()
    start = data.index(b"PK\x01\x02")
    directory, end = data[start : data.index(b"PK\x05\x06")], data[data.index(b"PK\x05\x06") :]
    counts = struct.pack("<HHII", 2, 2, 2 * len(directory), start)
    return data[:start] + directory + directory.replace(b"a.txt", b"b.txt") + end[:8] + counts + end[20:]


def locked() -> bytes:
    data = bytearray(zipped(("a.txt", b"x", PLAIN))())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def kinds_of_tar() -> Iterator[ArchiveCase]:
    """Kinds that no bundle has."""
    for name, kind, trouble in (
        ("tar link", tarfile.SYMTYPE, "a.txt: is a link; a bundle holds files only"),
        ("tar hard link", tarfile.LNKTYPE, "a.txt: is a hard link"),
        ("tar device", tarfile.CHRTYPE, "a.txt: is a device (character)"),
        ("tar disk", tarfile.BLKTYPE, "a.txt: is a device (block)"),
        ("tar pipe", tarfile.FIFOTYPE, "a.txt: is a pipe"),
        ("tar sparse", tarfile.GNUTYPE_SPARSE, "a.txt: is a sparse file, which can be endless"),
        ("tar gnu name", tarfile.GNUTYPE_LONGNAME, "a.txt: has its name in GNU's form"),
        ("tar gnu link", tarfile.GNUTYPE_LONGLINK, "a.txt: has its link in GNU's form"),
        ("tar note", tarfile.XGLTYPE, "a.txt: is a note for the whole archive"),
        ("tar unknown", b"Z", "a.txt: is of the unknown kind b'Z'"),
    ):
        yield ArchiveCase(name, tar(("a.txt", kind, b"")), trouble)


def tars() -> Iterator[ArchiveCase]:
    """Names, sizes and headers that lie."""
    plain, text = tarfile.REGTYPE, b"x"
    yield ArchiveCase(
        "tar out", tar(("../../a.txt", plain, text)), "../../a.txt: has a path that leads out of the bundle"
    )
    yield ArchiveCase("tar absolute", tar(("/etc/cron.txt", plain, text)), "/etc/cron.txt: is an absolute path")
    yield ArchiveCase("tar folder out", tar(("../up", tarfile.DIRTYPE, b"")), "../up: has a path that leads out")
    yield ArchiveCase("tar hidden", tar((".ssh/keys.txt", plain, text)), ".ssh/keys.txt: is hidden")
    yield ArchiveCase("tar twice", tar(*[("b.txt", plain, text)] * 2), "b.txt: is in the archive twice")
    both = (("c.txt", plain, text), ("C.txt", plain, text))
    yield ArchiveCase("tar capitals", tar(*both), "c.txt: differs from 'C.txt' in capitals only")
    under = (("d.txt", plain, text), ("d.txt/e.txt", plain, text))
    yield ArchiveCase("tar in the way", tar(*under), "d.txt/e.txt: is in the way of another file")
    yield ArchiveCase("tar cut", lambda: tar(("f.txt", plain, b"x" * 999))()[:700], "f.txt: has not as many bytes")
    yield ArchiveCase("tar behind", lambda: tar(("g.txt", plain, text))() + b"more", "something behind the end")
    big = tar(("h.txt", plain, b""), size=1 << 32)
    yield ArchiveCase("tar bomb", big, "h.txt: what comes out of the archive is more than 200 times its size")
    bomb = tar(("i.txt", plain, bytes(17 << 20)))
    yield ArchiveCase(
        "gzip bomb", lambda: gzip.compress(bomb(), 9), "i.txt: what comes out of the archive is more than 200"
    )
    yield ArchiveCase("pax size", pax(record("size=99999999999")), "a header of the archive changes 'size'")
    yield ArchiveCase("pax sparse", pax(record("GNU.sparse.major=1")), "changes 'GNU.sparse.major'")
    yield ArchiveCase("pax out", pax(record("path=../j.txt")), "../j.txt: has a path that leads out of the bundle")
    yield ArchiveCase("pax damaged", pax(b"999 path=x\n"), "a header of the archive is damaged")
    yield ArchiveCase("pax long", pax(record("path=" + "k" * 70_000)), "a header of the archive is longer than 64 KiB")
    yield ArchiveCase("no archive", lambda: b"hello" * 300, "this is no archive of a kind that is read here")
    yield ArchiveCase("pickle archive", lambda: b"\x80\x04\x95" + bytes(600), "is no archive of a kind that is read")
    yield ArchiveCase("gzip damaged", lambda: gzip.compress(b"x")[:-9], "the archive is damaged")


def zips() -> Iterator[ArchiveCase]:
    """The same of zip archives."""
    text = b"x"
    link = stat.S_IFLNK | 0o777
    yield ArchiveCase(
        "zip link", zipped(("l.txt", b"/etc/passwd", link)), "l.txt: is a link; a bundle holds files only"
    )
    device = stat.S_IFCHR | 0o644
    yield ArchiveCase("zip device", zipped(("m.txt", b"", device)), "m.txt: is a device or a pipe")
    yield ArchiveCase("zip out", zipped(("../n.txt", text, PLAIN)), "../n.txt: has a path that leads out of the bundle")
    yield ArchiveCase("zip absolute", zipped(("/o.txt", text, PLAIN)), "/o.txt: is an absolute path")
    yield ArchiveCase("zip drive", zipped(("C:/p.txt", text, PLAIN)), "C:/p.txt: is an absolute path")
    yield ArchiveCase("zip backslash", zipped(("..\\q.txt", text, PLAIN)), "..\\q.txt: has a backslash in its name")
    nul = patched(zipped(("r_.txt", text, PLAIN)), b"r_.txt", b"r\0.txt")
    yield ArchiveCase("zip zero", nul, "'r\\x00.txt': has a control character in its name")
    twice = patched(zipped(("s.txt", text, PLAIN), ("S.txt", text, PLAIN)), b"S.txt", b"s.txt")
    yield ArchiveCase("zip twice", twice, "s.txt: is in the archive twice")
    yield ArchiveCase("zip shared", shared, "b.txt: shares its bytes with another file of the archive")
    yield ArchiveCase("zip locked", locked, "a.txt: is encrypted")
    packed = zipped(("t.txt", text, PLAIN), method=zipfile.ZIP_BZIP2)
    yield ArchiveCase("zip bzip2", packed, "t.txt: is compressed in a way that is not read here")
    huge = zipped(("u.txt", bytes(17 << 20), PLAIN))
    yield ArchiveCase("zip bomb", huge, "u.txt: what comes out of the archive is more than 200 times its size")
    full = zipped(("v/", text, stat.S_IFDIR | 0o755))
    yield ArchiveCase("zip full folder", full, "v/: is a folder with bytes of its own")
    renamed = patched(zipped(("w.txt", text, PLAIN)), b"PK\x03\x04", b"PK\x03\x04")
    yield ArchiveCase("zip two names", lambda: renamed().replace(b"w.txt", b"W.txt", 1), "the archive is damaged")
    damaged = zipped(("x.txt", b"abcdefgh" * 9, PLAIN), method=zipfile.ZIP_STORED)
    yield ArchiveCase("zip checksum", lambda: damaged().replace(b"abcd", b"ABCD", 1), "damaged: Bad CRC-32")
    yield ArchiveCase("zip in front", in_front, "there is something before the first file of the archive")


def in_front() -> bytes:
    """A zip behind another zip's beginning: two tools see two archives."""
    return b"PK\x03\x04" + bytes(40) + zipped(("y.txt", b"x", PLAIN))()


ARCHIVES = (*kinds_of_tar(), *tars(), *zips())
