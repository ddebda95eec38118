"""Training that was broken off anywhere goes on and ends with the same bytes."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.toys import CPU, SETTINGS, make_examples
from tests.train.conftest import Trained

from commonhold.files import read_jsonl
from commonhold.models.adapter import WEIGHTS_NAME
from commonhold.records.training_summary import TrainingSummary
from commonhold.records.weights import BaseWeights
from commonhold.train import checkpoints as checkpointing
from commonhold.train import run as running
from commonhold.train.checkpoints import MARKER, SECOND_MOMENTS, CheckpointCallback, mark_whole, sound_checkpoints
from commonhold.train.metrics import Event, MetricsRecorder, read_metrics
from commonhold.train.run import train

Train = Callable[..., TrainingSummary]


@pytest.fixture
def train_toy(base: BaseWeights, tmp_path: Path) -> Train:
    """The training of `trained`, always with the same work folder."""
    return lambda say=lambda _line: None: train(
        make_examples(), base, SETTINGS, CPU, 1, tmp_path / "work", tmp_path / "out", say
    )


def ends_as(trained: Trained, summary: TrainingSummary, out: Path) -> bool:
    """The same adapter, second moments, schedule and losses as without a break; asserts to show which is not."""
    assert summary.adapter_digest == trained.summary.adapter_digest
    for name in (
        f"adapter/{WEIGHTS_NAME}",
        f"adapter/{SECOND_MOMENTS}",
        "adapter/adapter_config.json",
        "schedule.jsonl",
    ):
        assert (out / name).read_bytes() == (trained.out / name).read_bytes(), name
    figures = ("step", "loss", "eval_loss", "learning_rate", "grad_norm", "adapter_digest")
    logs = [
        [{key: line[key] for key in figures if key in line} for line in read_jsonl(folder / "log.jsonl")]
        for folder in (trained.out, out)
    ]
    assert logs[0] == logs[1]
    return True


@contextlib.contextmanager
def breaking_off_at(step: int) -> Iterator[None]:
    """Ctrl-C when a step has ended, before a checkpoint of it is made."""
    end = CheckpointCallback.on_step_end

    def on_step_end(self: CheckpointCallback, args: Any, state: Any, control: Any, **more: Any) -> None:
        if state.global_step == step:
            raise KeyboardInterrupt
        end(self, args, state, control, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CheckpointCallback, "on_step_end", on_step_end)
        yield


@contextlib.contextmanager
def breaking_off_in(module: ModuleType, function: str, where: str) -> Iterator[None]:
    """Ctrl-C when a function of a module is called with a path or value in which `where` stands."""
    original = getattr(module, function)

    def called(*arguments: Any) -> Any:
        if any(where in str(argument) for argument in arguments):
            raise KeyboardInterrupt
        return original(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, function, called)
        yield


@pytest.mark.parametrize(
    ("step", "goes_on_from"),
    [
        pytest.param(1, 0, marks=pytest.mark.slow),
        pytest.param(4, 0, marks=pytest.mark.slow),
        (5, 4),
        pytest.param(7, 4, marks=pytest.mark.slow),
        (8, 4),
    ],
)
def test_after_a_break_it_ends_as_without(
    train_toy: Train, trained: Trained, tmp_path: Path, step: int, goes_on_from: int
) -> None:
    with breaking_off_at(step), pytest.raises(KeyboardInterrupt):
        train_toy()
    summary = train_toy()
    assert summary.resumed_from == goes_on_from
    assert ends_as(trained, summary, tmp_path / "out")


@pytest.mark.slow
def test_after_several_breaks_it_ends_as_without(train_toy: Train, trained: Trained, tmp_path: Path) -> None:
    for step in (2, 6, 5):
        with breaking_off_at(step), pytest.raises(KeyboardInterrupt):
            train_toy()
    assert ends_as(trained, train_toy(), tmp_path / "out")


def test_break_between_evaluation_and_checkpoint_goes_back_to_the_one_before(
    train_toy: Train, trained: Trained, tmp_path: Path
) -> None:
    def say(line: str) -> None:
        if line.startswith("step 8/8: validation loss"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_toy(say)
    said: list[str] = []
    summary = train_toy(said.append)
    assert summary.resumed_from == 4
    assert "going on from the checkpoint of step 4" in said
    assert ends_as(trained, summary, tmp_path / "out")


@pytest.mark.parametrize("place", [pytest.param("save_second_moments", marks=pytest.mark.slow), "mark_whole"])
def test_half_written_checkpoint_does_not_count_and_is_removed(
    train_toy: Train, trained: Trained, tmp_path: Path, place: str
) -> None:
    with breaking_off_in(checkpointing, place, "checkpoint-8"), pytest.raises(KeyboardInterrupt):
        train_toy()
    half = tmp_path / "work" / "checkpoint-8"
    assert (half / WEIGHTS_NAME).is_file()
    assert not (half / MARKER).exists()
    summary = train_toy()
    assert summary.resumed_from == 4
    assert ends_as(trained, summary, tmp_path / "out")


def test_break_after_the_last_checkpoint_trains_no_step_again(
    train_toy: Train, trained: Trained, tmp_path: Path
) -> None:
    with breaking_off_in(running, "canonical_config", "out"), pytest.raises(KeyboardInterrupt):
        train_toy()
    summary = train_toy()
    assert summary.resumed_from == 8
    assert ends_as(trained, summary, tmp_path / "out")


@pytest.mark.parametrize(("steps", "goes_on_from"), [([8], 4), ([4, 8], 0)], ids=["the last", "all"])
def test_with_damaged_checkpoints_it_ends_as_without(
    train_toy: Train, trained: Trained, tmp_path: Path, steps: list[int], goes_on_from: int
) -> None:
    shutil.copytree(trained.work, tmp_path / "work")
    for step in steps:
        victim = tmp_path / "work" / f"checkpoint-{step}" / "optimizer.pt"
        data = bytearray(victim.read_bytes())
        data[len(data) // 2] ^= 1
        victim.write_bytes(data)
    said: list[str] = []
    summary = train_toy(said.append)
    assert summary.resumed_from == goes_on_from
    assert sum("is damaged (optimizer.pt) and set aside" in line for line in said) == len(steps)
    assert ends_as(trained, summary, tmp_path / "out")


def test_power_cut_in_any_file_of_a_checkpoint_leaves_the_one_before(trained: Trained, tmp_path: Path) -> None:
    last = trained.work / "checkpoint-8"
    files = sorted((path for path in last.rglob("*") if path.is_file()), key=lambda path: path.stat().st_mtime_ns)
    assert files[-1].name == MARKER
    assert len(files) > 6
    for written in range(len(files)):
        work = tmp_path / str(written)
        shutil.copytree(trained.work, work)
        for path in files[written:]:
            (work / path.relative_to(trained.work)).unlink()
        if written:
            cut = work / files[written - 1].relative_to(trained.work)
            cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
        assert [found.step for found in sound_checkpoints(work, _say_nothing)] == [4]


def test_power_cut_before_a_file_is_on_the_disk_leaves_the_one_before(trained: Trained, tmp_path: Path) -> None:
    """On a disk that keeps the marker and not what was written before it."""
    names = [path.name for path in (trained.work / "checkpoint-8").iterdir()]
    for name in names:
        work = tmp_path / name
        shutil.copytree(trained.work, work)
        (work / "checkpoint-8" / name).write_bytes(b"")
        assert [found.step for found in sound_checkpoints(work, _say_nothing)] == [4]


def _say_nothing(_step: int, _text: str) -> None:
    return None


OFTEN = replace(SETTINGS, checkpoints_per_epoch=4, early_stopping_patience=2, learning_rate=0.3, epochs=4)


@pytest.mark.slow
def test_early_stopping_stops_at_the_same_step_after_a_break(base: BaseWeights, tmp_path: Path) -> None:
    def run(name: str) -> TrainingSummary:
        return train(make_examples(), base, OFTEN, CPU, 1, tmp_path / name, tmp_path / name / "out", lambda _: None)

    whole = run("whole")
    assert 0 < whole.stopped_early_at < whole.steps == 16
    assert whole.stopped_early_at == whole.best_step + 2
    assert whole.tokens < whole.steps * 100
    losses = [line["eval_loss"] for line in read_jsonl(tmp_path / "whole" / "out" / "log.jsonl") if "eval_loss" in line]
    assert len(losses) == whole.stopped_early_at
    for step in (2, whole.stopped_early_at):
        with breaking_off_at(step), pytest.raises(KeyboardInterrupt):
            run("broken")
    with breaking_off_in(running, "canonical_config", "out"), pytest.raises(KeyboardInterrupt):
        run("broken")
    broken = run("broken")
    assert (broken.stopped_early_at, broken.best_step) == (whole.stopped_early_at, whole.best_step)
    assert broken.adapter_digest == whole.adapter_digest


def test_a_resumed_run_adds_up_over_its_parts(train_toy: Train, trained: Trained, tmp_path: Path) -> None:
    with breaking_off_at(7), pytest.raises(KeyboardInterrupt):
        train_toy()
    first = read_metrics(tmp_path / "work")
    assert first is not None
    assert (first.processes, first.steps, first.checkpoints) == (1, 4, 1)  # as written at the checkpoint of step 4
    summary = train_toy()
    both = read_metrics(tmp_path / "work")
    assert both is not None
    assert (both.processes, both.steps, both.checkpoints) == (2, 8, 2)
    assert both.tokens == trained.summary.tokens
    assert summary.seconds > both.step_seconds + both.checkpoint_seconds > first.step_seconds
    assert summary.energy_kwh > first.energy_kwh
    assert (summary.processes, summary.measured_from) == (2, 0)


def test_a_batch_that_was_halved_stays_halved_after_a_break(base: BaseWeights, tmp_path: Path) -> None:
    MetricsRecorder(tmp_path / "work", CPU).note(Event(0, "halved", "Too much.", 2, 2))
    settings = replace(SETTINGS, batch_size=4)
    summary = train(make_examples(), base, settings, CPU, 1, tmp_path / "work", tmp_path / "out", lambda _: None)
    assert (summary.batch_size, summary.gradient_accumulation_steps, summary.steps) == (2, 2, 2)


def test_where_the_sums_were_lost_it_is_said_from_where_they_count(
    train_toy: Train, trained: Trained, tmp_path: Path
) -> None:
    shutil.copytree(trained.work, tmp_path / "work")
    (tmp_path / "work" / "measured.json").write_text("{", encoding="utf-8")
    assert train_toy().measured_from == 8


@pytest.mark.slow
def test_without_its_optimizer_a_resumed_run_would_be_found_out(
    train_toy: Train, trained: Trained, tmp_path: Path
) -> None:
    with breaking_off_at(6), pytest.raises(KeyboardInterrupt):
        train_toy()
    folder = tmp_path / "work" / "checkpoint-4"
    (folder / "optimizer.pt").unlink()
    mark_whole(folder, 4, 1.0)
    assert train_toy().adapter_digest != trained.summary.adapter_digest
