"""Which checkpoints count, which of them are sound, which is the best, and when they are made."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.train.checkpoints import (
    ASIDE,
    DROPPED,
    MARKER,
    Checkpoint,
    best_checkpoint,
    checkpoint_steps,
    mark_whole,
    sound_checkpoints,
    stops_early,
    whole_checkpoints,
)


def leave(work: Path, step: int, eval_loss: float | None, whole: bool = True) -> Path:
    folder = work / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(bytes(range(100)))
    if whole:
        mark_whole(folder, step, eval_loss)
    return folder


def flip_a_bit(path: Path, byte: int = 50) -> None:
    data = bytearray(path.read_bytes())
    data[byte] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def sound_steps(work: Path, told: list[str] | None = None) -> list[int]:
    """Steps of the sound checkpoints; what is told is collected."""
    told = [] if told is None else told
    return [found.step for found in sound_checkpoints(work, lambda _step, text: told.append(text))]


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


def test_without_losses_the_last_is_the_best(tmp_path: Path) -> None:
    for step in (4, 8):
        leave(tmp_path, step, None)
    assert best_checkpoint(whole_checkpoints(tmp_path)).step == 8


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


@pytest.mark.parametrize("harm", [flip_a_bit, truncate, Path.unlink, lambda path: path.with_name("more").touch()])
def test_checkpoint_with_a_changed_shorter_missing_or_added_file_is_set_aside(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    leave(tmp_path, 4, 1.0)
    leave(tmp_path, 8, 2.0)
    harm(leave(tmp_path, 12, 3.0) / "weights")
    told: list[str] = []
    assert sound_steps(tmp_path, told) == [4, 8]
    assert len(told) == 1
    assert told[0].startswith("the checkpoint of step 12 is damaged (")
    assert (tmp_path / f"{ASIDE}checkpoint-12").is_dir()
    assert not (tmp_path / "checkpoint-12").exists()
    assert sound_steps(tmp_path) == [4, 8]


def test_sound_checkpoints_are_left_alone_in_silence(tmp_path: Path) -> None:
    leave(tmp_path, 4, 1.0)
    leave(tmp_path, 8, 2.0)
    told: list[str] = []
    assert sound_steps(tmp_path, told) == [4, 8]
    assert told == []


@pytest.mark.parametrize("byte", range(0, 210, 13))
def test_a_flipped_bit_anywhere_in_a_marker_is_seen(tmp_path: Path, byte: int) -> None:
    leave(tmp_path, 4, 1.0)
    flip_a_bit(leave(tmp_path, 8, 0.5) / MARKER, byte)
    assert sound_steps(tmp_path) == [4]


def test_where_the_best_is_damaged_what_came_after_it_goes_too(tmp_path: Path) -> None:
    leave(tmp_path, 4, 2.0)
    flip_a_bit(leave(tmp_path, 8, 1.0) / "weights")
    leave(tmp_path, 12, 1.5)
    assert sound_steps(tmp_path) == [4]
    assert not (tmp_path / "checkpoint-12").exists()


def test_where_one_that_is_not_the_best_is_damaged_later_ones_stay(tmp_path: Path) -> None:
    leave(tmp_path, 4, 1.0)
    flip_a_bit(leave(tmp_path, 8, 2.0) / "weights")
    leave(tmp_path, 12, 1.5)
    assert sound_steps(tmp_path) == [4, 12]


def test_checkpoint_that_lost_its_marker_may_have_been_the_best(tmp_path: Path) -> None:
    leave(tmp_path, 4, 2.0)
    (leave(tmp_path, 8, 1.0) / MARKER).unlink()
    leave(tmp_path, 12, 1.5)
    assert sound_steps(tmp_path) == [4]


def test_when_all_are_damaged_there_is_none(tmp_path: Path) -> None:
    for step in (4, 8):
        flip_a_bit(leave(tmp_path, step, 1.0) / "weights")
    assert sound_steps(tmp_path) == []


def test_a_second_damage_at_the_same_step_can_be_set_aside_too(tmp_path: Path) -> None:
    for _ in range(2):
        flip_a_bit(leave(tmp_path, 4, 1.0) / "weights")
        assert sound_steps(tmp_path) == []


def test_checkpoint_whose_removal_was_broken_off_is_removed_in_silence(tmp_path: Path) -> None:
    leave(tmp_path, 8, 1.0)
    half = leave(tmp_path, 4, 2.0)
    (half / "weights").unlink()
    half.rename(tmp_path / f"{DROPPED}checkpoint-4")
    told: list[str] = []
    assert sound_steps(tmp_path, told) == [8]
    assert told == []
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-8"]


@pytest.mark.parametrize(
    ("losses", "patience", "stops"),
    [
        ([3.0, 2.0, 1.0], 1, False),
        ([3.0, 2.0, 2.0], 1, True),
        ([3.0, 2.0, 2.5], 1, True),
        ([3.0, 2.0, 2.5], 2, False),
        ([3.0, 2.0, 2.5, 1.9], 2, False),
        ([3.0, 2.0, 2.5, 2.4], 2, True),
        ([3.0, 2.0, 2.5, 2.4], None, False),
        ([2.0], 1, False),
        ([], 1, False),
    ],
)
def test_early_stopping_by_hand(losses: list[float], patience: int | None, stops: bool) -> None:
    assert stops_early(losses, patience) is stops
