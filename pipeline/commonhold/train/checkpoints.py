"""Checkpoints that are whole or do not count: what to resume from, and which one is the best."""

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import TrainerCallback
from transformers.trainer import TRAINER_STATE_NAME

from commonhold.digests import digest_of, digests_below, same_digests
from commonhold.files import read_json, space_needed, sync_folder, sync_tree, write_json
from commonhold.train.distributed import rank, wait_for_all

MARKER = "whole.json"
SECOND_MOMENTS = "second_moments.safetensors"
FOLDERS = "checkpoint-*"
ASIDE, DROPPED = "damaged-", "dropped-"
"""Put before the name of a checkpoint that is not what its marker says, and of one that is being removed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint folder that was written to its end."""

    path: Path
    step: int
    eval_loss: float | None
    """Mean negative log-likelihood on the validation rows, in nats a token; absent where there is none."""


def whole_checkpoints(work: Path) -> list[Checkpoint]:
    """The finished checkpoints below a work folder, by step; half-written and half-removed ones are removed.

    Their files are not looked at: see `sound_checkpoints`. One whose marker cannot be read comes with a loss of −∞.
    """
    for dropped in work.glob(f"{DROPPED}*"):
        shutil.rmtree(dropped)
    checkpoints = sorted(
        (_read_marker(folder) for folder in work.glob(FOLDERS) if (folder / MARKER).is_file()),
        key=lambda checkpoint: checkpoint.step,
    )
    for folder in work.glob(FOLDERS):
        if not (folder / MARKER).is_file():
            if any(_step(folder) < checkpoint.step for checkpoint in checkpoints):
                checkpoints.append(
                    Checkpoint(folder, _step(folder), -math.inf)
                )  # markers are written last: it lost its own
            else:
                shutil.rmtree(folder)
    return sorted(checkpoints, key=lambda checkpoint: checkpoint.step)


def sound_checkpoints(work: Path, tell: Callable[[int, str], None]) -> list[Checkpoint]:
    """The finished checkpoints whose files are what their markers say; a damaged one is set aside, which is reported.

    Where the best so far is damaged, later ones go too: what they lead to would lack it, and be another adapter than
    that of a run that nothing happened to.
    """
    checkpoints = whole_checkpoints(work)
    damaged = {checkpoint.path: wrong for checkpoint in checkpoints if (wrong := _wrong_files(checkpoint.path))}
    best = best_checkpoint(checkpoints) if checkpoints else None
    sound = [checkpoint for checkpoint in checkpoints if checkpoint.path not in damaged]
    if best and best.path in damaged:
        for later in (checkpoint for checkpoint in sound if checkpoint.step > best.step):
            _drop(later.path)
        sound = [checkpoint for checkpoint in sound if checkpoint.step < best.step]
    for path, wrong in damaged.items():
        aside = path.with_name(f"{ASIDE}{path.name}")
        shutil.rmtree(aside, ignore_errors=True)
        path.rename(aside)
        tell(
            _step(path),
            f"the checkpoint of step {_step(path)} is damaged ({', '.join(wrong[:3])}) and set aside as {aside.name}",
        )
    return sound


def best_checkpoint(checkpoints: Sequence[Checkpoint]) -> Checkpoint:
    """The one with the lowest validation loss, the earliest of equals; without validation rows the last one."""
    losses = {checkpoint.step: checkpoint.eval_loss for checkpoint in checkpoints}
    if None in losses.values():
        return max(checkpoints, key=lambda checkpoint: checkpoint.step)
    return min(checkpoints, key=lambda checkpoint: (checkpoint.eval_loss or 0.0, checkpoint.step))


def checkpoint_steps(steps: int, checkpoints: int) -> frozenset[int]:
    """Evenly spaced steps, the last one included."""
    return frozenset(max(1, round(steps * number / checkpoints)) for number in range(1, checkpoints + 1))


def stops_early(eval_losses: Sequence[float], patience: int | None) -> bool:
    """Whether the last `patience` validation losses all failed to go below the lowest before them."""
    if patience is None or len(eval_losses) <= patience:
        return False
    return min(eval_losses[-patience:]) >= min(eval_losses[:-patience])


