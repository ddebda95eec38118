"""Plan and training say the same, what cannot fit is refused with a change, and the plan's errors are kept."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.summaries import TRAINING
from tests.toys import CPU, make_example, make_tokenizer

from commonhold.errors import NoMemoryError
from commonhold.files import read_json
from commonhold.models.time_estimate import Batch
from commonhold.recipe.load import load_recipe
from commonhold.records.training_summary import TrainingSummary
from commonhold.stages.estimate import (
    assumed_rows,
    batched,
    estimate_training,
    real_rows,
    refuse_what_cannot_fit,
    resolved,
)
from commonhold.stages.pipeline import RunOutcome
from commonhold.stages.plan import PlanOptions, a_card, make_plan
from commonhold.stages.stage import Context
from commonhold.stages.training import compared
from commonhold.stages.workspace import Workspace

ROOT = Path(__file__).parents[2]
GIB = 2**30


@pytest.mark.parametrize("size", [8, 12, 16, 24])
def test_a_shipped_recipe_fits_its_card(size: int) -> None:
    recipe = load_recipe(ROOT / "recipes" / f"riverbend-{size}gb.yaml").recipe
    told = estimate_training(recipe, assumed_rows(recipe, 10_000), a_card(size * GIB), on_this_machine=False)
    assert told.choice.fits
    header = (ROOT / "recipes" / f"riverbend-{size}gb.yaml").read_text(encoding="utf-8")
    assert f"needs about {told.choice.memory.total / GIB:.1f} GiB" in header


def test_a_recipe_that_cannot_fit_is_refused_with_words_that_can() -> None:
    recipe = load_recipe(ROOT / "recipes" / "riverbend-24gb.yaml").recipe
    rows, card = assumed_rows(recipe, 10_000), a_card(8 * GIB)
    with pytest.raises(NoMemoryError, match=r"Add --set train\.batch_size=1 .*--set base\.quantisation=nf4$"):
        refuse_what_cannot_fit(recipe, estimate_training(recipe, rows, card, on_this_machine=False), rows, card)


def test_auto_is_resolved_into_plain_values() -> None:
    words = ["train.batch_size=auto", "train.gradient_accumulation_steps=4", "train.gradient_checkpointing=auto"]
    recipe = load_recipe(ROOT / "recipes" / "riverbend-24gb.yaml", words).recipe
    told = estimate_training(recipe, assumed_rows(recipe, 10_000), a_card(24 * GIB), on_this_machine=False)
    train = resolved(recipe, told.choice).train
    assert isinstance(train.batch_size, int)
    assert train.batch_size * train.gradient_accumulation_steps == 4
    assert isinstance(train.gradient_checkpointing, bool)


def test_rows_are_counted_as_they_are_packed(finished: tuple[Path, RunOutcome]) -> None:
    recipe = load_recipe(finished[0], ["train.max_tokens=100", "train.epochs=2"]).recipe
    tokenizer = make_tokenizer()
    examples = [make_example(number) for number in range(4)] + [make_example(9, "validation")]
    long = make_example(7, completion="water " * 200)
    rows = real_rows(recipe, [*examples, long], tokenizer)
    plain = real_rows(recipe, examples, tokenizer)
    assert rows.training == plain.training  # what is too long is left out whole
    assert rows.truncation is not None
    assert (rows.truncation.examples, rows.truncation.too_long) == (5, 1)
    assert rows.truncation.longest > 100
    assert plain.truncation is not None
    assert plain.truncation.lost_tokens == 0.0


def test_batches_are_as_long_as_their_longest_row() -> None:
    rows = [Batch(1, 10, 3), Batch(1, 20, 4), Batch(1, 5, 1)]
    assert batched(rows, 2) == (Batch(2, 20, 7, examples=2), Batch(1, 5, 1))  # the shorter row is filled up
    assert batched([Batch(1, 20, 3, 4), Batch(1, 20, 3, 2)], 2) == (Batch(2, 20, 6, examples=4),)


def test_different_lengths_are_counted_in_whole_tiles(community: Path) -> None:
    recipe, tokenizer = load_recipe(community, ["train.packing=false", "train.max_tokens=500"]).recipe, make_tokenizer()
    long = make_example(7, completion="water " * 60)
    numbered = [make_example(number) for number in range(3)]
    rows = real_rows(recipe, [*numbered, long, make_example(9, "validation")], tokenizer)
    tiles = {-(-row.row_tokens // 16) for row in (*rows.training, *rows.validation)}
    assert rows.lengths.different == len(tiles) > 1


def test_training_keeps_what_was_estimated(finished: tuple[Path, RunOutcome]) -> None:
    summary = read_json(finished[1].artifacts["train"].path / "summary.json")
    assert summary["planned_memory_bytes"] > 6e8
    assert summary["planned_seconds"] > 0
    assert (summary["batch_size"], summary["gradient_accumulation_steps"], summary["gradient_checkpointing"]) == (
        1,
        1,
        "false",
    )


def test_both_errors_stand_in_one_line() -> None:
    changed = {
        "peak_memory_bytes": 2 * 10**9, "planned_memory_bytes": 22 * 10**8, "seconds": 100.0, "planned_seconds": 80.0,
    }  # fmt: skip
    figures = TrainingSummary(**{**TRAINING, "adapter_digest": "", **changed, "resumed_from": 0})
    assert compared(figures) == (
        "the plan: 2.2 GB estimated, 2.0 GB measured (+10%); 80 s estimated, 1.7 min taken (-20%)"
    )
    assert compared(replace(figures, resumed_from=3)).endswith("measured (+10%)")


def test_a_plan_counts_energy_and_only_a_given_price(community: Path) -> None:
    context = Context(load_recipe(community), Workspace(community.parents[1] / "work"), lambda _: None)
    free = make_plan(context)
    assert free.cost is None
    assert free.energy_kwh is not None
    rented = make_plan(context, PlanOptions(price_per_hour=3600.0))
    assert rented.cost == pytest.approx(rented.training_seconds)
    card = make_plan(context, PlanOptions(card_bytes=12 * GIB, price_per_kwh=1.0))
    assert (card.cost, card.energy_kwh, card.basis) == (None, None, "guessed")
    assert card.usable_bytes == 12 * GIB - 10**9


def test_a_speed_counts_for_the_precision_that_it_was_measured_in(community: Path) -> None:
    workspace = Workspace(community.parents[1] / "work")
    trained = read_json(next(workspace.objects.glob("train/*/summary.json")))["precision"]
    bases = {
        precision: make_plan(Context(load_recipe(community, [f"base.precision={precision}"]), workspace, print)).basis
        for precision in ("float32", "bfloat16")
    }
    assert bases.pop(trained) == "measured"
    assert list(bases.values()) == ["probed"]


def test_a_plan_before_curation_counts_no_more_than_the_records_asked_for(tmp_path: Path) -> None:
    words = ["data.max_records=20", "train.max_tokens=32", "train.epochs=2", "train.packing=true"]
    loaded = load_recipe(ROOT / "recipes" / "riverbend-helpdesk.yaml", words)
    shares = loaded.recipe.data.validation_share + loaded.recipe.data.test_share
    plan = make_plan(Context(loaded, Workspace(tmp_path), lambda _: None), PlanOptions(card_bytes=12 * GIB))
    assert plan.tokens == 2 * 32 * round(20 * (1 - shares))


def test_a_small_processor_is_refused() -> None:
    recipe = load_recipe(ROOT / "recipes" / "riverbend-helpdesk.yaml").recipe
    rows, small = assumed_rows(recipe, 1000), replace(CPU, memory_bytes=GIB // 2)
    with pytest.raises(NoMemoryError, match="No base of the catalog fits there"):
        refuse_what_cannot_fit(recipe, estimate_training(recipe, rows, small), rows, small)
