"""The toy model handed out, once to look at and as a copy to change."""

import shutil
from pathlib import Path

import pytest
from tests.publish.verification.handing_out import Keys, export_release, make_keys


@pytest.fixture(scope="session")
def keys() -> Keys:
    """A publisher's key and three stewards'."""
    return make_keys()


@pytest.fixture(scope="session")
def handed_whole(whole: Path, keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bundle and attestations, to look at and to copy, not to change."""
    return export_release(whole, tmp_path_factory.mktemp("handed") / "water-desk", keys)


@pytest.fixture
def handed(handed_whole: Path, tmp_path: Path) -> Path:
    """A copy, to change."""
    return Path(shutil.copytree(handed_whole, tmp_path / "water-desk"))
