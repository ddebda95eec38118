"""The toy community, and its pipeline run once for all the tests that only look."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.community import make_community

from commonhold.recipe.load import load_recipe
from commonhold.releases.release import run_and_release
from commonhold.stages.pipeline import RunOptions, RunOutcome, run_pipeline
from commonhold.stages.workspace import Workspace


def run(recipe: Path, overrides: tuple[str, ...] = (), force: Sequence[str] = (), **more: object) -> RunOutcome:
    """The pipeline over a toy community, in its workspace, in silence."""
    workspace, asked = Workspace(recipe.parents[1] / "work"), RunOptions(force=force)
    loaded = load_recipe(recipe, overrides)
    if "until" in more:
        return run_pipeline(loaded, workspace, lambda _: None, asked=asked, **more)  # type: ignore[arg-type]
    return run_and_release(loaded, workspace, lambda _: None, asked=asked, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunOutcome]:
    """A community whose model is published: its recipe, and what the run came to."""
    recipe = make_community(tmp_path_factory.mktemp("finished"))
    return recipe, run(recipe)


@pytest.fixture
def community(finished: tuple[Path, RunOutcome], tmp_path: Path) -> Path:
    """A copy of the published community, to be changed; gives the recipe's path."""
    shutil.copytree(finished[0].parents[1], tmp_path / "community")
    return tmp_path / "community" / "recipes" / "water.yaml"


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A community that has not run yet; gives the recipe's path."""
    return make_community(tmp_path / "community")
