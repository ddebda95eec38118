"""A sweep trains each setting once, the recipe's own first, goes on after a break, and claims no more than it saw."""

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.community import make_community, rows, write_rows

from commonhold.cli import main
from commonhold.cli.sweep_text import sweep_text, verdict
from commonhold.errors import FormError, RequestError
from commonhold.files import read_json
from commonhold.provenance.mapping import entry_of
from commonhold.provenance.runs import list_runs
from commonhold.recipe.load import LoadedRecipe, load_recipe
from commonhold.stages.inputs import read_inputs
from commonhold.stages.search_space import Dimension, overrides_of, search_space
from commonhold.stages.sweep import Sweep, Sweeper, Trial
from commonhold.stages.workspace import Workspace

pytest.importorskip("optuna")


def workspace_of(recipe: Path) -> Workspace:
    return Workspace(recipe.parents[1] / "work")


def swept(
    recipe: Path, trials: int, over: tuple[str, ...] = (), seeds: int = 1, said: list[str] | None = None
) -> Sweep:
    loaded = load_recipe(recipe, ["train.packing=false"])
    say = (lambda _line: None) if said is None else said.append
    return sweeper(recipe, loaded, over, say).run(trials, seeds)


def sweeper(recipe: Path, loaded: LoadedRecipe, over: tuple[str, ...], say: Callable[[str], None]) -> Sweeper:
    workspace = workspace_of(recipe)
    return Sweeper(loaded, workspace, search_space(loaded, over), say, read_inputs(loaded, workspace))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sweep]:
    """A community, and three trials of its recipe."""
    recipe = make_community(tmp_path_factory.mktemp("swept"))
    return recipe, swept(recipe, 3)


@pytest.fixture
def again(three: tuple[Path, Sweep], tmp_path: Path) -> Path:
    """A copy of the community with its three trials; gives the recipe's path."""
    shutil.copytree(three[0].parents[1], tmp_path / "community")
    return tmp_path / "community" / "recipes" / "water.yaml"


def test_the_recipe_itself_is_the_first_trial(three: tuple[Path, Sweep]) -> None:
    own = three[1].own
    assert (own.number, own.overrides, own.values) == (0, (), {"train.learning_rate": 0.01})


def test_without_validation_rows_it_is_refused_before_anything_is_trained(fresh: Path) -> None:
    write_rows(fresh.parents[1] / "data" / "rows.csv", rows(1))
    with pytest.raises(RequestError, match=r"no row is held out for validation.*data\.validation_share"):
        swept(fresh, 1)
    assert not list(workspace_of(fresh).objects.glob("train/*"))


def test_learning_rates_lie_between_a_third_and_three_times_the_recipes(three: tuple[Path, Sweep]) -> None:
    rates = sorted(float(trial.values["train.learning_rate"]) for trial in three[1].trials)
    assert len(set(rates)) == 3
    assert 0.0033 < rates[0] < rates[-1] < 0.0301


def test_trials_are_in_order_of_the_loss_that_their_training_came_to(three: tuple[Path, Sweep]) -> None:
    losses = [trial.loss for trial in three[1].trials if trial.loss is not None]
    assert losses == sorted(losses)
    assert len(losses) == 3
    summaries = workspace_of(three[0]).objects.glob("train/*/summary.json")
    assert sorted(read_json(path)["eval_loss"] for path in summaries) == losses


def test_each_trial_is_a_run_with_its_overrides_and_the_sweeps_name(three: tuple[Path, Sweep]) -> None:
    runs = {run.id: run for run in list_runs(workspace_of(three[0]).root)}
    for trial in three[1].trials:
        run = runs[trial.run_id]
        assert run.recipe.overrides == ("train.packing=false", *trial.overrides)
        assert entry_of(run).tags["run.sweep"] == three[1].name


def test_the_same_command_again_trains_nothing(again: Path, three: tuple[Path, Sweep]) -> None:
    assert swept(again, 3) == three[1]
    assert len(list(workspace_of(again).objects.glob("train/*"))) == 3


def test_more_trials_go_on_from_those_there_are(again: Path, three: tuple[Path, Sweep]) -> None:
    found = swept(again, 4)
    assert [trial for trial in found.trials if trial.number < 3] == list(three[1].trials)
    assert len(list(workspace_of(again).objects.glob("train/*"))) == 4


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["trial 1", "validation loss"])
def test_a_sweep_that_is_broken_off_ends_as_if_it_had_not_been(
    three: tuple[Path, Sweep], tmp_path: Path, moment: str
) -> None:
    recipe = make_community(tmp_path / "community")
    loaded = load_recipe(recipe, ["train.packing=false"])
    seen: list[str] = []

    def say(line: str) -> None:
        seen.append(line)
        if moment in line and any("trial 1" in earlier for earlier in seen):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweeper(recipe, loaded, (), say).run(3)
    found = swept(recipe, 3)
    assert [(t.number, t.overrides, t.loss) for t in found.trials] == [
        (t.number, t.overrides, t.loss) for t in three[1].trials
    ]
    assert len(list(workspace_of(recipe).objects.glob("train/*"))) == 3


