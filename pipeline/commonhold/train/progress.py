"""What is reported while training runs."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from transformers import TrainerCallback

from commonhold.models.device import DeviceProfile, take_threads
from commonhold.number_format import duration
from commonhold.train.metrics import MetricsRecorder, Throughput

PASSING = "\r"
"""Starts a line that the next one may replace, as a terminal understands it."""


class ThreadsCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """Asks now and then whether the cores are still free, and takes one fewer while they are not.

    Where another number would give other bits, the training keeps the one that it started with.
    """

    STEPS_BETWEEN = 16

    def __init__(self, device: DeviceProfile) -> None:
        self._device = device

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Takes the number before the first step."""
        take_threads(self._device)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Measures at every sixteenth step."""
        if state.global_step % self.STEPS_BETWEEN == 0:
            take_threads(self._device)


class ProgressCallback(TrainerCallback):  # type: ignore[misc]  # transformers is not followed
    """A passing line with step, loss, speed and the time that is left; a lasting one for every evaluation."""

    def __init__(
        self,
        say: Callable[[str], None],
        gauge: MetricsRecorder,
        checkpoints: Collection[int],
        validation_tokens: int = 0,
        seconds_between: float = 0.5,
    ) -> None:
        self._say = say
        self._gauge = gauge
        self._checkpoints = checkpoints
        self._validation_tokens = validation_tokens
        self._between = seconds_between
        self._last = -seconds_between

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, float], **_: Any) -> None:
        """Reports where training is."""
        if "eval_loss" in logs:
            self._say(f"step {state.global_step}/{state.max_steps}: validation loss {logs['eval_loss']:.3f}")
        pace, now = self._gauge.pace, time.monotonic()
        if "loss" not in logs or pace is None or now - self._last < self._between:
            return
        self._last = now
        left = seconds_left(pace, state.global_step, state.max_steps, self._checkpoints, self._validation_tokens)
        self._say(
            f"{PASSING}step {state.global_step}/{state.max_steps}: loss {logs['loss']:.3f}, "
            f"{pace.tokens_per_second:.0f} tokens/s, about {duration(left)} left"
        )


def seconds_left(
    pace: Throughput, step: int, steps: int, checkpoints: Collection[int], validation_tokens: int
) -> float:
    """Time for the steps and checkpoints that are still to come.

    The checkpoint of this very step is still to come, since its loss is logged first. Before the first checkpoint, an
    evaluation is taken to be three times as fast as training on as many tokens: it has no backward pass.
    """
    each = pace.checkpoint_seconds
    if not each and pace.tokens_per_second:
        each = validation_tokens / (3 * pace.tokens_per_second)
    to_come = sum(planned >= step for planned in checkpoints)
    return (steps - step) * pace.step_seconds + to_come * each
