"""docs/examples/commonhold-example, installed as a group would install it: its step and its scorer in real use."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.community import HEADER, make_community, rows, write_rows

from commonhold.files import read_json, read_jsonl

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "commonhold-example"
SHOUTED = ("W90", "p3", "THE WELL IS BROKEN AND NOBODY COMES", "The school desk", "yes")
NAMED = "data.cleaning.extra_steps=[{step: shout/1}]"
TASK = """\
task: 1
name: begins
title: Begins right
description: Toy.
kind: generate
scorer: begins/1
system_prompt: recipe
licence: CC0-1.0
"""
SCORES = """
import sys
from pathlib import Path
from commonhold.evaluate.run import ModelReply, compare
from commonhold.evaluate.tasks import load_tasks
from commonhold.stages.evaluation import scorer_packages
tasks = load_tasks([Path(sys.argv[1])])
base = {"a": ModelReply("Streetsweepers"), "b": ModelReply("no")}
tuned = {"a": ModelReply("streets. Call them"), "b": ModelReply("Open")}
_, scores = compare(tasks, {"begins": base}, {"begins": tuned}, [])
print([(score.base, score.tuned) for score in scores], dict(scorer_packages(tasks)))
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as pip leaves it, made without a network."""
    source, target = tmp_path_factory.mktemp("source") / EXAMPLE.name, tmp_path_factory.mktemp("site")
    shutil.copytree(EXAMPLE, source)
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check", "--quiet")
    pip = [sys.executable, "-m", "pip", "install", *offline, "--target", str(target), str(source)]
    subprocess.run(pip, check=True, capture_output=True, text=True)
    return target


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A community with one shouted row."""
    found = make_community(tmp_path_factory.mktemp("town"))
    write_rows(found.parents[1] / "data" / "rows.csv", [*rows(), SHOUTED], HEADER)
    return found