@pytest.mark.slow
def test_other_data_begins_another_sweep(again: Path, three: tuple[Path, Sweep]) -> None:
    rows = again.parents[1] / "data" / "rows.csv"
    rows.write_text("".join(rows.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8")
    found = swept(again, 1)
    assert found.name != three[1].name
    assert found.own.loss != three[1].own.loss


@pytest.mark.slow
def test_a_trial_that_diverges_is_said_and_comes_last(again: Path) -> None:
    said: list[str] = []
    found = swept(again, 2, over=("train.learning_rate=0.9,1.0", "train.warmup_ratio=0.0", "train.epochs=9"), said=said)
    assert len(found.trials) == 2
    assert (found.trials[-1].loss is None) is any(line.startswith("it diverged: train: the loss is") for line in said)


@pytest.mark.slow
def test_further_seeds_are_trained_for_the_best_and_the_recipe(again: Path) -> None:
    found = swept(again, 2, seeds=2)
    assert [len(trial.repeats) for trial in found.trials] == [1, 1]
    assert len(found.gains) == 2
    overrides = {run.recipe.overrides for run in list_runs(workspace_of(again).root)}
    assert ("train.packing=false", "seed=43") in overrides


def test_lists_and_ranges_hold_the_recipes_own_value(three: tuple[Path, Sweep]) -> None:
    loaded = load_recipe(three[0])
    space = search_space(loaded, ["train.lora.rank=8,16,8", "train.epochs=2..4", "train.packing=false"])
    assert space == (
        Dimension("train.learning_rate", 0.01, low=0.01 / 3, high=0.03),
        Dimension("train.lora.rank", 4, choices=(4, 8, 16)),
        Dimension("train.epochs", 1, low=1, high=4),
        Dimension("train.packing", True, choices=(True, False)),
    )


def test_a_learning_rate_that_is_asked_for_takes_the_place_of_the_usual_range(three: tuple[Path, Sweep]) -> None:
    (rate,) = search_space(load_recipe(three[0]), ["train.learning_rate=1e-4..0.02"])
    assert (rate.low, rate.high, rate.own) == (1e-4, 0.02, 0.01)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("train.lora.rnak=8", "did you mean 'rank'"),
        ("train.lora.rank=8,none", "should be a whole number"),
        ("train.lora=8", "lora"),
        ("train.epochs=4..1", "the smaller one first"),
        ("train.epochs=1..x", "should be a whole number"),
        ("train.lr_scheduler=linear..cosine", "two numbers above 0"),
        ("train.epochs", "train.epochs"),
        ("data.redact=[email]", "no single value"),
    ],
)
def test_what_cannot_be_varied_is_refused_before_anything_is_trained(
    three: tuple[Path, Sweep], text: str, message: str
) -> None:
    with pytest.raises(FormError, match=message):
        search_space(load_recipe(three[0]), [text])


def test_values_of_the_recipe_are_not_set_and_others_have_three_digits() -> None:
    rate = Dimension("train.learning_rate", 0.0012345, low=0.0004, high=0.004)
    packing = Dimension("train.packing", True, choices=(True, False))
    assert rate.tried(0.0012345) == 0.0012345
    assert rate.tried(0.00123456) == 0.00123
    assert overrides_of((rate, packing), {rate.key: 0.0012345, packing.key: False}) == ("train.packing=false",)


def trial(number: int, loss: float | None, *repeats: float | None) -> Trial:
    return Trial(number, {"train.epochs": number}, (f"train.epochs={number}",) if number else (), loss, "", repeats)


@pytest.mark.parametrize(
    ("trials", "says"),
    [
        ((trial(1, 2.0), trial(0, 2.1)), "0.1000 lower than the recipe's. That is one training each"),
        ((trial(0, 2.0), trial(1, 2.1)), "Keep it"),
        ((trial(1, 2.0, 2.3), trial(0, 2.1, 2.2)), "+0.1000 and -0.1000: no difference beyond chance"),
        ((trial(1, 2.0, 2.0), trial(0, 2.1, 2.3)), "+0.1000 and +0.3000: lower each time, by 0.1000 at least"),
        ((trial(1, 2.0), trial(0, None)), "The recipe's own setting diverged"),
        ((trial(0, None), trial(1, None)), "Every trial diverged"),
        ((trial(1, 2.0, None), trial(0, 2.1, 2.2)), "one training each"),
    ],
)
def test_no_more_is_claimed_than_was_seen(trials: tuple[Trial, ...], says: str) -> None:
    assert says in verdict(Sweep("s", trials))


def test_the_table_ends_with_the_line_for_the_recipe() -> None:
    text = sweep_text(Sweep("s", (trial(2, 2.0), trial(0, 2.1), trial(1, None))))
    assert text.splitlines()[3:6] == [
        "    2    2.0000               2",
        "    0    2.1000               0  (the recipe)",
        "    1  diverged               1",
    ]
    assert text.splitlines()[-1] == "  train.epochs: 2"


@pytest.mark.slow
def test_the_command_prints_json_that_can_be_read(again: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sweep", str(again), "--trials", "1", "--set", "train.packing=false", "--json"]
    assert main([*words, "--workspace", str(workspace_of(again).root)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["number"] for entry in found["trials"]] == [0]
    assert math.isfinite(found["trials"][0]["loss"])
    assert found["gains"] == [0.0]
