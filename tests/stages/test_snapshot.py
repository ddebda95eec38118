"""Copies of what a run reads: opened once, true to the digest, gone afterwards; a file that changes is named."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from commonhold.digests import CHUNK_BYTES, sha256_bytes
from commonhold.errors import ChangedInputError, MissingInputError
from commonhold.stages import snapshot as snapshots
from commonhold.stages.snapshot import Snapshot


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A community's folder with one file."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "rows.csv").write_bytes(b"a,b\n1,2\n")
    return tmp_path / "own"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "work" / "inputs"


def edit(path: Path) -> None:
    path.write_bytes(b"a,b\n1,3\n")
    os.utime(path, ns=(1, 1))  # two writes may fall into one tick of the clock


def replace_by_link(path: Path) -> None:
    other = path.with_name("other.csv")
    path.rename(other)
    path.symlink_to(other)


def touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES: list[Callable[[Path], None]] = [edit, Path.unlink, replace_by_link, touch, replace_by_folder]


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * CHUNK_BYTES + b"y"], ids=["empty", "small", "two chunks"])
def test_a_copy_has_the_bytes_of_its_digest(own: Path, place: Path, data: bytes) -> None:
    (own / "rows.csv").write_bytes(data)
    taken = Snapshot(place)
    assert taken.copy(own, ["rows.csv"], "data") == {"rows.csv": (sha256_bytes(data), len(data))}
    assert (taken.folder / "data" / "rows.csv").read_bytes() == data


def test_names_below_folders_and_names_without_a_file_are_taken(own: Path, place: Path) -> None:
    (own / "deep" / "er").mkdir(parents=True)
    (own / "deep" / "er" / "x.txt").write_text("x")
    assert list(Snapshot(place).copy(own, ["deep/er/x.txt", "none.csv"], "data")) == ["deep/er/x.txt"]


def test_a_link_that_was_there_from_the_start_is_followed(own: Path, place: Path) -> None:
    replace_by_link(own / "rows.csv")
    taken = Snapshot(place)
    taken.copy(own, ["rows.csv"], "data")
    taken.refuse_changes()
    assert (taken.folder / "data" / "rows.csv").read_bytes() == b"a,b\n1,2\n"


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_after_copying_is_seen_and_named(own: Path, place: Path, change: Callable[[Path], None]) -> None:
    taken = Snapshot(place)
    taken.copy(own, ["rows.csv"], "data")
    taken.refuse_changes()
    change(own / "rows.csv")
    with pytest.raises(ChangedInputError, match=r"own/rows\.csv: changed while it was read"):
        taken.refuse_changes()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_before_the_opening_is_seen_and_named(
    own: Path, place: Path, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    look = snapshots._look

    def looked(path: Path) -> object:
        seen = look(path)
        change(path)
        return seen

    monkeypatch.setattr(snapshots, "_look", looked)
    taken = Snapshot(place)
    with pytest.raises(ChangedInputError, match=r"own/rows\.csv"):
        taken.copy(own, ["rows.csv"], "data")
        monkeypatch.setattr(snapshots, "_look", look)
        taken.refuse_changes()


def test_a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for(own: Path, place: Path) -> None:
    (own / "rows.csv").unlink()
    os.mkfifo(own / "rows.csv")
    with pytest.raises(MissingInputError, match="not a file"):
        Snapshot(place).copy(own, ["rows.csv"], "data")


def test_copies_go_with_their_holder_and_leave_no_empty_workspace(own: Path, place: Path) -> None:
    taken = Snapshot(place)
    taken.copy(own, ["rows.csv"], "data")
    del taken
    gc.collect()
    assert not place.parent.exists()


def test_copies_may_be_read_by_nobody_else(place: Path) -> None:
    assert Snapshot(place).folder.stat().st_mode & 0o077 == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from commonhold.stages.snapshot import Snapshot
taken = Snapshot(Path(sys.argv[1]))
taken.copy(Path(sys.argv[2]), ["rows.csv"], "data")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_copies_of_a_killed_process_go_and_those_of_a_living_one_stay(own: Path, place: Path) -> None:
    living = Snapshot(place)
    living.copy(own, ["rows.csv"], "data")
    package = str(Path(snapshots.__file__).parents[2])
    command = [sys.executable, "-c", KILLED, str(place), str(own)]
    ran = subprocess.run(command, env={"PYTHONPATH": package}, check=False)
    assert ran.returncode == -signal.SIGKILL
    assert len([path for path in place.iterdir() if path.is_dir()]) == 2
    Snapshot(place).close()
    assert [path for path in place.iterdir() if path.is_dir()] == [living.folder]
    assert (living.folder / "data" / "rows.csv").is_file()
