"""What a person reads at the end: results that say when they mean little, and commands to type as they are."""

import re
from pathlib import Path

import pytest

from commonhold.cli.options import DEFAULT_WORKSPACE
from commonhold.cli.train_text import MAKE_RECIPE, next_steps, task_line
from commonhold.records.score import Interval, Slice, TaskResult

MAKEFILE = Path(__file__).parents[2] / "Makefile"


def commands(recipe: Path, workspace: Path = DEFAULT_WORKSPACE) -> list[str]:
    return [re.split("  +", line[6:])[0] for line in next_steps(recipe, workspace, 8080)]


def test_who_came_by_make_goes_on_by_make(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKELEVEL", "1")
    assert commands(MAKE_RECIPE) == ["make ui", "make serve", "make verify"]
    assert commands(Path("recipes/a.yaml")) == [
        "make ui",
        "make serve RECIPE=recipes/a.yaml",
        "make verify RECIPE=recipes/a.yaml",
    ]


def test_who_came_by_the_command_gets_recipe_and_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKELEVEL", raising=False)
    assert commands(Path("a.yaml")) == ["commonhold ui", "commonhold serve a.yaml", "commonhold verify a.yaml"]
    assert commands(Path("my recipe.yaml"), Path("/data/ws")) == [
        "commonhold ui --workspace /data/ws",
        "commonhold serve 'my recipe.yaml' --workspace /data/ws",
        "commonhold verify 'my recipe.yaml' --workspace /data/ws",
    ]


def test_the_recipe_of_make_is_that_of_the_makefile() -> None:
    assert f"RECIPE ?= {MAKE_RECIPE}" in MAKEFILE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("items", "end"), [(19, "+70 points; too few to judge"), (20, "+70 points")])
def test_few_items_are_said_to_be_few(items: int, end: str) -> None:
    both = (Interval(0.3, 1.0), Interval(0.5, 1.0))
    overall = Slice("all", items, 0.75, 1.0, *both, 0.25, Interval(-0.28, 0.7), 1, 0)
    assert task_line(TaskResult("t", "Knows", "multiple_choice/1", overall, (), 0)).endswith(f"difference -28 to {end}")
