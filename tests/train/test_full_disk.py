"""A full disk is said to be one, whichever library meets it, and what was finished is not lost."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import save_file
from tests.toys import CPU, SETTINGS, make_examples
from tests.train.conftest import Trained

from commonhold.errors import NoSpaceError
from commonhold.files import space_needed
from commonhold.records.weights import BaseWeights
from commonhold.train.run import train

TENSORS = {"a": torch.zeros(1 << 20)}
TORCH_SAYS = "[enforce fail at inline_container.cc:672] . unexpected pos 576 vs 534"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small disk in memory, or gives it another size: `disk("64k")`."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(size: str) -> Path:
        options = (
            ["-o", f"remount,size={size}"] if folder.is_mount() else ["-t", "tmpfs", "-o", f"size={size}", "tmpfs"]
        )
        program = shutil.which("mount")
        if program is None or subprocess.run([program, *options, folder], capture_output=True, check=False).returncode:
            pytest.skip("this process may not mount a disk")
        return folder

    yield mount
    if folder.is_mount():
        subprocess.run(["umount", "--lazy", folder], check=True)  # a failure may hold a file open


def test_full_disk_under_safetensors_is_said(disk: Callable[[str], Path]) -> None:
    folder = disk("64k")
    with pytest.raises(NoSpaceError, match="the disk is full"), space_needed(folder):
        save_file(TENSORS, folder / "file.safetensors")


def test_full_disk_under_torch_is_said(disk: Callable[[str], Path]) -> None:
    folder = disk("64k")
    with pytest.raises(NoSpaceError, match="the disk is full"), space_needed(folder / "not" / "there" / "yet"):
        torch.save(TENSORS, folder / "file.pt")


@pytest.mark.parametrize("number", [28, 122], ids=["disk", "quota"])
def test_safetensors_words_for_a_full_disk_are_known(tmp_path: Path, number: int) -> None:
    with pytest.raises(NoSpaceError), space_needed(tmp_path):
        raise SafetensorError(f"Error while serializing: I/O error: No space (os error {number})")


def test_another_error_of_safetensors_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(SafetensorError, match="os error 2"), space_needed(tmp_path):
        save_file(TENSORS, tmp_path / "nowhere" / "file.safetensors")


def test_torchs_error_on_a_disk_with_room_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="unexpected pos"), space_needed(tmp_path):
        raise RuntimeError(TORCH_SAYS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "size", ["64k", *(pytest.param(size, marks=pytest.mark.slow) for size in ("16k", "192k", "448k"))]
)
def test_training_on_a_full_disk_says_so_and_goes_on_when_there_is_room(
    base: BaseWeights, trained: Trained, tmp_path: Path, disk: Callable[[str], Path], size: str
) -> None:
    work = disk(size) / "work"
    arguments = (make_examples(), base, SETTINGS, CPU, 1, work, tmp_path / "out", lambda _line: None)
    with pytest.raises(NoSpaceError, match="run the same command again"):
        train(*arguments)
    disk("64m")
    assert train(*arguments).adapter_digest == trained.summary.adapter_digest
