"""What is said while training runs, and how much time is said to be left."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.toys import CPU

from commonhold.train.metrics import MetricsRecorder, Throughput, TrainingMetrics
from commonhold.train.progress import ProgressCallback, seconds_left


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (1, 9 * 2.0 + 2 * 30.0),
        (5, 5 * 2.0 + 2 * 30.0),  # the checkpoint of step 5 comes after its loss
        (6, 4 * 2.0 + 30.0),
        (10, 30.0),
    ],
)
def test_evaluations_that_are_to_come_are_counted(step: int, expected: float) -> None:
    assert seconds_left(Throughput(2.0, 30.0, 100.0), step, 10, {5, 10}, 600) == expected


def test_before_the_first_checkpoint_an_evaluation_is_three_times_as_fast_as_training() -> None:
    assert seconds_left(Throughput(2.0, 0.0, 100.0), 9, 10, {10}, 600) == 2.0 + 600 / 300


def say(gauge: MetricsRecorder, logs: dict[str, float], said: list[str], seconds_between: float = 0.0) -> None:
    state: Any = SimpleNamespace(global_step=3, max_steps=9)
    callback = ProgressCallback(said.append, gauge, {9}, seconds_between=seconds_between)
    callback.on_log(None, state, None, logs)


class Known(MetricsRecorder):
    """A gauge that knows its pace."""

    @property
    def pace(self) -> Throughput | None:
        """Ten seconds a step."""
        return Throughput(10.0, 40.0, 150.4)


def test_progress_has_step_loss_speed_and_time_left_and_is_passing(tmp_path: Path) -> None:
    said: list[str] = []
    say(Known(tmp_path, CPU), {"loss": 1.25}, said)
    assert said == ["\rstep 3/9: loss 1.250, 150 tokens/s, about 1.7 min left"]  # 6 × 10 s + 40 s


def test_validation_loss_stays(tmp_path: Path) -> None:
    said: list[str] = []
    say(Known(tmp_path, CPU), {"eval_loss": 0.5}, said, seconds_between=1e9)
    assert said == ["step 3/9: validation loss 0.500"]


def test_nothing_is_guessed_before_anything_is_measured(tmp_path: Path) -> None:
    said: list[str] = []
    say(MetricsRecorder(tmp_path, CPU), {"loss": 1.25}, said)
    assert said == []


def test_steps_that_follow_each_other_fast_are_not_all_said(tmp_path: Path) -> None:
    said: list[str] = []
    state: Any = SimpleNamespace(global_step=3, max_steps=9)
    callback = ProgressCallback(said.append, Known(tmp_path, CPU), {9}, seconds_between=1e6)
    for _ in range(3):
        callback.on_log(None, state, None, {"loss": 1.0})
    assert len(said) == 1


def test_a_resumed_run_knows_its_pace_at_once(tmp_path: Path) -> None:
    from dataclasses import asdict

    from commonhold.files import write_json

    before = TrainingMetrics(steps=10, step_seconds=20.0, tokens=4000, checkpoints=2, checkpoint_seconds=6.0)
    write_json(tmp_path / "measured.json", asdict(before))
    assert MetricsRecorder(tmp_path, CPU).pace == Throughput(2.0, 3.0, 200.0)
