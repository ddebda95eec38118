"""When memory runs out: smaller batches and more of them to a step, so that what a step learns from stays the same."""

from collections.abc import Sequence
from dataclasses import replace

from commonhold.errors import NoMemoryError
from commonhold.train.metrics import Event
from commonhold.train.settings import TrainingSettings

CPU_WORDS = (
    "std::bad_alloc",
    "Cannot allocate memory",
    "could not create a primitive",
    "could not execute a primitive",
)
"""How C++, the system, and oneDNN say on a CPU that an allocation failed."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error is a failed allocation, in the words of torch, CUDA, C++ or Python.

    Not covered: Linux's out-of-memory killer, which ends a process without an error.
    """
    import torch
    from accelerate.utils.memory import should_reduce_batch_size

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and (
        should_reduce_batch_size(error) or any(words in str(error) for words in CPU_WORDS)
    )


def halved(settings: TrainingSettings) -> TrainingSettings:
    """Half as many rows at once, or fewer where half would not divide a step's rows; a step keeps its rows.

    Raises:
        NoMemoryError: there is one row at once already.
    """
    if settings.batch_size == 1:
        if settings.gradient_checkpointing:
            remedy = f"Lower train.max_tokens (now {settings.max_tokens}), or choose a smaller base.id"
        else:
            remedy = (
                "Set train.gradient_checkpointing: true, which needs much less for about a third more time, or lower "
                f"train.max_tokens (now {settings.max_tokens})"
            )
        raise NoMemoryError(
            f"train: the memory is too small even for one row at once. {remedy}. "
            "commonhold plan RECIPE says how much a training needs"
        )
    rows = settings.batch_size * settings.gradient_accumulation_steps
    fewer = max(number for number in range(1, settings.batch_size // 2 + 1) if rows % number == 0)
    return replace(settings, batch_size=fewer, gradient_accumulation_steps=rows // fewer)


def as_before(settings: TrainingSettings, events: Sequence[Event]) -> TrainingSettings:
    """The settings with the batch that an earlier process came down to, if one ran out of memory."""
    halvings = [event for event in events if event.kind == "halved"]
    if not halvings:
        return settings
    return replace(
        settings,
        batch_size=halvings[-1].batch_size,
        gradient_accumulation_steps=halvings[-1].gradient_accumulation_steps,
    )
