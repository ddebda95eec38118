"""What a bundle may hold: weights as safetensors or GGUF, and text. All else is refused, not scanned and let pass."""

import codecs
import hashlib
import os
import stat
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from commonhold.publish.verification.kinds import is_text, trouble_with_kind
from commonhold.publish.verification.names import shown, trouble_with_name, troubles_between

READ_BYTES = 4 << 20
MOST_FILES = 2_000
MOST_NAMES = 2 * MOST_FILES
READERS = 4
"""Threads; hashing leaves the interpreter to others while it works."""


class Seen(NamedTuple):
    """One file as it lies on the disk."""

    sha256: str
    """Empty where it was not read, since its size alone is wrong."""
    bytes: int


class Contents(NamedTuple):
    """A folder, looked at without trust."""

    files: dict[str, Seen]
    """By POSIX path, sorted; links and special files are not among them."""
    problems: list[str]
    """What must not be there."""


def look_through(folder: Path, sizes: Mapping[str, int] | None = None) -> Contents:
    """Every file below a folder, hidden ones too, with digest and size; and all that has no place in a bundle.

    A file that `sizes` gives another size is not read: a forged one of a terabyte costs nothing.

    Raises:
        OSError: a file or folder may not be read.
    """
    problems: list[str] = []
    plain: dict[str, Path] = {}
    names = _walk(folder)
    if len(names) > MOST_NAMES:
        return Contents({}, [f"there are more than {MOST_NAMES:,} files and folders, and no bundle has so many"])
    for path, is_folder in names:
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            problems.append(f"{shown(name)}: is a link; a bundle holds files only")
        elif not is_folder and not stat.S_ISREG(path.lstat().st_mode):
            problems.append(f"{shown(name)}: is no plain file")
        elif trouble := trouble_with_name(name):
            problems.append(f"{shown(name)}: {trouble}")
        elif is_folder and not any(path.iterdir()):
            problems.append(f"{shown(name)}: is an empty folder, which no digest would cover")
        if not is_folder and not path.is_symlink() and stat.S_ISREG(path.lstat().st_mode):
            plain[name] = path
    problems += [f"{shown(name)}: {trouble}" for name, trouble in troubles_between(plain)]
    if len(plain) > MOST_FILES:
        return Contents({}, [*problems, f"there are {len(plain):,} files, and {MOST_FILES:,} are the most"])
    # The largest first, so that no thread waits at the end for one that started late.
    order = sorted(plain, key=lambda name: plain[name].stat().st_size, reverse=True)
    with ThreadPoolExecutor(READERS) as readers:
        results = dict(
            zip(order, readers.map(lambda name: _look_at(plain[name], (sizes or {}).get(name)), order), strict=True)
        )
    problems += [f"{shown(name)}: {results[name][1]}" for name in sorted(plain) if results[name][1]]
    return Contents({name: results[name][0] for name in sorted(plain)}, problems)


def _walk(folder: Path) -> list[tuple[Path, bool]]:
    """Everything below a folder, and whether it is a folder itself."""
    entries: list[tuple[Path, bool]] = []
    for above, folders, names in os.walk(folder, onerror=_unreadable):
        # A link to a folder is among the folders and would be passed over.
        entries += [(Path(above) / name, True) for name in folders]
        entries += [(Path(above) / name, False) for name in names]
        if len(entries) > MOST_NAMES:
            break  # whoever made so many wants to be waited for; what was not walked is not vouched for
    return sorted(entries)


def _unreadable(error: OSError) -> None:
    raise error


def _look_at(path: Path, size: int | None) -> tuple[Seen, str]:
    """Digest and size of a file, and what is wrong with its kind."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(handle, "rb", buffering=0) as stream:  # noqa: PTH123 - the file that was looked at, not one put in its place
        actual = os.fstat(handle).st_size
        if size is not None and actual != size:
            return Seen("", actual), ""
        digest, head, buffer = hashlib.sha256(), b"", bytearray(min(READ_BYTES, actual + 1))
        decoder = codecs.getincrementaldecoder("utf-8")() if is_text(path) else None
        trouble, total = "", 0
        while count := stream.readinto(buffer):
            chunk = memoryview(buffer)[:count]
            head, total = head or bytes(chunk[:8]), total + count
            digest.update(chunk)
            if decoder and not trouble:
                trouble = _not_text(decoder, bytes(chunk))
    if decoder and not trouble:
        trouble = _not_text(decoder, b"", final=True)
    return Seen(digest.hexdigest(), total), _first(trouble_with_kind(path, head), trouble)


def _first(kind: str, text: str) -> str:
    """A pickle is a pickle first and no text second."""
    return text if text and not kind.startswith("is a") else kind or text


def _not_text(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> str:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return "is not text in UTF-8"
    return "holds a zero byte, which text does not" if b"\0" in chunk else ""
