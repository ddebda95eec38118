"""Training that was broken off anywhere goes on and ends with the same bytes."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.toys import CPU, SETTINGS, make_examples
from tests.train.conftest import Trained

from commonhold.files import read_jsonl
from commonhold.models.adapter import WEIGHTS_NAME
from commonhold.records.weights import BaseWeights
from commonhold.train import checkpoints as checkpointing
from commonhold.train import run as running
from commonhold.train.checkpoints import MARKER, SECOND_MOMENTS, CheckpointCallback
from commonhold.train.run import Summary, train

Train = Callable[..., Summary]


@pytest.fixture
def train_toy(base: BaseWeights, tmp_path: Path) -> Train:
    """The training of `trained`, always with the same work folder."""
    return lambda say=lambda _line: None: train(
        make_examples(), base, SETTINGS, CPU, 1, tmp_path / "work", tmp_path / "out", say
    )


def ends_as(trained: Trained, summary: Summary, out: Path) -> bool:
    """The same adapter, second moments, schedule and losses as without a break; asserts to show which is not."""
    assert summary.adapter_digest == trained.summary.adapter_digest
    for name in (
        f"adapter/{WEIGHTS_NAME}",
        f"adapter/{SECOND_MOMENTS}",
        "adapter/adapter_config.json",
        "schedule.jsonl",
    ):
        assert (out / name).read_bytes() == (trained.out / name).read_bytes(), name
    figures = ("step", "loss", "eval_loss", "learning_rate", "grad_norm")
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


@pytest.mark.parametrize(("step", "goes_on_from"), [(1, 0), (4, 0), (5, 4), (7, 4), (8, 4)])
def test_after_a_break_it_ends_as_without(
    train_toy: Train, trained: Trained, tmp_path: Path, step: int, goes_on_from: int
) -> None:
    with breaking_off_at(step), pytest.raises(KeyboardInterrupt):
        train_toy()
    summary = train_toy()
    assert summary.resumed_from == goes_on_from
    assert ends_as(trained, summary, tmp_path / "out")


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


@pytest.mark.parametrize("place", ["save_second_moments", "write_json"])
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


def test_without_its_optimizer_a_resumed_run_would_be_found_out(
    train_toy: Train, trained: Trained, tmp_path: Path
) -> None:
    with breaking_off_at(6), pytest.raises(KeyboardInterrupt):
        train_toy()
    (tmp_path / "work" / "checkpoint-4" / "optimizer.pt").unlink()
    assert train_toy().adapter_digest != trained.summary.adapter_digest
