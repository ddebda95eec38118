"""The recipes that ship for a CPU, run as a newcomer would; and their questions, which no training row may hold."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from commonhold.curate.rows.community_data import read_community
from commonhold.curate.run import CurationJob, curate
from commonhold.curate.settings import CurationSettings
from commonhold.evaluate.contamination import contaminated
from commonhold.evaluate.result_files import read_results
from commonhold.evaluate.tasks import load_tasks
from commonhold.files import read_json, read_jsonl
from commonhold.recipe.load import load_recipe, resolve_path
from commonhold.releases.versions import candidate
from commonhold.stages.workspace import Workspace

ROOT = Path(__file__).parents[1]
CPU_RECIPES = ("riverbend-helpdesk", "riverbend-urgency")
OTHER_METHODS = ("riverbend-kto", "riverbend-dpo", "riverbend-texts")
SMALL = (
    "train.epochs=1",
    "data.max_records=30",
    "evaluate.max_items=1",
    "evaluate.memorisation_rows=0",
    "publish.recheck_items=1",
    "publish.gguf=none",
)
"""Every stage on the real base, a minute each; what a method learns is its own tests' claim."""
SHORT = (
    "train.epochs=1",
    "data.max_records=60",
    "evaluate.max_items=6",
    "evaluate.memorisation_rows=4",
    "evaluate.gates=[]",
    "publish.recheck_items=6",
)
"""Of the longest recipe: what all of it comes to is in docs/benchmarks.md, and takes ten minutes and more."""
EVERYTHING = CurationSettings((), 1, 100_000, 1.0, 0.0, 0.0)


@pytest.mark.parametrize("name", CPU_RECIPES)
def test_no_question_is_in_the_training_rows(name: str, tmp_path: Path) -> None:
    loaded = load_recipe(ROOT / "recipes" / f"{name}.yaml")
    folder = resolve_path(loaded.folder, loaded.recipe.data.folder)
    out = tmp_path / "out"
    out.mkdir()
    curate(CurationJob(read_community(folder), EVERYTHING, b"key", 0, tmp_path / "work"), out, lambda _: None)
    rows = [row["prompt"] for row in read_jsonl(out / "examples.jsonl")]
    tasks = load_tasks([resolve_path(loaded.folder, task) for task in loaded.recipe.evaluate.tasks])
    questions = [item.prompt for task in tasks for item in task.items]
    assert len(rows) > 100
    assert len(questions) > 40
    assert [questions[index] for index in contaminated(questions, rows)] == []


def test_a_copied_question_would_be_found() -> None:
    assert contaminated(["The street lamp at the corner is dark"], ["the street lamp, at the corner, is dark!"]) == {0}


@pytest.fixture(scope="session")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked base, shared by the runs."""
    return tmp_path_factory.mktemp("bases")


@pytest.fixture
def with_base(bases: Path, tmp_path: Path) -> Iterator[Path]:
    """A workspace; the first run in one unpacks the base, and the others find it there."""
    if any(bases.iterdir()):
        shutil.copytree(bases, tmp_path / "bases")
    yield tmp_path
    if not any(bases.iterdir()) and (tmp_path / "bases").is_dir():
        shutil.copytree(tmp_path / "bases", bases, dirs_exist_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "overrides", "threads", "others"),
    [("riverbend-helpdesk", SHORT, "1", "2"), ("riverbend-urgency", (), "", "1")],
)
def test_the_recipe_runs_from_beginning_to_end(
    name: str, overrides: tuple[str, ...], threads: str, others: str, with_base: Path
) -> None:
    """`threads` as the publisher asks for, `others` as who makes it again does; empty for as many as are fastest."""
    recipe, options = ROOT / "recipes" / f"{name}.yaml", settings(overrides)
    first = _commonhold("train", recipe, with_base, *options, threads=threads)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "is published as the candidate" in first.stdout
    assert "left out" not in first.stdout
    evaluation, _ = read_results(next((with_base / "objects" / "evaluate").iterdir()))
    assert {gate.name: gate.verdict for gate in evaluation.gates if gate.verdict == "fail"} == {}
    assert all(result.contaminated == 0 for result in evaluation.results)
    model = load_recipe(recipe).recipe.publish.model
    record = read_json(candidate(Workspace(with_base), model)[1] / "record.json")
    assert record["identity"]["name"] == model
    again = _commonhold("train", recipe, with_base, *options)
    assert "no stage was run" in again.stdout
    assert _commonhold("verify", recipe, with_base).returncode == 0
    _begins_again_alike(candidate(Workspace(with_base), model)[1], with_base, others)


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHER_METHODS)
def test_the_other_methods_recipes_run_from_beginning_to_end(name: str, with_base: Path) -> None:
    recipe = ROOT / "recipes" / f"{name}.yaml"
    done = _commonhold("train", recipe, with_base, *settings(SMALL))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is published as the candidate" in done.stdout
    record = read_json(candidate(Workspace(with_base), name)[1] / "record.json")
    assert record["training"]["steps"] > 0
    assert record["training"]["method"] == load_recipe(recipe).recipe.train.objective.method


def settings(overrides: Sequence[str]) -> list[str]:
    """As they are typed."""
    return [word for setting in overrides for word in ("--set", setting)]


def _begins_again_alike(bundle: Path, workspace: Path, threads: str) -> None:
    """In an empty workspace, which has a key of its own, and told to take another number of threads."""
    shutil.copytree(workspace / "bases", workspace / "another" / "bases")
    again = _commonhold(
        "reproduce", bundle, workspace / "another", "--recipes", str(ROOT / "recipes"), "--steps", "10",
        threads=threads,
    )  # fmt: skip
    assert again.returncode == 0, again.stdout + again.stderr
    assert "R1" in again.stdout


def _commonhold(
    command: str, target: Path, workspace: Path, *options: str, threads: str = ""
) -> subprocess.CompletedProcess[str]:
    # A person's shell has no number of threads. That waiting threads sleep stays: the other worker of the tests keeps
    # the cores busy, where two threads that spin train at a twentieth of their speed.
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_NUM_THREADS")}
    if threads:
        environment["OMP_NUM_THREADS"] = threads
    return subprocess.run(
        [sys.executable, "-m", "commonhold", command, str(target), "--workspace", str(workspace), *options],
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
