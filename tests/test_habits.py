"""What watches over changes: the same commands everywhere, hooks that find mistakes, forms that ask for no secrets."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.changed import commands_for

from commonhold.publish.standalone import standalone_text

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / ".github/workflows/ci.yml"
FORMS = [form for form in sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")) if form.stem != "config"]
GITLAB_FORMS = sorted((ROOT / ".gitlab/issue_templates").glob("*.md"))
RECIPE, DATA = "recipes/riverbend-urgency.yaml", "community_data/riverbend-urgency"
TASK = "eval/tasks/riverbend-urgency/urgency"


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def data_of(path: Path) -> Any:
    return yaml.safe_load(read(path))


def ran(lines: Sequence[str]) -> list[str]:
    """Commands with `.ci/run` replaced by what it runs."""
    of_ci = [line for line in read(ROOT / ".ci/run").splitlines() if line.startswith("make ")]
    return [command for line in lines for command in (of_ci if line == ".ci/run" else [line])]


def github(job: str) -> list[str]:
    return ran([step["run"] for step in data_of(WORKFLOW)["jobs"][job]["steps"] if "run" in step])


def gitlab(job: str) -> list[str]:
    return ran(data_of(ROOT / ".gitlab-ci.yml")[job]["script"])


def test_all_three_run_the_same_two_commands() -> None:
    assert ran([".ci/run"]) == github("all") == gitlab("all") == ["make lint", "make test"]
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_the_other_pythons_run_a_part_of_the_tests() -> None:
    assert github("fast") == gitlab("fast") == ["make test-fast"]
    assert re.search(r"^test:.*\btest-fast\b", read(ROOT / "Makefile"), re.MULTILINE)


def test_every_python_that_is_allowed_is_tried() -> None:
    jobs, stages = data_of(WORKFLOW)["jobs"], data_of(ROOT / ".gitlab-ci.yml")
    others = jobs["fast"]["strategy"]["matrix"]["python"]
    (first,) = (
        step["with"]["python-version"] for step in jobs["all"]["steps"] if "setup-python" in step.get("uses", "")
    )
    assert [first, *others] == re.findall(
        r'"Programming Language :: Python :: (3\.\d+)"', read(ROOT / "pyproject.toml")
    )
    assert stages["fast"]["parallel"]["matrix"] == [{"PYTHON_VERSION": others}]
    assert stages["all"]["image"] == f"python:{first}-bookworm"


def test_what_runs_at_a_forge_may_read_and_nothing_else() -> None:
    workflow = data_of(WORKFLOW)
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow[True]) == {"push", "pull_request"}  # YAML 1.1 reads `on` as true
    for job in workflow["jobs"].values():
        assert not {"permissions", "secrets", "environment"} & set(job)
        for step in job["steps"]:
            assert re.fullmatch(r"actions/(checkout|setup-python)@v\d+", step.get("uses", "actions/checkout@v1"))
            assert "checkout" not in step.get("uses", "") or step["with"] == {"persist-credentials": False}
    for text in (read(WORKFLOW), read(ROOT / ".gitlab-ci.yml")):
        assert not re.search(r"secrets\.|TOKEN|upload|artifacts:|cache:", text)


def hooks() -> dict[str, Mapping[str, Any]]:
    (local,) = data_of(ROOT / ".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local"
    return {hook["id"]: hook for hook in local["hooks"]}


def run_hook(name: str, folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    """A hook's command in another folder, with the programs of the Python that runs the tests."""
    words = shlex.split(hooks()[name]["entry"])
    program = Path(sys.executable).parent / Path(words[0]).name
    named = files if hooks()[name].get("pass_filenames", True) else ()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'pipeline'}", "HOME": str(folder)}
    command = [str(program), *words[1:], *named]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """One shipped recipe with its data and the tasks, in a folder that may be spoilt."""
    for name in (DATA, "eval", "community_data/riverbend-ratings"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "recipes").mkdir()
    shutil.copy(ROOT / RECIPE, tmp_path / RECIPE)
    return tmp_path


