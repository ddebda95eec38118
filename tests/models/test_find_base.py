"""The base of an adapter is found by its digests in any workspace near, and nothing else is taken for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from commonhold.digests import digest_of, sha256_bytes
from commonhold.errors import DigestError, MissingModelError
from commonhold.files import write_json
from commonhold.models.find_base import base_in, find_base
from commonhold.records.weights import BaseWeights

FILES = {"config.json": sha256_bytes(b"shape"), "model.safetensors": sha256_bytes(b"weights")}
WANTED = BaseWeights("toy", "r1", "CC0-1.0", Path(), FILES, digest_of(FILES))


def place(folder: Path, weights: bytes = b"weights", listed: dict[str, str] | None = None) -> Path:
    """A base as a workspace keeps it; `listed` is what its lock says."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_bytes(b"shape")
    (folder / "model.safetensors").write_bytes(weights)
    write_json(folder / "base.lock.json", {"revision": "r1", "origin": "test", "files": listed or FILES})
    return folder


def test_base_is_found_under_any_name_in_the_second_workspace(tmp_path: Path) -> None:
    (tmp_path / "one" / "bases").mkdir(parents=True)
    folder = place(tmp_path / "two" / "bases" / "renamed")
    assert find_base(WANTED, [tmp_path / "one" / "bases", tmp_path / "two" / "bases"]) == replace(WANTED, path=folder)


def test_other_weights_of_the_same_name_are_not_taken(tmp_path: Path) -> None:
    place(tmp_path / "bases" / "toy", b"newer", {**FILES, "model.safetensors": sha256_bytes(b"newer")})
    with pytest.raises(MissingModelError) as caught:
        find_base(WANTED, [tmp_path / "bases"])
    assert str(caught.value) == (
        "toy at r1: the weights that the model changes are not on this machine "
        f"(looked in {tmp_path / 'bases'}). Run: commonhold fetch toy"
    )


def test_no_workspace_is_said_as_such() -> None:
    with pytest.raises(MissingModelError, match="looked in no workspace, since none is near"):
        find_base(WANTED, [])


def test_file_that_was_changed_since_is_named(tmp_path: Path) -> None:
    place(tmp_path / "bases" / "toy", b"weightS")
    with pytest.raises(DigestError, match=r"model\.safetensors: sha256 is .* but the model was trained on toy at r1"):
        find_base(WANTED, [tmp_path / "bases"])


def test_named_folder_may_have_more_in_it(tmp_path: Path) -> None:
    folder = place(tmp_path / "mine")
    (folder / "README.md").write_text("mine")
    assert base_in(WANTED, folder).path == folder


def test_named_folder_that_lacks_a_file_is_refused(tmp_path: Path) -> None:
    folder = place(tmp_path / "mine")
    (folder / "model.safetensors").unlink()
    with pytest.raises(DigestError, match=r"model\.safetensors: sha256 is missing"):
        base_in(WANTED, folder)


def test_named_folder_without_a_model_says_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(MissingModelError, match=r"toy is not here\. Name the folder with its config\.json, model"):
        base_in(WANTED, tmp_path)
