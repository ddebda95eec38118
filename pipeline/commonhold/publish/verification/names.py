"""Which names files of a bundle may have: such as mean the same file on every system, and hide nothing."""

import re
from collections.abc import Iterable, Iterator

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,199})*")
"""No dot at the beginning, no space, no letter that two systems write in two ways or that looks like another."""
MOST_NAME_CHARACTERS = 240
MOST_FOLDERS_DEEP = 8
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)
"""Devices on Windows, whatever follows the first dot."""


def shown(name: str) -> str:
    """A name as it can be printed anywhere: what is no plain text, as Python would write it."""
    return name if name.isascii() and name.isprintable() else ascii(name)


def trouble_with_name(name: str) -> str:
    """What is wrong with a POSIX path below a bundle; empty for nothing."""
    return next(_troubles(name, name.split("/")), "")


def _troubles(name: str, parts: list[str]) -> Iterator[str]:
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        yield "is an absolute path, which leads out of the bundle"
    if ".." in parts:
        yield "has a path that leads out of the bundle"
    if "\\" in name:
        yield "has a backslash in its name, which is a folder on Windows"
    if any(character < " " or character == "\x7f" for character in name):
        yield "has a control character in its name"
    if not name.isascii():
        yield "has a name outside letters, digits, dot, hyphen and underscore: a letter that may look like another"
    if any(part.startswith(".") for part in parts):
        yield "is hidden: its name begins with a dot"
    if not PLAIN_NAME.fullmatch(name):
        yield "has a name outside letters, digits, dot, hyphen and underscore"
    if any(part.endswith(".") for part in parts):
        yield "has a name that ends with a dot, which Windows drops"
    if any(part.split(".")[0].casefold() in RESERVED for part in parts):
        yield "has the name of a device on Windows"
    if len(name) > MOST_NAME_CHARACTERS or len(parts) > MOST_FOLDERS_DEEP:
        yield f"has a name of more than {MOST_NAME_CHARACTERS} characters, or in more than {MOST_FOLDERS_DEEP} folders"


def troubles_between(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names that are one name on a system that does not tell capitals apart, each with the sentence about it.

    Folders count too: `Adapter/x` and `adapter/y` are in one folder there.
    """
    spelt: dict[str, str] = {}
    reported: set[str] = set()
    for name in names:
        parts = name.split("/")
        for path in ("/".join(parts[: length + 1]) for length in range(len(parts))):
            twin = spelt.setdefault(path.casefold(), path)
            if twin != path and path not in reported:
                reported.add(path)
                yield path, f"differs from {twin!a} in capitals only"