def spoil(file: Path, old: str, new: str) -> None:
    text = read(file)
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_hooks_download_nothing() -> None:
    assert list(hooks()) == ["ruff-check", "ruff-format", "mypy", "recipes", "tasks"]
    for hook in hooks().values():
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")
        assert "additional_dependencies" not in hook


@pytest.mark.parametrize(
    ("hook", "good", "bad", "said"),
    [
        ("ruff-check", "x = 1\n", "print(1)\n", "T201"),  # ruff alone allows print, the project's settings do not
        ("ruff-format", 'x = {"a": 1}\n', "x = {'a':1}\n", "would be reformatted"),
        ("mypy", "def f(x: int) -> int:\n    return x\n", "def f(x):\n    return x\n", "missing a type annotation"),
    ],
)
def test_a_hook_on_code_passes_good_and_finds_bad(hook: str, good: str, bad: str, said: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for folder in ("pipeline", "tests", "docs/examples/commonhold-example/src"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / f"{Path(folder).name}_toy.py").write_text("", encoding="utf-8")
    file = tmp_path / "pipeline/toy.py"
    file.write_text(good, encoding="utf-8")
    fine = run_hook(hook, tmp_path, "pipeline/toy.py")
    assert fine.returncode == 0, fine
    file.write_text(bad, encoding="utf-8")
    wrong = run_hook(hook, tmp_path, "pipeline/toy.py")
    assert wrong.returncode == 1, wrong
    assert said in wrong.stdout + wrong.stderr


def test_a_hook_on_code_leaves_the_made_verifier_alone(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "deploy/verifier").mkdir(parents=True)
    (tmp_path / "deploy/verifier/made.py").write_text("print( 1)\n", encoding="utf-8")
    for hook in ("ruff-check", "ruff-format"):
        assert run_hook(hook, tmp_path, "deploy/verifier/made.py").returncode == 0


@pytest.mark.parametrize(
    ("hook", "changed", "old", "new", "said"),
    [
        ("recipes", RECIPE, "name:", "nmae: x\nname:", "did you mean 'name'"),
        ("recipes", f"{DATA}/datasheet.yaml", "licence:", "licens:", "did you mean 'licence'"),
        ("tasks", f"{TASK}/task.yaml", "scorer:", "scorre:", "did you mean 'scorer'"),
    ],
)
def test_a_hook_on_data_passes_good_and_finds_bad(
    hook: str, changed: str, old: str, new: str, said: str, town: Path
) -> None:
    assert re.search(hooks()[hook]["files"], changed)
    fine = run_hook(hook, town, changed)
    assert fine.returncode == 0, fine
    assert "is in order" in fine.stdout
    spoil(town / changed, old, new)
    wrong = run_hook(hook, town, changed)
    assert wrong.returncode == 2, wrong
    assert said in wrong.stderr
    assert Path(changed).name in wrong.stderr


def test_a_mistake_that_stops_one_check_leaves_the_others(town: Path) -> None:
    spoil(town / RECIPE, "name:", "nmae: x\nname:")
    ran = run_hook("recipes", town, RECIPE, f"{TASK}/items.csv")
    assert ran.returncode == 2
    assert f"{TASK} is in order" in ran.stdout


def test_a_row_leads_to_each_recipe_that_names_its_folder(town: Path) -> None:
    shutil.copy(town / RECIPE, town / "recipes/another.yaml")
    shutil.copy(town / RECIPE, town / "recipes/elsewhere.yaml")
    spoil(town / "recipes/elsewhere.yaml", f"{DATA}\n", f"{DATA}-2\n")
    found = commands_for([Path(f"{DATA}/urgency.csv")], town)
    assert found == [
        ("check", str(town / "recipes/another.yaml"), "--without-weights"),
        ("check", str(town / RECIPE), "--without-weights"),
    ]


@pytest.mark.parametrize("file", ["README.md", "eval/README.md", "community_data/riverbend-ratings/ratings.csv"])
def test_files_of_nothing_that_is_checked_are_passed_over(file: str, town: Path) -> None:
    assert commands_for([Path(file)], town) == []


def test_a_recipe_that_cannot_be_read_stops_no_others_data(town: Path) -> None:
    (town / "recipes/broken.yaml").write_text("nonsense: [", encoding="utf-8")
    assert commands_for([Path(f"{DATA}/urgency.csv")], town) == [("check", str(town / RECIPE), "--without-weights")]


def test_several_files_of_one_task_ask_for_one_check(town: Path) -> None:
    files = [Path(f"{TASK}/items.csv"), Path(f"{TASK}/task.yaml"), Path("eval/gone/task.yaml")]
    assert commands_for(files, town) == [("eval", "check", str(town / TASK))]


def make_verifier(verifier: Path) -> subprocess.CompletedProcess[str]:
    words = [
        "make",
        "-o",
        ".venv/ready",
        "verifier",
        f"COMMONHOLD={sys.executable} -m commonhold",
        f"VERIFIER={verifier}",
    ]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "pipeline")}
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_make_passes_the_verifier_that_the_code_makes(tmp_path: Path) -> None:
    (tmp_path / "v.py").write_text(standalone_text(), encoding="utf-8")
    assert make_verifier(tmp_path / "v.py").returncode == 0


