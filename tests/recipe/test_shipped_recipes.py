"""Every recipe in the repository: it is read, its files are there, and it says how to use it."""

import re
from pathlib import Path

import pytest

from commonhold.forms import read_yaml
from commonhold.models.catalog import find_model
from commonhold.recipe.load import load_recipe, resolve_path

ROOT = Path(__file__).parents[2]
RECIPES = sorted(path for path in (ROOT / "recipes").glob("*.yaml") if not path.name.endswith(".lock.yaml"))
GPU_RECIPES = [path for path in RECIPES if re.fullmatch(r"riverbend-\d+gb", path.stem)]
each_recipe = pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)


def test_recipes_were_found() -> None:
    assert {"riverbend-helpdesk", "riverbend-urgency"} <= {path.stem for path in RECIPES}
    assert [path.stem for path in GPU_RECIPES] == [f"riverbend-{size}gb" for size in (12, 16, 24, 8)]


@each_recipe
def test_a_recipe_is_read_and_named_as_its_file(path: Path) -> None:
    assert load_recipe(path).recipe.name == path.stem


@each_recipe
def test_the_records_are_there_with_a_datasheet(path: Path) -> None:
    loaded = load_recipe(path)
    assert (resolve_path(loaded.folder, loaded.recipe.data.folder) / "datasheet.yaml").is_file()


@each_recipe
def test_the_base_is_in_the_catalog(path: Path) -> None:
    base = load_recipe(path).recipe.base.id
    assert find_model(base).id == base


@each_recipe
def test_every_gate_judges_a_task_that_is_there(path: Path) -> None:
    loaded = load_recipe(path)
    tasks = set()
    for written in loaded.recipe.evaluate.tasks:
        forms = sorted(resolve_path(loaded.folder, written).rglob("task.yaml"))
        assert forms, f"{written} holds no task"
        tasks |= {read_yaml(form).data["name"] for form in forms}
    assert {gate.task for gate in loaded.recipe.evaluate.gates} <= tasks
    assert loaded.recipe.evaluate.gates


@each_recipe
def test_the_header_says_for_whom_on_what_and_how(path: Path) -> None:
    first, *rest = path.read_text(encoding="utf-8").split("\nrecipe: 1\n")[0].splitlines()
    assert first == "# yaml-language-server: $schema=../docs/reference/recipe.schema.json"
    header = "\n".join(rest)
    for label in ("For:", "Hardware:", "Start:", "Override:"):
        assert f"\n# {label}" in header
    assert f"recipes/{path.name}" in header


@each_recipe
def test_the_overrides_in_the_header_work(path: Path) -> None:
    (line,) = re.findall(r"^# Override: .*$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    overrides = re.findall(r"--set (\S+)", line)
    assert overrides
    assert load_recipe(path, overrides).recipe != load_recipe(path).recipe


@each_recipe
def test_the_schema_named_in_the_first_line_is_there(path: Path) -> None:
    name = path.read_text(encoding="utf-8").splitlines()[0].rpartition("=")[2]
    assert (path.parent / name).is_file()


@each_recipe
def test_lines_fit_a_screen(path: Path) -> None:
    assert max(len(line) for line in path.read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("path", GPU_RECIPES, ids=lambda path: path.stem)
def test_a_gpu_recipe_differs_from_the_first_one_only_in_name_base_training_and_publication(path: Path) -> None:
    first = read_yaml(ROOT / "recipes" / "riverbend-helpdesk.yaml").data
    data = read_yaml(path).data
    for section in ("governance", "data", "evaluate"):
        assert data[section] == first[section]
    assert data.keys() | {"seed"} == first.keys()


@pytest.mark.parametrize("path", GPU_RECIPES, ids=lambda path: path.stem)
def test_a_gpu_recipe_says_how_much_of_the_card_is_usable(path: Path) -> None:
    size = int(path.stem.removeprefix("riverbend-").removesuffix("gb"))
    header = " ".join(path.read_text(encoding="utf-8").split("\nrecipe: 1\n")[0].replace("#", " ").split())
    assert f"with {size} GB, of which {size - 1} GB are usable" in header
    assert "computed, not measured" in header


@pytest.mark.parametrize("path", GPU_RECIPES, ids=lambda path: path.stem)
def test_a_gpu_recipe_trains_a_large_base_gently(path: Path) -> None:
    train = load_recipe(path).recipe.train
    assert (train.learning_rate, train.gradient_checkpointing) == (2e-4, True)
    assert train.batch_size * train.gradient_accumulation_steps * train.max_tokens == 2048


def test_one_word_replies_are_not_too_short_for_the_urgency_recipe() -> None:
    assert load_recipe(ROOT / "recipes" / "riverbend-urgency.yaml").recipe.data.min_words == 1


def test_the_urgency_prompt_names_the_three_words() -> None:
    prompt = load_recipe(ROOT / "recipes" / "riverbend-urgency.yaml").recipe.data.system_prompt
    assert all(word in prompt for word in ("urgent", "soon", "routine"))
