"""Evaluations are found by folder and by run."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from commonhold.errors import RequestError
from commonhold.provenance.capture import capture
from commonhold.provenance.runs import RecipeState, RunFolder
from commonhold.records.artifact import Artifact
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.stages.find_evaluation import find_evaluation
from commonhold.stages.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two evaluations; two runs made one and the same, a third the other."""
    for name in ("one", "two"):
        folder = tmp_path / "objects" / "evaluate" / name
        folder.mkdir(parents=True)
        for file in ("scores.jsonl", "results.json"):
            (folder / file).write_text("", encoding="utf-8")
    return Workspace(tmp_path)


def evaluated(workspace: Workspace, recipe: str, name: str) -> str:
    surroundings = capture()
    with RunFolder.create(workspace.root, RecipeState(recipe, "0", ResolvedRecipe({})), [], surroundings) as run:
        artifact = Artifact("evaluate", name, "0" * 64, workspace.objects / "evaluate" / name)
        run.record("evaluate", name, "done", started=datetime.now(UTC), seconds=1.0, artifact=artifact)
        return run.id


def test_an_evaluation_goes_by_its_folder_or_by_a_run(workspace: Workspace) -> None:
    one, two = evaluated(workspace, "lamps", "one"), evaluated(workspace, "pumps", "two")
    again = evaluated(workspace, "pumps", "two")
    assert find_evaluation(workspace, str(workspace.objects / "evaluate" / "one")).name == "one"
    assert find_evaluation(workspace, one).name == "one"
    assert find_evaluation(workspace, two) == find_evaluation(workspace, again)


def test_two_evaluations_by_one_name_are_refused(workspace: Workspace) -> None:
    one, two = evaluated(workspace, "lamps", "one"), evaluated(workspace, "pumps", "two")
    shared = one[: next(place for place, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1])]
    with pytest.raises(RequestError, match="several evaluations go by the name"):
        find_evaluation(workspace, shared)


def test_a_name_that_leads_nowhere_is_refused(workspace: Workspace) -> None:
    with pytest.raises(RequestError, match="no evaluation goes by the name"):
        find_evaluation(workspace, "zzzz")