def test_make_shows_how_a_verifier_differs_and_what_helps(tmp_path: Path) -> None:
    (tmp_path / "v.py").write_text(standalone_text() + "# edited\n", encoding="utf-8")
    ran = make_verifier(tmp_path / "v.py")
    assert ran.returncode == 2
    assert "-# edited" in ran.stdout
    assert f"Run: commonhold verify --standalone-to {tmp_path / 'v.py'}" in ran.stderr


def test_lint_compares_the_verifier_which_is_marked_as_made() -> None:
    assert re.search(r"^lint:.*\bverifier\b", read(ROOT / "Makefile"), re.MULTILINE)
    marked = [
        line.split()[0] for line in read(ROOT / ".gitattributes").splitlines() if "linguist-generated=true" in line
    ]
    assert marked == ["deploy/verifier/verify_commonhold.py"]


def labels(form: Path) -> list[str]:
    return [part["attributes"]["label"] for part in data_of(form)["body"] if part["type"] != "markdown"]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_is_whole_and_asks_for_no_personal_data(form: Path) -> None:
    said = data_of(form)
    assert said["name"]
    assert said["description"]
    ids = [part["id"] for part in said["body"][1:]]
    assert len(set(ids)) == len(ids) >= 3
    assert {part["type"] for part in said["body"][1:]} <= {"input", "textarea", "dropdown", "checkboxes"}
    assert said["body"][0]["attributes"]["value"].startswith("Do not paste personal data")


def test_both_forges_ask_the_same() -> None:
    assert [form.stem for form in FORMS] == [form.stem for form in GITLAB_FORMS] == ["bug", "data", "idea"]
    for one, other in zip(FORMS, GITLAB_FORMS, strict=True):
        assert re.findall(r"^## (.+)$", read(other), re.MULTILINE) == labels(one)
        assert "Do not paste personal data" in read(other)
    change = ROOT / ".github/PULL_REQUEST_TEMPLATE.md"
    assert read(change) == read(ROOT / ".gitlab/merge_request_templates/Default.md")
    assert "personal data" in read(change)


def test_what_is_said_of_data_at_gitlab_is_confidential() -> None:
    assert [form.stem for form in GITLAB_FORMS if "/confidential" in read(form).splitlines()] == ["data"]


def test_contributing_names_every_form_and_check() -> None:
    text = read(ROOT / "CONTRIBUTING.md")
    places = [*FORMS, WORKFLOW, ROOT / ".gitlab-ci.yml", ROOT / ".github/PULL_REQUEST_TEMPLATE.md"]
    assert [place.name for place in places if f"({place.relative_to(ROOT).as_posix()})" not in text] == []
    assert ".gitlab/issue_templates" in text
    assert "pre-commit install" in text
