"""What a person types to plan, and what they read; and the benchmark that waits for a graphics card."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from tests.benchmarks.gpu_training import MODELS, gpu_is_here, planned
from tests.command_line import parse

from commonhold.cli.plan_text import plan_text
from commonhold.recipe.load import load_recipe
from commonhold.stages.plan import PlanOptions, make_plan
from commonhold.stages.stage import Context
from commonhold.stages.workspace import Workspace

ROOT = Path(__file__).parents[2]


def test_sizes_are_read_as_people_write_them() -> None:
    for text in ("12GB", "12", "12 gb", "12G"):
        assert parse(["plan", "r.yaml", "--gpu", text]).params["gpu"] == 12


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--gpu", "big"], "a size such as 12GB, not 'big'"),
        (["--gpu", "0"], "a size such as 12GB, not '0'"),
        (["--gpu", "nan"], "a size such as 12GB, not 'nan'"),
        (["--price-per-kwh", "-1"], "a price such as 0.30, not '-1'"),
    ],
)
def test_other_sizes_and_prices_are_refused(words: list[str], expected: str) -> None:
    with pytest.raises(click.BadParameter) as refused:
        parse(["plan", "r.yaml", *words])
    assert refused.value.message == expected


def test_the_text_says_parts_sum_and_the_change_that_fits(tmp_path: Path) -> None:
    loaded = load_recipe(ROOT / "recipes" / "riverbend-24gb.yaml")
    context = Context(loaded, Workspace(tmp_path), lambda _: None)
    text = plan_text(make_plan(context, PlanOptions(card_bytes=8 * 2**30)))
    assert "this does not fit. It does with --set " in text
    assert "loses about 1 GB; taken off" in text
    assert "costs" not in text
    for part in ("weights", "adapter", "activations", "logits", "slack", "total"):
        assert f"\n  {part} " in text


@pytest.mark.skipif(gpu_is_here(), reason="measures on a GPU instead")
def test_the_benchmark_says_that_there_is_no_gpu() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.gpu_training"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no CUDA GPU here" in done.stderr


def test_the_benchmark_plans_every_model_and_way() -> None:
    found = {(model, way): planned(MODELS[model], way, 24, 8) for model in MODELS for way in ("packed", "unpacked")}
    assert all(plan["fits"] and plan["planned_seconds"] > 0 for plan in found.values())
    assert found["llama-8b", "packed"]["planned_bytes"] > found["smollm3-3b", "packed"]["planned_bytes"]
