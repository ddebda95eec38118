"""What the train stage makes of a recipe's processes."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.stages.conftest import run
from tests.toys import CPU

from commonhold.digests import digests_below
from commonhold.models.device import DeviceProfile
from commonhold.recipe.load import load_recipe
from commonhold.recipe.sections import Recipe
from commonhold.stages.estimate import TrainingEstimate, assumed_rows, estimate_training
from commonhold.stages.training import needs_sharding

TWO = ("train.processes=2", "train.gradient_accumulation_steps=2")
CARD = replace(CPU, device="cuda", precision="bfloat16", memory_bytes=6_000_000_000)
"""Too small for a base of 1.7 billion weights, unquantised."""


def estimate(recipe: Recipe, device: DeviceProfile) -> TrainingEstimate:
    return estimate_training(recipe, assumed_rows(recipe, 10_000), device, on_this_machine=False)


@pytest.mark.parametrize(
    ("overrides", "memory_bytes", "expected"),
    [
        ((*TWO, "base.quantisation=none"), 6_000_000_000, True),
        ((*TWO, "base.quantisation=none"), 24_000_000_000, False),
        (("base.quantisation=none",), 6_000_000_000, False),
        (TWO, 6_000_000_000, False),
    ],
)
def test_the_base_is_split_when_one_of_several_cards_cannot_hold_the_training(
    finished: tuple[Path, object], overrides: tuple[str, ...], memory_bytes: int, expected: bool
) -> None:
    recipe = load_recipe(finished[0], overrides).recipe
    card = replace(CARD, memory_bytes=memory_bytes)
    assert needs_sharding(recipe, estimate(recipe, card), card) is expected


def test_memory_of_the_machine_is_not_split(finished: tuple[Path, object]) -> None:
    recipe, tiny = load_recipe(finished[0], TWO).recipe, replace(CPU, memory_bytes=1)
    assert needs_sharding(recipe, estimate(recipe, tiny), tiny) is False


@pytest.mark.slow
def test_a_recipe_with_two_processes_trains_what_one_process_trains(fresh: Path) -> None:
    both = run(fresh, TWO, until="train")
    alone = run(fresh, ("train.gradient_accumulation_steps=2",), until="train")
    assert (both.ran, alone.ran) == (("curate", "train"), ("train",))
    ours, theirs = (digests_below(outcome.artifacts["train"].path / "adapter") for outcome in (both, alone))
    assert ours == theirs
