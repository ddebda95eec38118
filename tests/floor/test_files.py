"""Files are whole or absent, and a full disk or a busy workspace is said in plain words."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.errors import BusyError, NoSpaceError
from commonhold.files import (
    commit_folder,
    locked,
    read_json,
    read_jsonl,
    space_needed,
    write_bytes,
    write_json,
    write_jsonl,
    write_text,
)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_write_makes_the_folders_above_and_leaves_nothing_else(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a" / "b" / "file", b"new")
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"new"
    assert _names(tmp_path / "a" / "b") == ["file"]


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    write_text(tmp_path / "file", "old")
    with pytest.raises(TypeError):
        write_bytes(tmp_path / "file", "not bytes")  # type: ignore[arg-type]
    assert (tmp_path / "file").read_text() == "old"
    assert _names(tmp_path) == ["file"]


def test_line_ends_are_written_as_given(tmp_path: Path) -> None:
    write_text(tmp_path / "file", "one\r\ntwo\n")
    assert (tmp_path / "file").read_bytes() == b"one\r\ntwo\n"


def test_threads_that_write_one_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    failures: list[OSError] = []

    def write(letter: str) -> None:
        try:
            for _ in range(20):
                write_text(tmp_path / "file", letter * 10_000)
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    text = (tmp_path / "file").read_text()
    assert failures == []
    assert text == text[0] * 10_000


def test_json_is_written_for_people_and_for_diffs(tmp_path: Path) -> None:
    write_json(tmp_path / "file", {"b": 1, "a": "ñ"})
    assert (tmp_path / "file").read_text(encoding="utf-8") == '{\n  "a": "ñ",\n  "b": 1\n}\n'
    assert read_json(tmp_path / "file") == {"a": "ñ", "b": 1}


def test_json_without_a_number_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    write_json(tmp_path / "file", 1)
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "file", float("nan"))
    assert read_json(tmp_path / "file") == 1


@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers())))
def test_json_lines_come_back_whatever_the_text(tmp_path_factory: pytest.TempPathFactory, rows: list[object]) -> None:
    file = tmp_path_factory.getbasetemp() / "rows.jsonl"
    write_jsonl(file, rows)
    assert read_jsonl(file) == rows


def test_blank_lines_between_json_lines_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "file").write_text('{"a": 1}\n\n  \n{"a": 2}\n')
    assert read_jsonl(tmp_path / "file") == [{"a": 1}, {"a": 2}]


def test_a_folder_is_renamed_whole(tmp_path: Path) -> None:
    (tmp_path / "temporary" / "sub").mkdir(parents=True)
    (tmp_path / "temporary" / "sub" / "file").write_text("x")
    commit_folder(tmp_path / "temporary", tmp_path / "store" / "final")
    assert (tmp_path / "store" / "final" / "sub" / "file").read_text() == "x"
    assert _names(tmp_path) == ["store"]


def test_a_folder_takes_the_place_of_an_old_one_and_of_its_files(tmp_path: Path) -> None:
    for name, file in (("final", "old"), ("temporary", "new"), (".final.old", "older")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(file)
    commit_folder(tmp_path / "temporary", tmp_path / "final")
    assert _names(tmp_path / "final") == ["new"]
    assert _names(tmp_path) == ["final"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_has_a_remedy(code: int) -> None:
    with pytest.raises(NoSpaceError, match=r"store: the disk is full.*commonhold clean"), space_needed(Path("store")):
        raise OSError(code, "full")


def test_another_trouble_with_the_disk_is_not_called_full() -> None:
    with pytest.raises(PermissionError), space_needed(Path("store")):
        raise PermissionError(errno.EACCES, "no")


def test_a_write_on_a_full_device_is_told_as_such() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(NoSpaceError), space_needed(Path("/dev/full")), Path("/dev/full").open("w") as stream:
        stream.write("x")


def test_a_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    with locked(tmp_path / "lock", "curating"):
        pass
    with locked(tmp_path / "lock", "training"):
        assert "training" in (tmp_path / "lock").read_text()


def test_a_lock_that_is_held_says_by_whom_and_what_to_do(tmp_path: Path) -> None:
    with (
        locked(tmp_path / "lock", "curating"),
        pytest.raises(
            BusyError, match=r"process \d+ \(curating\) is at work here, so training cannot start.*--workspace"
        ),
        locked(tmp_path / "lock", "training"),
    ):
        pass


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from commonhold.files import locked\n"
        "with locked(Path(sys.argv[1]), 'dying'): os._exit(9)"
    )
    source = str(Path(__file__).parents[2] / "pipeline")
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "lock")], env={"PYTHONPATH": source}, check=False
    )
    assert ended.returncode == 9
    with locked(tmp_path / "lock", "training"):
        pass


def test_files_and_names_are_on_the_disk_before_a_folder_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary" / "sub").mkdir(parents=True)
    (tmp_path / "temporary" / "sub" / "file").write_text("x")
    wanted = {path.stat().st_ino for path in (tmp_path / "temporary", *(tmp_path / "temporary").rglob("*"))}
    synced: set[int] = set()
    monkeypatch.setattr(os, "fsync", lambda handle: synced.add(os.fstat(handle).st_ino))
    commit_folder(tmp_path / "temporary", tmp_path / "final")
    assert wanted <= synced
