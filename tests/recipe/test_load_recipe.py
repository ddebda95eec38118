"""Recipes from files, with values from the command line, every problem at once."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from commonhold.errors import FormError, MissingInputError
from commonhold.recipe.load import load_recipe, resolve_path
from commonhold.recipe.sections import Recipe

SMALLEST = """\
recipe: 1
name: bakery
governance:
  purpose: Answer questions about bread.
  intended_use: The baker reads along.
  out_of_scope: [cakes]
  contact: bread@example.org
  stewards: [the bakers]
data: {folder: ../data}
evaluate:
  tasks: [../tasks]
  gates:
    - task: bread
      min_gain: 0.1
publish: {model: bakery, licence: Apache-2.0}
"""


def _written(tmp_path: Path, text: str = SMALLEST) -> Path:
    path = tmp_path / "bakery.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _problems(path: Path, *overrides: str) -> list[str]:
    with pytest.raises(FormError) as caught:
        load_recipe(path, overrides)
    return [str(problem) for problem in caught.value.problems]


def test_the_smallest_recipe_is_read_and_the_rest_filled_in(tmp_path: Path) -> None:
    loaded = load_recipe(_written(tmp_path))
    assert loaded.recipe.name == "bakery"
    assert loaded.recipe.base.id == "smollm2-135m-instruct"
    assert loaded.recipe.train.lora.rank == 16


def test_what_was_read_is_kept_with_where_it_was_read(tmp_path: Path) -> None:
    path = _written(tmp_path)
    loaded = load_recipe(path, ["seed=7"])
    assert (loaded.path, loaded.folder) == (path, tmp_path)
    assert (loaded.source, loaded.overrides) == (SMALLEST, ("seed=7",))


def test_a_recipe_that_is_not_there_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"nothing\.yaml: there is no such file"):
        load_recipe(tmp_path / "nothing.yaml")


def test_problems_of_the_file_and_of_overrides_come_together(tmp_path: Path) -> None:
    path = _written(tmp_path, SMALLEST + "sed: 3\n")
    assert _problems(path, "train.lora.rnak=3", "nonsense", "train.epochs=0") == [
        "--set nonsense: this is not key=value. Write --set train.epochs=1",
        "--set train.epochs=0: this should be at least 1, got 0. Run: commonhold explain train.epochs",
        "--set train.lora.rnak=3: unknown key; did you mean 'rank'? Run: commonhold explain train.lora",
        f"{path}:16 sed: unknown key; did you mean 'seed'? Run: commonhold explain",
    ]


def test_an_unreadable_file_does_not_hide_an_unreadable_override(tmp_path: Path) -> None:
    first, second = _problems(_written(tmp_path, "a: [\n"), "nonsense")
    assert first.startswith("--set nonsense: ")
    assert ":2: not readable as YAML" in second


@pytest.mark.parametrize(
    ("override", "read"),
    [
        ("train.epochs=9", lambda recipe: recipe.train.epochs == 9),
        ("train.lora.rank=8", lambda recipe: (recipe.train.lora.rank, recipe.train.lora.alpha) == (8, 32)),
        ("data.redact=[email,phone]", lambda recipe: recipe.data.redact == ("email", "phone")),
        ("data.redact=[]", lambda recipe: recipe.data.redact == ()),
        ("train.learning_rate=2e-4", lambda recipe: recipe.train.learning_rate == 0.0002),
        ("data.system_prompt=a=b", lambda recipe: recipe.data.system_prompt == "a=b"),
        ('data.system_prompt=""', lambda recipe: recipe.data.system_prompt == ""),
        ("data.system_prompt='yes: no'", lambda recipe: recipe.data.system_prompt == "yes: no"),
        ("data.max_records=null", lambda recipe: recipe.data.max_records is None),
        ("data.max_records=", lambda recipe: recipe.data.max_records is None),
        (" train . epochs = 9", lambda recipe: recipe.train.epochs == 9),
        ("train={epochs: 9}", lambda recipe: (recipe.train.epochs, recipe.train.max_tokens) == (9, 512)),
        ("evaluate.gates=[{task: x, max_loss: 0}]", lambda recipe: recipe.evaluate.gates[0].max_loss == 0.0),
    ],
)
def test_an_override_is_read_as_the_file_is(tmp_path: Path, override: str, read: Callable[[Recipe], bool]) -> None:
    assert read(load_recipe(_written(tmp_path), [override]).recipe)


def test_of_two_overrides_the_later_wins(tmp_path: Path) -> None:
    recipe = load_recipe(_written(tmp_path), ["train.lora.rank=4", "train.lora={alpha: 8}", "seed=1", "seed=2"]).recipe
    assert (recipe.train.lora.rank, recipe.train.lora.alpha, recipe.seed) == (16, 8, 2)


def test_an_override_mends_a_value_that_is_wrong_in_the_file(tmp_path: Path) -> None:
    path = _written(tmp_path, SMALLEST + "train: {epochs: 0, lora: {rank: 0}}\n")
    assert load_recipe(path, ["train.epochs=1", "train.lora.rank=1"]).recipe.train.epochs == 1


def test_an_override_fills_a_section_that_the_file_leaves_blank(tmp_path: Path) -> None:
    assert load_recipe(_written(tmp_path, SMALLEST + "train:\n"), ["train.epochs=5"]).recipe.train.epochs == 5


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("train.epochs", "this is not key=value. Write --set train.epochs=1"),
        ("=3", "this is not key=value"),
        ("train..epochs=3", "this is not key=value"),
        ("train.epochs=[1", "not readable as YAML"),
        ("train.epochs=!!int 1", "the tag !!int is not allowed"),
        ("train.epochs=1\nseed: 2", "this is more than one value"),
        ('train.epochs="3"', 'this should be a whole number, got "3"'),
        ("train.epochs=yes", 'this should be a whole number, got "yes"'),
        ("data.folder=", "this should be text, got null"),
        ("trian.epochs=3", "unknown key; did you mean 'train'?"),
        (
            "evaluate.gates.0.min_gain=1",
            "evaluate.gates is not a section. Set the whole of it: --set 'evaluate.gates=…'",
        ),
        ("name.first=x", "name is not a section"),
        ("data.redact=[email,phne]", " 1: this should be"),
        ("evaluate={max_items: 3}", " tasks: this key is missing"),
        ("evaluate.gates=[{task: x, min_gian: 1}]", " 0.min_gian: unknown key; did you mean 'min_gain'?"),
    ],
)
def test_a_wrong_override_is_told_at_the_override(tmp_path: Path, override: str, message: str) -> None:
    problem = _problems(_written(tmp_path), override)[0]
    assert problem.startswith((f"--set {override}: {message}", f"--set {override}{message}"))


def test_an_override_of_a_file_that_is_no_recipe_is_told_beside_the_file(tmp_path: Path) -> None:
    path = _written(tmp_path, "- one\n- two\n")
    assert _problems(path, "seed=1") == [
        "--set seed=1: the recipe is not a section",
        f"{path}:1: this should be a section: its keys on the lines below, indented. Run: commonhold explain",
    ]


def test_a_wrong_value_in_the_file_beside_an_override_keeps_its_line(tmp_path: Path) -> None:
    path = _written(tmp_path, SMALLEST + "train:\n  epochs: 0\n  epoch: 1\n")
    assert [problem.split(": ")[0] for problem in _problems(path, "train.max_tokens=64")] == [
        f"{path}:17 train.epochs",
        f"{path}:18 train.epoch",
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [("../data/x", "data/x"), ("./x", "recipes/x"), ("x/../y", "recipes/y"), ("/srv/x", "/srv/x")],
)
def test_a_path_is_seen_from_the_recipes_folder(tmp_path: Path, written: str, expected: str) -> None:
    assert resolve_path(tmp_path / "recipes", written) == tmp_path / expected


def test_a_relative_folder_gives_a_relative_path() -> None:
    assert resolve_path(Path("recipes"), "../data") == Path("data")


def test_a_path_through_a_link_goes_where_the_system_goes(tmp_path: Path) -> None:
    (tmp_path / "far" / "recipes").mkdir(parents=True)
    (tmp_path / "recipes").symlink_to(tmp_path / "far" / "recipes")
    (tmp_path / "far" / "data").mkdir()
    assert resolve_path(tmp_path / "recipes", "../data").resolve() == (tmp_path / "far" / "data").resolve()


def test_reading_recipes_loads_no_heavy_library() -> None:
    program = "import sys, commonhold.recipe.load; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    source = str(Path(__file__).parents[2] / "pipeline")
    ran = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": source}, capture_output=True, text=True, check=True
    )
    loaded = set(ran.stdout.split())
    assert {"pydantic", "yaml"} <= loaded
    assert not loaded & {"numpy", "torch", "transformers", "mlflow", "datasets", "pyarrow", "pandas", "phonenumbers"}


def test_a_day_is_read_as_written_and_others_are_refused(tmp_path: Path) -> None:
    path = _written(tmp_path)
    assert load_recipe(path, ["data.as_of=2026-03-14"]).recipe.data.as_of == date(2026, 3, 14)
    for wrong in ("14.03.2026", "2026-02-30", "2026-3-14"):
        (problem,) = _problems(path, f"data.as_of={wrong}")
        assert problem.startswith(f"--set data.as_of={wrong}: ")
