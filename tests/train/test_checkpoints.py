"""Which checkpoints count, which is the best, when they are made, and when training is stopped."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.errors import RequestError
from commonhold.train.checkpoints import (
    MARKER,
    Checkpoint,
    ProgressCallback,
    best_checkpoint,
    checkpoint_steps,
    whole_checkpoints,
)


def leave(work: Path, step: int, eval_loss: float, whole: bool = True) -> Path:
    folder = work / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "weights").touch()
    if whole:
        (folder / MARKER).write_text(json.dumps({"step": step, "eval_loss": eval_loss}), encoding="utf-8")
    return folder


def checkpoint(step: int, eval_loss: float) -> Checkpoint:
    return Checkpoint(Path(f"checkpoint-{step}"), step, eval_loss)


def test_checkpoints_are_read_in_the_order_of_their_steps(tmp_path: Path) -> None:
    for step in (10, 9, 100):
        leave(tmp_path, step, 1.0)
    assert [found.step for found in whole_checkpoints(tmp_path)] == [9, 10, 100]


def test_checkpoint_without_its_marker_is_removed_and_nothing_else(tmp_path: Path) -> None:
    half, whole = leave(tmp_path, 8, 0.5, whole=False), leave(tmp_path, 4, 1.0)
    (tmp_path / "draft").mkdir()
    assert whole_checkpoints(tmp_path) == [Checkpoint(whole, 4, 1.0)]
    assert not half.exists()
    assert (tmp_path / "draft").exists()


def test_no_checkpoints_where_nothing_was_trained(tmp_path: Path) -> None:
    assert whole_checkpoints(tmp_path / "nothing") == []


def test_best_is_the_lowest_loss() -> None:
    assert best_checkpoint([checkpoint(1, 2.0), checkpoint(2, 1.0), checkpoint(3, 1.5)]).step == 2


def test_best_of_equals_is_the_earliest() -> None:
    assert best_checkpoint([checkpoint(9, 1.0), checkpoint(3, 1.0), checkpoint(6, 1.0)]).step == 3


@pytest.mark.parametrize(
    ("steps", "checkpoints", "expected"),
    [(8, 2, {4, 8}), (9, 2, {4, 9}), (7, 3, {2, 5, 7}), (1, 4, {1}), (3, 6, {1, 2, 3}), (5, 1, {5})],
)
def test_steps_of_checkpoints_by_hand(steps: int, checkpoints: int, expected: set[int]) -> None:
    assert checkpoint_steps(steps, checkpoints) == expected


@given(st.integers(1, 10_000), st.integers(1, 40))
def test_last_step_always_has_a_checkpoint_and_none_is_outside(steps: int, checkpoints: int) -> None:
    planned = checkpoint_steps(steps, checkpoints)
    assert steps in planned
    assert len(planned) <= checkpoints
    assert all(1 <= step <= steps for step in planned)


def log(logs: dict[str, float], said: list[str], seconds_between: float = 15.0) -> None:
    state: Any = SimpleNamespace(global_step=3, max_steps=9)
    ProgressCallback(said.append, seconds_between).on_log(None, state, None, logs)


@pytest.mark.parametrize("name", ["loss", "eval_loss"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_loss_that_is_no_number_stops_training(name: str, value: float) -> None:
    with pytest.raises(RequestError, match=r"at step 3; training has diverged\. Lower train\.learning_rate"):
        log({name: value, "tokens": 1.0, "seconds": 1.0}, [])


def test_large_loss_does_not_stop_training() -> None:
    log({"loss": 1e30, "tokens": 1.0, "seconds": 1.0}, [])


def test_gradient_that_overflowed_does_not_stop_training() -> None:
    log({"loss": 1.0, "grad_norm": float("inf"), "tokens": 1.0, "seconds": 1.0}, [])


def test_progress_has_step_loss_and_speed() -> None:
    said: list[str] = []
    log({"loss": 1.25, "tokens": 300.0, "seconds": 2.0}, said, seconds_between=0.0)
    assert said == ["step 3/9: loss 1.250, 150 tokens/s, about 0 min left"]


def test_progress_is_silent_within_the_interval() -> None:
    said: list[str] = []
    log({"loss": 1.25, "tokens": 300.0, "seconds": 2.0}, said)
    assert said == []


def test_validation_loss_is_always_said() -> None:
    said: list[str] = []
    log({"eval_loss": 0.5}, said)
    assert said == ["step 3/9: validation loss 0.500"]
