"""Bundles that somebody made to harm whoever checks or loads them; each a small change of a sound one.

The manifest is written anew after each, as somebody does who knows how bundles are checked.
"""

import json
import os
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

Spoil = Callable[[Path], object]


class Case(NamedTuple):
    """One hostile bundle."""

    name: str
    spoil: Spoil
    trouble: str
    """What the check says, word for word; every case has words of its own."""


def put(name: str, data: bytes | str) -> Spoil:
    """Writes a file."""

    def spoil(bundle: Path) -> None:
        path = bundle / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)

    return spoil


def weights(header: Any, data: bytes = b"", name: str = "merged/more.safetensors") -> Spoil:
    """Writes a safetensors file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return put(name, len(text).to_bytes(8, "little") + text + data)


def one(start: int = 0, end: int = 4, shape: Any = (1,), dtype: str = "F32", name: str = "w") -> dict[str, Any]:
    """A header with one tensor."""
    return {name: {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}}


def gguf(
    keys: list[bytes] | None = None, tensors: list[bytes] | None = None, data: bytes = b"", counts: bytes = b""
) -> Spoil:
    """Writes a GGUF file with any parts."""
    keys, tensors = keys or [], tensors or []
    head = b"GGUF" + struct.pack("<I", 3) + (counts or struct.pack("<QQ", len(tensors), len(keys)))
    body = head + b"".join(keys) + b"".join(tensors)
    return put("merged/model.gguf", body + bytes(-len(body) % 32) + data)


def word(text: str | bytes) -> bytes:
    """A GGUF string."""
    raw = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(raw)) + raw


def tensor(name: str = "w", shape: tuple[int, ...] = (8,), kind: int = 0, offset: int = 0) -> bytes:
    """A GGUF tensor's line."""
    return word(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def number(key: str, value: int = 1) -> bytes:
    """A GGUF key with a 32-bit number."""
    return word(key) + struct.pack("<II", 4, value)


def link(name: str, target: str) -> Spoil:
    def spoil(bundle: Path) -> None:
        (bundle / name).symlink_to(target)

    return spoil


def change_json(name: str, change: Callable[[Any], object]) -> Spoil:
    """Changes a JSON file, keeping its form canonical."""

    def spoil(bundle: Path) -> None:
        value = json.loads((bundle / name).read_bytes())
        change(value)
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        (bundle / name).write_text(text, encoding="utf-8")

    return spoil


def listen(bundle: Path) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        # A socket's path may have 108 bytes at most, and a test's folder has more.
        here = os.open(bundle, os.O_RDONLY)
        try:
            door.bind(f"/proc/self/fd/{here}/door.json")
        finally:
            os.close(here)


def many(bundle: Path) -> None:
    (bundle / "many").mkdir()
    for count in range(2_001):
        (bundle / f"many/{count}.txt").touch()


def folders(bundle: Path) -> None:
    for count in range(4_001):
        (bundle / f"f{count}").mkdir()


def sparse(bundle: Path) -> None:
    """A terabyte that takes no room; hashing it would take half an hour."""
    with (bundle / "training/log.jsonl").open("r+b") as stream:
        stream.truncate(1 << 40)


NAN, INFINITY = struct.pack("<f", float("nan")), struct.pack("<f", float("inf"))
TWICE = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
ARRAY_OF = struct.pack("<I", 9)


def names() -> Iterator[Case]:
    """Names that lead elsewhere, hide, or look like others."""
    yield Case("hidden file", put(".env.json", "{}"), ".env.json: is hidden")
    yield Case("hidden folder", put(".git/config.txt", "x"), ".git: is hidden")
    yield Case("space", put("a b.txt", "x"), "a b.txt: has a name outside letters, digits, dot, hyphen and underscore")
    yield Case("cyrillic a", put("\u0430dapter.txt", "x"), "'\\u0430dapter.txt': has a name outside")
    yield Case("decomposed", put("cafe\u0301.txt", "x"), "'cafe\\u0301.txt': has a name outside")
    yield Case("right to left", put("a\u202etxt.json", "{}"), "'a\\u202etxt.json': has a name outside")
    yield Case("zero width", put("README\u200b.md", "x"), "'README\\u200b.md': has a name outside")
    yield Case("terminal", put("a\x1b[2J.txt", "x"), "'a\\x1b[2J.txt': has a control character in its name")
    yield Case("line end", put("a\nb.txt", "x"), "'a\\nb.txt': has a control character in its name")
    yield Case("backslash", put("a\\b.txt", "x"), "a\\b.txt: has a backslash in its name")
    yield Case("drive", put("C:x.txt", "x"), "C:x.txt: is an absolute path")
    yield Case("ending dot", put("report.", "x"), "report.: has a name that ends with a dot")
    yield Case("device", put("data/NUL.txt", "x"), "data/NUL.txt: has the name of a device on Windows")
    yield Case("device 2", put("com1.json", "{}"), "com1.json: has the name of a device on Windows")
    yield Case("capitals", put("ReadMe.md", "x"), "ReadMe.md: differs from 'README.md' in capitals only")
    yield Case("folder capitals", put("Data/x.txt", "x"), "differs from 'Data' in capitals only")
    yield Case("deep", put("/".join("abcdefghij") + "/x.txt", "x"), "or in more than 8 folders")
    yield Case("long", put("x" * 241, "x"), "has a name outside letters, digits, dot, hyphen and underscore")


def kinds() -> Iterator[Case]:
    """Files that are not what they are called, or have no place in a bundle."""
    yield Case(
        "link out", link("data/passwd.txt", "/etc/passwd"), "data/passwd.txt: is a link; a bundle holds files only"
    )
    yield Case("link in", link("again.json", "record.json"), "again.json: is a link; a bundle holds files only")
    yield Case("folder link", link("more", "/"), "more: is a link; a bundle holds files only")
    yield Case("dead link", link("dead.txt", "nowhere"), "dead.txt: is a link; a bundle holds files only")
    yield Case("pipe", lambda bundle: os.mkfifo(bundle / "pipe.json"), "pipe.json: is no plain file")
    yield Case("socket", listen, "door.json: is no plain file")
    yield Case("empty folder", lambda bundle: (bundle / "merged/void").mkdir(), "merged/void: is an empty folder")
    yield Case("too many folders", folders, "there are more than 4,000 files and folders")
    yield Case("too many", many, "files, and 2,000 are the most")
    yield Case(
        "pickle", put("adapter/adapter_model.bin", b"\x80\x04\x95"), "adapter/adapter_model.bin: is a Python pickle"
    )
    yield Case("pickle as json", put("a.json", b"\x80\x04\x95\0"), "a.json: is a Python pickle")
    yield Case("pickle as weights", put("b.safetensors", b"\x80\x02}q\0."), "b.safetensors: is a Python pickle")
    yield Case("zip as text", put("c.txt", b"PK\x03\x04"), "c.txt: is a zip archive")
    yield Case("torch file", put("model.pt", b"PK\x03\x04"), "model.pt: is a zip archive")
    yield Case("gzip", put("data/rows.jsonl.gz", b"\x1f\x8b\x08"), "data/rows.jsonl.gz: is a gzip archive")
    yield Case("7z", put("x.md", b"7z\xbc\xaf\x27\x1c"), "x.md: is a 7z archive")
    yield Case("elf", put("d.txt", b"\x7fELF\x02"), "d.txt: is a program")
    yield Case("windows program", put("e.txt", "MZ\x90"), "e.txt: is a program")
    yield Case("script", put("run.txt", "#!/bin/sh\n"), "run.txt: is a program")
    yield Case("numpy", put("f.npy", b"\x93NUMPY\x01"), "f.npy: is a numpy file, which may hold a pickle")
    yield Case("hdf5", put("g.h5", b"\x89HDF\r\n"), "g.h5: is an HDF5 file, which may hold a pickle")
    yield Case("python", put("modeling.py", "import os"), "modeling.py: files of this kind are not allowed")
    yield Case("no suffix", put("Makefile", "all:"), "Makefile: files of this kind are not allowed")
    yield Case("latin-1", put("h.md", b"caf\xe9"), "h.md: is not text in UTF-8")
    yield Case("cut character", put("i.md", b"caf\xc3"), "i.md: is not text in UTF-8")
    yield Case("zero byte", put("j.md", "a\0b"), "j.md: holds a zero byte, which text does not")
    yield Case("script page", put("k.html", "<p><SCRIPT>x</SCRIPT>"), "k.html: is a page with <script>")
    yield Case("frame page", put("l.html", "<iframe srcdoc=x>"), "l.html: is a page with <iframe>")
    yield Case("handler page", put("m.html", "<svg OnLoad=alert(1)>"), "m.html: is a page with the attribute 'onload'")
    yield Case(
        "beacon page", put("n.html", "<img src='http://x.example/'>"), "n.html: is a page that loads or leads to"
    )
    yield Case("script link", put("o.html", "<a href='java\tscript:x'>"), "leads to 'javascript:x'")
    yield Case(
        "moving page", put("p.html", '<meta http-equiv=Refresh content="0">'), "p.html: is a page that leads to another"
    )


def json_files() -> Iterator[Case]:
    """JSON that two readers take differently, or that costs too much, or that asks for code."""
    yield Case("key twice", put("a.json", '{"r":1,"r":2}'), "a.json: has the key 'r' twice")
    yield Case("deep json", put("b.json", "[" * 65 + "]" * 65), "b.json: is nested more than 64 levels deep")
    yield Case("bottomless", put("c.json", "[" * 99_999), "c.json: is nested more than 64 levels deep")
    yield Case("long number", put("d.json", "9" * 5000), "d.json: holds a number of 5,000 characters")
    yield Case("large number", put("e.json", "1e400"), "e.json: holds the number 1e400")
    yield Case("nan json", put("f.json", "[NaN]"), "f.json: holds NaN")
    yield Case("half character", put("g.json", '"\\ud800"'), "g.json: holds half a character")
    yield Case("no json", put("h.json", "hello"), "h.json: is not JSON")
    yield Case("bad line", put("i.jsonl", '{}\n{"a":1,"a":1}\n'), "i.jsonl: line 2 has the key 'a' twice")
    yield Case(
        "many lists", put("j.json", "[" + "[]," * 2_000_001 + "1]"), "j.json: is larger than any JSON here has to be"
    )
    code = {"auto_map": {"AutoModel": "modeling.Evil"}}
    yield Case(
        "auto_map", put("merged/config.json", json.dumps(code)), "merged/config.json: asks for code from elsewhere"
    )
    mapping = {"auto_mapping": {"parent_library": "os"}}
    yield Case("auto_mapping", put("adapter/adapter_config.json", json.dumps(mapping)), "elsewhere (auto_mapping)")
    trusting = {"trust_remote_code": True}
    yield Case("trusting", put("merged/tokenizer_config.json", json.dumps(trusting)), "elsewhere (trust_remote_code)")


def safetensors_files() -> Iterator[Case]:
    """Weights whose header lies, or whose numbers are none."""
    yield Case("tensor twice", weights(TWICE, bytes(4)), "the header has the key 'w' twice")
    yield Case(
        "huge header",
        put("a.safetensors", (1 << 60).to_bytes(8, "little") + b"{}"),
        "a.safetensors: is not a safetensors file: the header is longer",
    )
    yield Case("overlap", weights({**one(), **one(2, 6, name="v")}, bytes(6)), "overlap before the tensor 'v'")
    yield Case("hole", weights(one(4, 8), bytes(8)), "overlap before the tensor 'w'")
    yield Case("trailing", weights(one(), bytes(5)), "there are bytes that belong to no tensor")
    yield Case("lying shape", weights(one(shape=[2]), bytes(4)), "has not as many bytes as its shape asks for")
    yield Case(
        "overflow", weights(one(shape=[1 << 62, 4]), bytes(4)), "'w' has not as many bytes as its shape asks for"
    )
    yield Case("negative", weights(one(shape=[-1]), bytes(4)), "has a size or offset that is no whole number")
    yield Case("many sides", weights(one(shape=[1] * 9), bytes(4)), "has more than 8 sides")
    yield Case("objects", weights(one(dtype="O"), bytes(4)), "is not described by a known type")
    yield Case(
        "path name", weights(one(name="../../etc/x"), bytes(4)), "the tensor '../../etc/x' has a name like a path"
    )
    yield Case("odd name", weights(one(name="w\u202e"), bytes(4)), "has a name that is empty, too long, or not plain")
    yield Case("long name", weights(one(name="w" * 257), bytes(4)), f"the tensor '{'w' * 60}' has a name that is empty")
    yield Case("nan", weights(one(), NAN), "holds a number that is none (NaN or infinite) in the tensor 'w'")
    yield Case("infinity", weights(one(name="v"), INFINITY), "(NaN or infinite) in the tensor 'v'")
    yield Case(
        "half nan", weights(one(0, 2, dtype="F16", name="h"), b"\x01\xfc"), "(NaN or infinite) in the tensor 'h'"
    )
    yield Case(
        "brain nan", weights(one(0, 2, dtype="BF16", name="b"), b"\x80\xff"), "(NaN or infinite) in the tensor 'b'"
    )
    metadata = {"__metadata__": {"x": "y" * 70_000}, **one()}
    yield Case("metadata", weights(metadata, bytes(4)), "metadata is longer than 64 KiB")
    yield Case(
        "metadata kind", weights({"__metadata__": {"x": {}}, **one()}, bytes(4)), "metadata is not pairs of short texts"
    )
    yield Case("list header", weights(b"[]"), "the header is not a JSON object")


def gguf_files() -> Iterator[Case]:
    """GGUF files whose lengths lie."""
    yield Case("no gguf", put("merged/model.gguf", b"GGML" + bytes(60)), "it does not begin as GGUF version 3 does")
    yield Case(
        "endless counts", gguf(counts=struct.pack("<QQ", 1 << 60, 1)), f"keys and {1 << 60} tensors, which no model has"
    )
    yield Case("long key", gguf([struct.pack("<Q", 1 << 40)]), "it has a text of 1,099,511,627,776 bytes")
    yield Case("cut gguf", gguf([struct.pack("<Q", 200) + b"abc"]), "it ends before its header does")
    lists = [word("t") + ARRAY_OF + struct.pack("<IQ", 8, 1 << 40)]
    yield Case("endless list", gguf(lists), "its lists have more items than any vocabulary")
    nested = [word("t") + ARRAY_OF + struct.pack("<IQIQ", 9, 1, 9, 1)]
    yield Case("nested lists", gguf(nested), "it has a value of the unknown type 9")
    yield Case("gguf key twice", gguf([number("a"), number("a")]), "a key is in it twice")
    yield Case("gguf alignment", gguf([number("general.alignment", 1)]), "it has an alignment of its own")
    yield Case(
        "gguf overlap", gguf(tensors=[tensor("a"), tensor("b")], data=bytes(32)), "overlap before the tensor 'b'"
    )
    yield Case("gguf type", gguf(tensors=[tensor(kind=99)], data=bytes(32)), "is of the unknown type 99")
    yield Case("gguf sides", gguf(tensors=[tensor(shape=(1,) * 5)], data=bytes(32)), "or not one to four sides")
    yield Case(
        "gguf block", gguf(tensors=[tensor(shape=(7,), kind=8)], data=bytes(34)), "has a side that its type cannot have"
    )
    yield Case("gguf end", gguf(tensors=[tensor()], data=bytes(100)), "its tensors do not end where the file ends")


def forged() -> Iterator[Case]:
    """Records that name what is not there, and files that are not what the record says."""

    def outside(record: Any) -> None:
        record["evaluation"]["report_md"]["path"] = "../../../etc/passwd"

    yield Case(
        "record leads out",
        change_json("record.json", outside),
        "../../../etc/passwd: is not the file that the record names",
    )
    yield Case("unnamed", put("merged/more.json", "{}"), "merged/more.json: is not the file that the record names")
    yield Case("terabyte", sparse, "training/log.jsonl: has 1,099,511,627,776 bytes, but the manifest says")
    base = lambda record: record["base"].update(sha256="0" * 64)  # noqa: E731 - one change, one line
    yield Case("other base", change_json("record.json", base), "record.json base: its digest is not the one")
    other = lambda record: record["outputs"]["adapter"].update(tensors_sha256="0" * 64)  # noqa: E731
    yield Case("other tensors", change_json("record.json", other), "its tensors are not those that the record names")
    yield Case(
        "record twice",
        put("record.json", '{"record_version":1,"record_version":2}'),
        "record.json: not readable as JSON: it has the key 'record_version' twice",
    )
    yield Case("spaced record", put("record.json", '{"record_version": 1}'), "record.json: not canonical JSON")
    yield Case("no record", put("record.json", "[]"), "record.json: no record")


FOLDERS = (*names(), *kinds(), *json_files(), *safetensors_files(), *gguf_files(), *forged())
KEEPS_MANIFEST = frozenset({"terabyte", "too many", "too many folders"})
"""Cases whose manifest stays as it was."""
