"""Checkpoints that are whole or do not count: what to resume from, and which one is the best."""

import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from commonhold.errors import DivergedError
from commonhold.files import read_json, space_needed, sync_tree, write_json
from commonhold.models.device import settle_threads
from commonhold.train.ranks import rank, wait_for_all

MARKER = "whole.json"
SECOND_MOMENTS = "second_moments.safetensors"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint folder that was written to its end."""

    path: Path
    step: int
    eval_loss: float
    """Mean negative log-likelihood on the validation rows, in nats a token."""


def whole_checkpoints(work: Path) -> list[Checkpoint]:
    """The finished checkpoints below a work folder, by step; half-written ones are removed."""
    found = []
    for folder in sorted(work.glob("checkpoint-*")):
        if (folder / MARKER).is_file():
            marker = read_json(folder / MARKER)
            found.append(Checkpoint(folder, marker["step"], marker["eval_loss"]))
        else:
            shutil.rmtree(folder)
    return sorted(found, key=lambda checkpoint: checkpoint.step)


def best_checkpoint(checkpoints: list[Checkpoint]) -> Checkpoint:
    """The one with the lowest validation loss; the earliest of equals."""
    return min(checkpoints, key=lambda checkpoint: (checkpoint.eval_loss, checkpoint.step))


def checkpoint_steps(steps: int, checkpoints: int) -> frozenset[int]:
    """Evenly spaced steps, the last one included."""
    return frozenset(max(1, round(steps * number / checkpoints)) for number in range(1, checkpoints + 1))


class CheckpointCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Evaluates and saves at planned steps, marks a checkpoint whole when it is, keeps the best and the last."""

    def __init__(self, steps: frozenset[int]) -> None:
        self._steps = steps
        self._eval_loss = math.inf

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Asks for an evaluation and a checkpoint at a planned step."""
        if state.global_step in self._steps:
            control.should_evaluate = control.should_save = True

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, float], **_: Any) -> None:
        """Remembers the validation loss for the checkpoint that follows."""
        self._eval_loss = metrics["eval_loss"]

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
        write_json(folder / MARKER, {"step": state.global_step, "eval_loss": self._eval_loss})
        checkpoints = whole_checkpoints(work)
        keep = {best_checkpoint(checkpoints).path, checkpoints[-1].path}
        for checkpoint in checkpoints:
            if checkpoint.path not in keep:
                shutil.rmtree(checkpoint.path)


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


class ThreadsCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Asks now and then whether the cores are still free, and takes one fewer while they are not."""

    STEPS_BETWEEN = 16

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Measures at every sixteenth step."""
        if args.use_cpu and state.global_step % self.STEPS_BETWEEN == 0:
            settle_threads()


class ProgressCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """A line of progress now and then, and an end to training when the loss is no longer a number."""

    def __init__(self, say: Callable[[str], None], seconds_between: float = 15.0) -> None:
        self._say = say
        self._between = seconds_between
        self._last = time.monotonic()
        self._first: tuple[float, int] | None = None

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
        """Prints step, loss, speed and the time that is left.

        Raises:
            DivergedError: a loss is NaN or infinite.
        """
        for name in {"loss", "eval_loss"} & logs.keys():
            if not math.isfinite(logs[name]):
                raise DivergedError(
                    f"train: the loss is {logs[name]} at step {state.global_step}; training has diverged. "
                    "Lower train.learning_rate (a tenth of it is a good try) or raise train.warmup_share"
                )
        if "eval_loss" in logs:
            self._say(f"step {state.global_step}/{state.max_steps}: validation loss {logs['eval_loss']:.3f}")
        if "loss" not in logs:
            return
        now = time.monotonic()
        self._first = self._first or (now, state.global_step)
        if now - self._last < self._between:
            return
        self._last = now
        done = state.global_step - self._first[1]
        left = (now - self._first[0]) / done * (state.max_steps - state.global_step) if done else 0.0
        speed = logs["tokens"] / logs["seconds"]
        self._say(
            f"step {state.global_step}/{state.max_steps}: loss {logs['loss']:.3f}, {speed:.0f} tokens/s, "
            f"about {left / 60:.0f} min left"
        )
