"""Hands that meddle with a community's files while a run is at work, at a moment that can be repeated."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

Action = Callable[[Path], None]


class Meddler:
    """Counts the moments of a run, which are openings of files below a folder, and acts at one of them."""

    def __init__(self, folder: Path, at: int = -1, act: Callable[[], None] = lambda: None) -> None:
        self.folder = str(folder)
        self.at = at
        self.act = act
        self.opened: list[str] = []
        self.acted = False

    def look(self, path: str) -> None:
        """One more opening."""
        self.opened.append(path)
        if len(self.opened) - 1 == self.at:
            self.acted = True
            self.act()


_current: list[Meddler] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if event != "open" or not _current or isinstance(arguments[0], int) or _current[0].acted is None:
        return
    path = os.fsdecode(arguments[0])  # type: ignore[arg-type]
    meddler = _current[0]
    if path.startswith(meddler.folder):
        _current.clear()  # what it does itself is no moment
        try:
            meddler.look(path)
        finally:
            _current.append(meddler)


sys.addaudithook(_hook)


@contextmanager
def meddling(meddler: Meddler) -> Iterator[Meddler]:
    """Lets it look for the length of a block."""
    _current[:] = [meddler]
    try:
        yield meddler
    finally:
        _current.clear()


class Edit(NamedTuple):
    """A file of the toy community, and what another version of it says."""

    file: str
    old: str
    new: str

    def apply(self, community: Path) -> None:
        """Writes the other version, at another time."""
        path = community / self.file
        path.write_text(self.other(path.read_text(encoding="utf-8")), encoding="utf-8")
        touch(path)

    def other(self, text: str) -> str:
        """The other version of a text."""
        assert self.old in text
        return text.replace(self.old, self.new, 1)

    def link(self, community: Path) -> None:
        """Puts a link to the other version in the file's place."""
        path = community / self.file
        other = path.with_name(f"other-{path.name}.txt")
        other.write_text(self.other(path.read_text(encoding="utf-8")), encoding="utf-8")
        path.unlink()
        path.symlink_to(other)

    def delete(self, community: Path) -> None:
        """Removes the file."""
        (community / self.file).unlink()

    def touch(self, community: Path) -> None:
        """Gives it another time, and nothing else."""
        touch(community / self.file)


def touch(path: Path) -> None:
    """Another time than the file had; a write may fall into the same tick of the clock."""
    os.utime(path, ns=(1, 1))
