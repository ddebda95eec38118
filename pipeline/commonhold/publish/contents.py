"""What a bundle may hold: weights as safetensors, and text. All else is refused, not scanned and let pass."""

import codecs
import hashlib
import os
import re
import stat
from pathlib import Path
from typing import NamedTuple

from commonhold.digests import CHUNK_BYTES
from commonhold.publish.tensors import read_header

WEIGHTS = ".safetensors"
GGUF, GGUF_MAGIC = ".gguf", b"GGUF"
TEXTS = frozenset({".json", ".jsonl", ".md", ".html", ".yaml", ".jinja", ".txt", ".patch"})
TEXTS_WITHOUT_SUFFIX = frozenset({"Modelfile"})
MAGIC = {
    b"\x80": "a Python pickle, which executes what it reads",
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"PK\x07\x08": "a zip archive",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}
PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,199})*")
"""No dot at the beginning, no space, no letter that two systems write in two ways."""


class Seen(NamedTuple):
    """One file as it lies on the disk."""

    sha256: str
    bytes: int


class Contents(NamedTuple):
    """A folder, looked at without trust."""

    files: dict[str, Seen]
    """By POSIX path, sorted; links and special files are not among them."""
    problems: list[str]
    """What must not be there."""


def look_through(folder: Path) -> Contents:
    """Every file below a folder, hidden ones too, with digest and size; and all that has no place in a bundle.

    Raises:
        OSError: a file or folder may not be read.
    """
    files: dict[str, Seen] = {}
    problems: list[str] = []
    spelt: dict[str, str] = {}
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        shown = name if PLAIN_NAME.fullmatch(name) else ascii(name)
        if path.is_symlink():
            problems.append(f"{shown}: is a link; a bundle holds files only")
        elif not stat.S_ISREG(path.lstat().st_mode):
            problems.append(f"{shown}: is no plain file")
        else:
            twin = spelt.setdefault(name.casefold(), name)
            if twin != name:
                problems.append(f"{shown}: differs from {twin!a} in capitals only")
            if shown != name:
                problems.append(f"{shown}: has a name outside letters, digits, dot, hyphen and underscore")
            files[name], trouble = _look_at(path)
            problems += [f"{shown}: {trouble}"] if trouble else []
    return Contents(files, problems)


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for above, folders, names in os.walk(folder, onerror=_unreadable):
        # A link to a folder stands among the folders and would be passed over.
        links = [name for name in folders if (Path(above) / name).is_symlink()]
        found += [Path(above) / name for name in (*names, *links)]
    return sorted(found)


def _unreadable(error: OSError) -> None:
    raise error


def _look_at(path: Path) -> tuple[Seen, str]:
    """Digest and size of a file in one reading, and what is wrong with its kind."""
    suffix = ".txt" if path.name in TEXTS_WITHOUT_SUFFIX else path.suffix
    digest, size, head = hashlib.sha256(), 0, b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    trouble = ""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            head = head or chunk[:8]
            digest.update(chunk)
            size += len(chunk)
            if suffix in TEXTS and not trouble:
                trouble = _not_text(decoder, chunk)
    if suffix in TEXTS and not trouble:
        trouble = _not_text(decoder, b"", final=True)
    if suffix == WEIGHTS:
        trouble = _not_weights(path)
    elif suffix == GGUF:
        trouble = "" if head.startswith(GGUF_MAGIC) else "is not a GGUF file"
    elif suffix not in TEXTS:
        trouble = f"files of this kind are not allowed; a bundle holds {', '.join(sorted((WEIGHTS, GGUF, *TEXTS)))}"
    # The length at the head of a safetensors file may begin as a pickle does: a header of 1,152 bytes is 80 04.
    if suffix != WEIGHTS or trouble:
        trouble = next((f"is {kind}" for magic, kind in MAGIC.items() if head.startswith(magic)), trouble)
    return Seen(digest.hexdigest(), size), trouble


def _not_text(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> str:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return "is not text in UTF-8"
    return "holds a zero byte, which text does not" if b"\0" in chunk else ""


def _not_weights(path: Path) -> str:
    try:
        read_header(path)
    except ValueError as error:
        return f"is not a safetensors file: {error}"
    return ""