def history_of(checkpoint: Checkpoint) -> list[dict[str, float]]:
    """What was logged up to a checkpoint: a line for every step and for every evaluation."""
    history: list[dict[str, float]] = read_json(checkpoint.path / TRAINER_STATE_NAME)["log_history"]
    return history


def eval_losses(history: Sequence[dict[str, float]]) -> list[float]:
    """The validation losses in a history, in the order of their steps."""
    return [line["eval_loss"] for line in history if "eval_loss" in line]


class CheckpointCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Evaluates and saves at planned steps, marks a checkpoint whole when it is, keeps the best and the last two.

    Of two, one is left when the other turns out to be damaged.
    """

    def __init__(self, steps: frozenset[int], patience: int | None = None, *, validates: bool = True) -> None:
        """`validates`: whether there are rows to evaluate on; without them, the last checkpoint is the best."""
        self._steps = steps
        self._patience = patience
        self._validates = validates
        self._eval_loss: float | None = math.inf if validates else None

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Asks for an evaluation and a checkpoint at a planned step."""
        if state.global_step in self._steps:
            control.should_save = True
            control.should_evaluate = self._validates

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, float], **_: Any) -> None:
        """Remembers the validation loss for the checkpoint that follows, and stops after it if it is time to."""
        self._eval_loss = metrics["eval_loss"]
        if stops_early(eval_losses(state.log_history), self._patience):
            control.should_training_stop = True

    def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """Adds Adam's second moments, then, with all of it on the disk, the marker that makes the checkpoint count."""
        wait_for_all()  # each process writes the state of its random numbers
        if rank() == 0:
            self._finish(Path(args.output_dir), state, more)
        wait_for_all()

    def _finish(self, work: Path, state: Any, more: dict[str, Any]) -> None:
        folder = work / f"checkpoint-{state.global_step}"
        with space_needed(folder):
            save_second_moments(more["model"], more["optimizer"], folder / SECOND_MOMENTS)
            sync_tree(folder)
        mark_whole(folder, state.global_step, self._eval_loss)
        checkpoints = whole_checkpoints(work)
        keep = {best_checkpoint(checkpoints).path, *(checkpoint.path for checkpoint in checkpoints[-2:])}
        for checkpoint in checkpoints:
            if checkpoint.path not in keep:
                _drop(checkpoint.path)


def mark_whole(folder: Path, step: int, eval_loss: float | None) -> None:
    """Writes the marker of a checkpoint whose files are on the disk: step, loss, the digest of every file, its own."""
    marker = {"step": step, "eval_loss": eval_loss, "files": _files(folder)}
    write_json(folder / MARKER, {**marker, "digest": digest_of(marker)})
    sync_folder(folder.parent)


def save_second_moments(model: Any, optimizer: Any, path: Path) -> None:
    """Writes Adam's running mean of squared gradients for every trained tensor, under the tensor's name.

    They tell later which directions the training data pinned down (needed to trace answers to records).
    """
    from safetensors.torch import save_file

    moments = {
        name: optimizer.state[parameter]["exp_avg_sq"].detach().cpu().contiguous()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and parameter in optimizer.state
    }
    save_file(moments, path)


def _read_marker(folder: Path) -> Checkpoint:
    try:
        marker = read_json(folder / MARKER)
        if digest_of({name: value for name, value in marker.items() if name != "digest"}) == marker["digest"]:
            return Checkpoint(folder, marker["step"], marker["eval_loss"])
    except (ValueError, KeyError, AttributeError):
        pass
    return Checkpoint(folder, _step(folder), -math.inf)


def _wrong_files(folder: Path) -> list[str]:
    """Names of files that are missing, changed or too many; the marker itself if it cannot be read."""
    if not (folder / MARKER).is_file() or _read_marker(folder).eval_loss == -math.inf:
        return [MARKER]
    return same_digests(read_json(folder / MARKER)["files"], _files(folder))


def _files(folder: Path) -> dict[str, str]:
    return {name: digest for name, digest in digests_below(folder).items() if name != MARKER}


def _drop(folder: Path) -> None:
    """Removes a checkpoint; a kill in the middle leaves nothing that looks like one."""
    dropped = folder.with_name(f"{DROPPED}{folder.name}")
    folder.rename(dropped)
    shutil.rmtree(dropped)


def _step(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])