def command(*words: str | Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`commonhold`, or a program given as `-c`, with another folder of packages on the path."""
    folders = [str(folder) for folder in (ROOT / "pipeline", path) if folder]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}
    start = [] if words[0] == "-c" else ["-m", "commonhold"]
    return subprocess.run(
        [sys.executable, *start, *map(str, words)], env=environment, capture_output=True, text=True, check=False
    )


def curate(recipe: Path, *words: str, path: Path | None) -> Mapping[str, Any]:
    workspace = recipe.parents[1] / "work"
    done = command("curate", recipe, "--workspace", workspace, "--json", *words, path=path)
    assert done.returncode == 0, done.stderr
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def refusal(recipe: Path, *words: str, path: Path | None) -> str:
    done = command(*words, recipe, "--workspace", recipe.parents[1] / "work", path=path)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def curated(recipe: Path, installed: Path) -> Mapping[str, Any]:
    return curate(recipe, "--set", NAMED, path=installed)


def test_a_step_that_a_recipe_names_leaves_rows_out(curated: Mapping[str, Any]) -> None:
    decisions = read_jsonl(Path(curated["folder"]) / "decisions.jsonl")
    told = [
        (each["row"], each["action"], each["reason"], each["detail"]) for each in decisions if "shout" in each["step"]
    ]
    assert told == [(22, "drop", "shouted", "100% capitals")]
    assert curated["summary"]["dropped_by_reason"]["shouted"] == 1


def test_a_step_of_a_package_stands_where_it_says(curated: Mapping[str, Any]) -> None:
    names = [step["step"] for step in curated["summary"]["steps"]]
    place = names.index("shout/1")
    assert names[place - 1 : place + 2] == ["length/1", "shout/1", "quality/1"]


def test_the_report_has_its_words_and_its_package(curated: Mapping[str, Any]) -> None:
    report = Path(curated["report"]).with_suffix(".md").read_text(encoding="utf-8")
    assert curated["summary"]["packages"] == {"shout/1": "commonhold-example 0.1.0"}
    for words in (
        "Is it said in a calm voice?",
        "Written in capitals",
        "The same in small letters",
        "shout/1 (commonhold-example 0.1.0)",
    ):
        assert words in report


def test_the_paragraph_for_a_contributor_has_its_words(curated: Mapping[str, Any]) -> None:
    told = (Path(curated["folder"]) / "contributors.jsonl").read_text(encoding="utf-8")
    assert "1 is not used, because it is written in capitals." in told


def test_a_step_that_no_recipe_names_changes_nothing(recipe: Path, installed: Path) -> None:
    without, beside = curate(recipe, path=None), curate(recipe, path=installed)
    assert beside["folder"] == without["folder"]
    assert without["summary"]["packages"] == {}
    assert "packages" not in read_json(Path(without["folder"]) / "summary.json")


def test_the_version_of_a_package_counts_for_the_key(
    recipe: Path, installed: Path, curated: Mapping[str, Any], tmp_path: Path
) -> None:
    newer = shutil.copytree(installed, tmp_path / "site")
    (info,) = newer.glob("*.dist-info")
    metadata = (info / "METADATA").read_text(encoding="utf-8").replace("Version: 0.1.0", "Version: 0.2.0")
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    again, other = (curate(recipe, "--set", NAMED, path=path) for path in (installed, newer))
    assert again["folder"] == curated["folder"] != other["folder"]
    assert other["summary"]["packages"] == {"shout/1": "commonhold-example 0.2.0"}


def test_what_a_recipe_says_for_a_step_reaches_it(recipe: Path, installed: Path) -> None:
    flag = "data.cleaning.extra_steps=[{step: shout/1, settings: {action: flag}}]"
    summary = curate(recipe, "--set", flag, path=installed)["summary"]
    (step,) = (step for step in summary["steps"] if step["step"] == "shout/1")
    assert (step["flagged"], step["dropped"]) == ({"shouted": 1}, {})
    assert "shout" in summary["asked"]["idle"]


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["processes", "ray"])
def test_workers_find_the_step_too(recipe: Path, installed: Path, curated: Mapping[str, Any], executor: str) -> None:
    words = ("--executor", executor, "--workers", "2", "--force", "curate")
    again = curate(recipe, "--set", NAMED, *words, path=installed)
    assert again["digest"] == curated["digest"]


@pytest.mark.parametrize("verb", ["check", "curate", "plan"])
def test_without_the_package_a_recipe_that_names_it_is_refused(recipe: Path, verb: str) -> None:
    told = refusal(recipe, verb, "--set", NAMED, path=None)
    assert f"--set {NAMED} 0.step: unknown curation step 'shout/1'" in told
    assert "Install the package that has it: entry points 'commonhold.steps' of installed packages are looked" in told


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{step: shuot/1}", "0.step: unknown curation step 'shuot/1'; did you mean 'shout/1'?"),
        ("{step: length/1}", "0.step: length/1 is a step of commonhold itself, and part of curation without being"),
        (
            "{step: shout/1, settings: {most_capital: 0.5}}",
            "0.settings.most_capital: unknown key; did you mean 'most_capitals'? Settings of shout/1: most_capitals, ",
        ),
        ("{step: shout/1, settings: {action: 3}}", "0.settings.action: this should be 'flag' or 'drop', got 3"),
        ("{step: shout/1}, {step: shout/1}", "the step 'shout/1' is named twice"),
        ("{stp: shout/1}", "unknown key; did you mean 'step'?"),
    ],
)
def test_a_step_that_is_named_wrongly_is_answered(recipe: Path, installed: Path, value: str, said: str) -> None:
    assert said in refusal(recipe, "check", "--set", f"data.cleaning.extra_steps=[{value}]", path=installed)


def test_a_mistake_in_the_file_has_its_line(recipe: Path, installed: Path, tmp_path: Path) -> None:
    text = recipe.read_text(encoding="utf-8")
    steps = "  cleaning:\n    extra_steps:\n      - step: shout/1\n        settings:\n          mots_capitals: 0.5\n"
    other = recipe.with_name("other.yaml")
    other.write_text(text.replace("  min_words: 1\n", f"  min_words: 1\n{steps}"), encoding="utf-8")
    (line,) = (number for number, each in enumerate(other.read_text().splitlines(), 1) if "mots" in each)
    told = refusal(other, "check", path=installed)
    assert f"other.yaml:{line} data.cleaning.extra_steps.0.settings.mots_capitals: unknown key" in told


@pytest.fixture
def task(tmp_path: Path) -> Path:
    folder = tmp_path / "begins"
    folder.mkdir()
    (folder / "task.yaml").write_text(TASK, encoding="utf-8")
    table = [("a", "Which desk? Begin with its name.", "Streets"), ("b", "Is it open today?", "yes|open")]
    write_rows(folder / "items.csv", table, ("id", "prompt", "answer"))
    return folder


def test_a_task_with_a_scorer_of_a_package_is_in_order(task: Path, installed: Path) -> None:
    done = command("eval", "check", task, path=installed)
    assert (done.returncode, done.stderr) == (0, "")
    assert "in order: 2 items, begins/1" in done.stdout


def test_a_scorer_of_a_package_scores(task: Path, installed: Path) -> None:
    done = command("-c", SCORES, task, path=installed)
    assert done.stdout.strip() == "[(0.0, 1.0), (0.0, 1.0)] {'begins/1': 'commonhold-example 0.1.0'}", done.stderr


def test_a_scorer_of_a_package_has_a_first_task(installed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "first-word"
    assert command("eval", "new", folder, "--kind", "begins", path=installed).returncode == 0
    assert command("eval", "check", folder, path=installed).returncode == 0
    assert "Begin with yes or no." in (folder / "items.csv").read_text(encoding="utf-8")


def test_without_the_package_its_scorer_is_unknown(task: Path) -> None:
    done = command("eval", "check", task)
    assert done.returncode == 2
    assert "unknown scorer 'begins/1'" in done.stderr
    assert "Install the package that has it" in done.stderr
    assert "'commonhold.scorers'" in done.stderr


def test_a_package_that_is_broken_is_named(task: Path, recipe: Path, installed: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(installed, tmp_path / "site")
    for module in ("shout", "begins"):
        (broken / "commonhold_example" / f"{module}.py").write_text("import strings_that_nobody_has", encoding="utf-8")
    for done in (
        command("eval", "check", task, path=broken),
        command("curate", recipe, "--workspace", tmp_path / "work", path=broken),
    ):
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert "the package commonhold-example 0.1.0 cannot be used: ModuleNotFoundError" in done.stderr
        assert "pip uninstall commonhold-example" in done.stderr


def test_help_does_not_load_packages(installed: Path) -> None:
    program = "import sys; from commonhold.cli.dispatch import dispatch; dispatch(['--help']); print(*sys.modules)"
    loaded = command("-c", program, path=installed).stdout.split()
    assert "commonhold.cli.app" in loaded
    assert not [
        name for name in loaded if re.match(r"commonhold_example|commonhold\.registry|importlib\.metadata", name)
    ]
