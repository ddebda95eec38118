"""Training is tried until it is done: again from the last sound checkpoint, and in smaller batches if need be."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.toys import CPU, SETTINGS

from commonhold.errors import DigestError, NoMemoryError
from commonhold.train.checkpoints import Checkpoint, mark_whole
from commonhold.train.metrics import Event, MetricsRecorder, read_metrics
from commonhold.train.retries import train_until_done
from commonhold.train.settings import TrainingSettings

FOUR_ROWS = replace(SETTINGS, batch_size=4)


def leave(work: Path, step: int, losses: Sequence[float]) -> None:
    """A checkpoint with the validation losses up to it."""
    folder = work / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    history = [{"step": number, "eval_loss": loss} for number, loss in enumerate(losses, 1)]
    (folder / "trainer_state.json").write_text(json.dumps({"log_history": history}), encoding="utf-8")
    mark_whole(folder, step, losses[-1])


class Trainer:
    """Leaves checkpoints at steps 4 and 8, if there is room for so many rows at once."""

    def __init__(self, work: Path, room: int, fails: Callable[[], Exception] = MemoryError) -> None:
        self._work, self._room, self._fails = work, room, fails
        self.tried: list[tuple[int, int, int]] = []

    def __call__(self, settings: TrainingSettings, start: Checkpoint | None) -> None:
        """Notes what it was asked; the second half needs the room."""
        begun = start.step if start else 0
        self.tried.append((settings.batch_size, settings.gradient_accumulation_steps, begun))
        if begun < 4:
            leave(self._work, 4, [2.0])
        if settings.batch_size > self._room:
            raise self._fails()
        leave(self._work, 8, [2.0, 1.0])


def test_what_fits_is_tried_once(tmp_path: Path) -> None:
    said: list[str] = []
    trainer = Trainer(tmp_path, room=4)
    end = train_until_done(trainer, FOUR_ROWS, 8, tmp_path, MetricsRecorder(tmp_path, CPU), said.append)
    assert trainer.tried == [(4, 1, 0)]
    assert [checkpoint.step for checkpoint in end.checkpoints] == [4, 8]
    assert (end.settings, end.resumed_from, said) == (FOUR_ROWS, 0, [])


def test_what_does_not_fit_is_halved_until_it_does_and_goes_on_where_it_stood(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, room=1)
    end = train_until_done(trainer, FOUR_ROWS, 8, tmp_path, MetricsRecorder(tmp_path, CPU), lambda _: None)
    assert trainer.tried == [(4, 1, 0), (2, 2, 4), (1, 4, 4)]
    assert (end.settings.batch_size, end.settings.gradient_accumulation_steps) == (1, 4)


def test_halvings_are_kept_for_the_next_process(tmp_path: Path) -> None:
    train_until_done(Trainer(tmp_path, room=2), FOUR_ROWS, 8, tmp_path, MetricsRecorder(tmp_path, CPU), lambda _: None)
    measured = read_metrics(tmp_path)
    assert measured is not None
    assert [
        (event.kind, event.step, event.batch_size, event.gradient_accumulation_steps) for event in measured.events
    ] == [("halved", 4, 2, 2)]


def test_when_nothing_fits_it_ends(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, room=0)
    with pytest.raises(NoMemoryError):
        train_until_done(trainer, FOUR_ROWS, 8, tmp_path, MetricsRecorder(tmp_path, CPU), lambda _: None)
    assert [rows for rows, _, _ in trainer.tried] == [4, 2, 1]


def test_another_error_is_not_tried_again(tmp_path: Path) -> None:
    trainer = Trainer(tmp_path, room=1, fails=lambda: RuntimeError("shapes"))
    with pytest.raises(RuntimeError, match="shapes"):
        train_until_done(trainer, FOUR_ROWS, 8, tmp_path, MetricsRecorder(tmp_path, CPU), lambda _: None)
    assert len(trainer.tried) == 1


def test_one_of_several_processes_does_not_halve_alone(tmp_path: Path) -> None:
    settings = replace(FOUR_ROWS, processes=2)
    with pytest.raises(MemoryError):
        train_until_done(
            Trainer(tmp_path, room=1), settings, 8, tmp_path, MetricsRecorder(tmp_path, CPU), lambda _: None
        )


def test_finished_training_is_not_tried_again(tmp_path: Path) -> None:
    leave(tmp_path, 8, [2.0, 1.0])
    trainer = Trainer(tmp_path, room=4)
    assert (
        train_until_done(trainer, FOUR_ROWS, 8, tmp_path, MetricsRecorder(tmp_path, CPU), lambda _: None).resumed_from
        == 8
    )
    assert trainer.tried == []


def test_training_that_had_stopped_early_is_not_tried_again(tmp_path: Path) -> None:
    leave(tmp_path, 4, [1.0, 2.0])
    said: list[str] = []
    settings = replace(FOUR_ROWS, early_stopping_patience=1)
    trainer = Trainer(tmp_path, room=4)
    train_until_done(trainer, settings, 8, tmp_path, MetricsRecorder(tmp_path, CPU), said.append)
    assert trainer.tried == []
    assert said == [
        "going on from the checkpoint of step 4",
        "stopped early at step 4 of 8: no lower validation loss in the last 1 checkpoint",
    ]


def test_training_whose_checkpoint_is_damaged_at_once_ends(tmp_path: Path) -> None:
    def attempt(_: TrainingSettings, start: Checkpoint | None) -> None:
        leave(tmp_path, 8, [1.0])
        (tmp_path / "checkpoint-8" / "trainer_state.json").write_text("{}", encoding="utf-8")

    with pytest.raises(DigestError, match="Check the disk"):
        train_until_done(attempt, FOUR_ROWS, 8, tmp_path, MetricsRecorder(tmp_path, CPU), lambda _: None)


def test_a_damaged_checkpoint_is_said_noted_and_gone_behind(tmp_path: Path) -> None:
    leave(tmp_path, 4, [2.0])
    leave(tmp_path, 6, [2.0, 3.0])
    (tmp_path / "checkpoint-6" / "trainer_state.json").unlink()
    said: list[str] = []
    trainer, gauge = Trainer(tmp_path, room=4), MetricsRecorder(tmp_path, CPU)
    train_until_done(trainer, FOUR_ROWS, 8, tmp_path, gauge, said.append)
    assert trainer.tried == [(4, 1, 4)]
    assert said == [
        "the checkpoint of step 6 is damaged (trainer_state.json) and set aside as damaged-checkpoint-6",
        "going on from the checkpoint of step 4",
    ]
    assert gauge.total.events == (
        Event(
            6,
            "damaged",
            "The checkpoint of step 6 is damaged (trainer_state.json) and set aside as damaged-checkpoint-6.",
        ),
        Event(4, "resumed", "Training resumed after it had been stopped."),
    )
