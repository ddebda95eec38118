"""Surroundings are found without failing, whatever is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from commonhold.provenance.capture import (
    NOTABLE_VARIABLES,
    SOURCE_FOLDER,
    capture,
    code_state,
    environment,
    gpus_below,
    installed_packages,
    machine,
)


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package in a git work tree with one commit."""
    folder = tmp_path / "project" / "package"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("A = 1\n")
    _git(tmp_path / "project", "init", "-q")
    _git(tmp_path / "project", "add", ".")
    _git(tmp_path / "project", "commit", "-q", "-m", "first")
    return folder


def test_committed_code_is_clean_and_has_its_commit(package: Path) -> None:
    head = subprocess.run(["git", "-C", str(package), "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    state = code_state(package)
    assert (state.commit, state.dirty) == (head.stdout.strip(), False)


def test_changed_line_makes_the_code_dirty(package: Path) -> None:
    (package / "__init__.py").write_text("A = 2\n")
    assert code_state(package).dirty is True


def test_new_module_makes_the_code_dirty(package: Path) -> None:
    (package / "extra.py").write_text("")
    assert code_state(package).dirty is True


def test_file_beside_the_package_does_not_make_it_dirty(package: Path) -> None:
    (package.parent / "notes.txt").write_text("")
    assert code_state(package).dirty is False


def test_package_that_git_does_not_track_has_no_commit(package: Path) -> None:
    """A virtual environment inside another project's work tree."""
    installed = package.parent / "venv" / "commonhold"
    installed.mkdir(parents=True)
    (installed / "__init__.py").write_text("")
    state = code_state(installed)
    assert (state.commit, state.dirty) == ("", None)


def test_work_tree_without_a_commit_has_none(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text("")
    _git(tmp_path, "init", "-q")
    _git(tmp_path, "add", ".")
    assert code_state(tmp_path).commit == ""


def test_code_is_captured_where_git_is_not_installed(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    state = code_state(package)
    assert (state.commit, state.dirty) == ("", None)
    assert len(state.source_sha256) == 64


def test_source_digest_follows_the_text_and_not_the_compiled_files(package: Path) -> None:
    before = code_state(package).source_sha256
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert code_state(package).source_sha256 == before
    (package / "__init__.py").write_text("A = 2\n")
    assert code_state(package).source_sha256 != before


def test_installed_packages_are_named_as_the_index_names_them(tmp_path: Path) -> None:
    (tmp_path / "Google_Re2-1.1.20251105.dist-info").mkdir()
    (tmp_path / "torch-2.13.0+cpu.dist-info").mkdir()
    (tmp_path / "torch").mkdir()
    assert installed_packages([tmp_path]) == {"google-re2": "1.1.20251105", "torch": "2.13.0+cpu"}


def test_first_folder_on_the_path_wins(tmp_path: Path) -> None:
    for folder, version in (("first", "2"), ("second", "1")):
        (tmp_path / folder / f"peft-{version}.dist-info").mkdir(parents=True)
    missing = tmp_path / "python311.zip"
    assert installed_packages([missing, tmp_path / "first", tmp_path / "second"]) == {"peft": "2"}


def test_environment_tells_the_version_of_a_package_that_is_installed() -> None:
    import pydantic

    found = installed_packages(map(Path, sys.path))
    assert found["pydantic"] == pydantic.VERSION


def test_only_the_named_variables_are_captured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    variables = environment().variables
    assert variables["PYTHONHASHSEED"] == "7"
    assert set(variables) <= set(NOTABLE_VARIABLES)


def test_graphics_cards_are_read_from_the_driver(tmp_path: Path) -> None:
    card = tmp_path / "gpus" / "0000:01:00.0" / "information"
    card.parent.mkdir(parents=True)
    card.write_text("Model: \t\t NVIDIA H200\nIRQ:   \t\t 125\n")
    line = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  575.57.08  Release Build  (dvs@x)\nGCC version: 12"
    (tmp_path / "version").write_text(line)
    assert gpus_below(tmp_path) == (("NVIDIA H200",), "575.57.08")


def test_machine_without_a_driver_has_no_graphics_cards(tmp_path: Path) -> None:
    assert gpus_below(tmp_path / "nvidia") == ((), "")


def test_machine_tells_what_the_caller_knows_of_the_processor() -> None:
    found = machine("AVX512")
    assert found.instructions == "AVX512"
    assert found.threads >= 1
    assert found.memory_bytes > 1 << 20
    assert found.processor


def test_capture_loads_nothing_heavy_and_opens_no_file_of_a_package() -> None:
    code = (
        "import sys\n"
        "from commonhold.provenance.capture import capture\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == 'open' else None)\n"
        "capture()\n"
        "assert 'torch' not in sys.modules and 'mlflow' not in sys.modules\n"
        "print(sum('dist-info' in path for path in opened), len(opened))\n"
    )
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE_FOLDER.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=variables)
    metadata, opened = map(int, done.stdout.split())
    assert metadata == 0  # names of folders tell the versions, a hundred times faster than their files
    assert opened > 100  # the package's own sources, which are digested


def test_second_capture_of_the_same_process_is_equal() -> None:
    assert capture("AVX2") == capture("AVX2")
