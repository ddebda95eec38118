"""Training until it is done: from the last sound checkpoint on, in smaller batches where memory runs out."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from commonhold.errors import DigestError
from commonhold.models.allocator import trim_heap
from commonhold.number_format import count
from commonhold.train.checkpoints import Checkpoint, eval_losses, history_of, sound_checkpoints, stops_early
from commonhold.train.metrics import Event, MetricsRecorder
from commonhold.train.out_of_memory import halved, is_out_of_memory
from commonhold.train.settings import TrainingSettings


class Ending(NamedTuple):
    """How a training ended."""

    checkpoints: list[Checkpoint]
    """Those that are kept; the last one is where it ended."""
    settings: TrainingSettings
    """With the batch that fitted."""
    resumed_from: int
    """Step that this process started with; 0 for the start."""


Attempt = Callable[[TrainingSettings, Checkpoint | None], None]
"""Trains to the end, from a checkpoint on or from the start, and leaves checkpoints."""


def train_until_done(
    attempt: Attempt,
    settings: TrainingSettings,
    steps: int,
    work: Path,
    gauge: MetricsRecorder,
    say: Callable[[str], None],
) -> Ending:
    """Tries until the last step is taken, or early stopping says so.

    Raises:
        NoMemoryError: the memory is too small for one row at once.
        DigestError: a checkpoint of this very process was damaged.
    """
    checkpoints = _sound(work, gauge, say)
    resumed_from = checkpoints[-1].step if checkpoints else 0
    if resumed_from:
        gauge.note(Event(resumed_from, "resumed", "Training resumed after it had been stopped."))
        say(f"going on from the checkpoint of step {resumed_from}")
    while not _is_done(checkpoints, steps, settings):
        try:
            attempt(settings, checkpoints[-1] if checkpoints else None)
            fitted = True
        except Exception as error:
            if settings.processes > 1 or not is_out_of_memory(error):
                raise
            fitted = False
        # Outside of the handler: the error holds every frame that it came through, and they hold the model.
        if not fitted:
            _free_memory()
            checkpoints = _sound(work, gauge, say)
            settings = _smaller(settings, checkpoints, gauge, say)
            continue
        checkpoints = _sound(work, gauge, say)
        if not _is_done(checkpoints, steps, settings):
            raise DigestError(f"{work}: a checkpoint was damaged as soon as it was written. Check the disk")
    if checkpoints[-1].step < steps:
        text = f"No lower validation loss in the last {count(settings.early_stopping_patience or 0, 'checkpoint')}."
        gauge.note(Event(checkpoints[-1].step, "stopped_early", text))
        say(f"stopped early at step {checkpoints[-1].step} of {steps}: {text[0].lower()}{text[1:-1]}")
    gauge.save()
    return Ending(checkpoints, settings, resumed_from)


def _is_done(checkpoints: list[Checkpoint], steps: int, settings: TrainingSettings) -> bool:
    if not checkpoints:
        return False
    last = checkpoints[-1]
    return last.step == steps or stops_early(eval_losses(history_of(last)), settings.early_stopping_patience)


def _sound(work: Path, gauge: MetricsRecorder, say: Callable[[str], None]) -> list[Checkpoint]:
    def damaged(step: int, text: str) -> None:
        gauge.note(Event(step, "damaged", f"{text[0].upper()}{text[1:]}."))
        say(text)

    return sound_checkpoints(work, damaged)


def _smaller(
    settings: TrainingSettings, checkpoints: list[Checkpoint], gauge: MetricsRecorder, say: Callable[[str], None]
) -> TrainingSettings:
    fewer = halved(settings)
    step = checkpoints[-1].step if checkpoints else 0
    text = (
        f"The memory was too small for {count(settings.batch_size, 'row')} at once; now {fewer.batch_size} at once and "
        f"{count(fewer.gradient_accumulation_steps, 'batch', 'batches')} to a step, which learns from the same rows."
    )
    gauge.note(Event(step, "halved", text, fewer.batch_size, fewer.gradient_accumulation_steps))
    say(f"{text[0].lower()}{text[1:-1]}; going on from {f'the checkpoint of step {step}' if step else 'the start'}")
    return fewer


def _free_memory() -> None:
    """Lets go of model, optimizer and activations; trainers hold themselves in rings, so they need the collector."""
    from accelerate.utils.memory import clear_device_cache

    gc.collect()
    trim_heap()
    clear_device_cache()
