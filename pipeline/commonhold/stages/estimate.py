"""What a training will take, reckoned from the recipe, the rows and the processor; planning and training both ask."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from commonhold.errors import DigestError, NoMemoryError
from commonhold.models.catalog import find_model, read_catalog
from commonhold.models.device import DeviceProfile
from commonhold.models.likelihood import TILE_ROWS
from commonhold.models.memory_budget import BatchChoice, Lengths, MemoryBudget, MemoryRequest, changes_that_fit, choose
from commonhold.models.memory_estimate import Saving
from commonhold.models.speed_probe import probe
from commonhold.models.time_estimate import AssumedSpeed, Batch, SpeedModel, starting_seconds, training_seconds
from commonhold.recipe.sections import Recipe
from commonhold.records.example import Example
from commonhold.records.training_summary import SUMMARY, read_training_summary
from commonhold.stages.stage import Context
from commonhold.stages.train_settings import settings_of
from commonhold.train.dataset import make_rows, suits, tokenised
from commonhold.train.energy import WATTS_PER_BUSY_CORE
from commonhold.train.packing import IGNORED, PackedRow

GIB = 2**30
SUPPOSED_LABELS = 0.5
"""Share of tokens with loss where no tokenizer is at hand."""
SUPPOSED_EXAMPLE_TOKENS = 128
UNLIMITED = 2**31
"""Tokens that no example has."""


@dataclass(frozen=True, slots=True)
class Truncation:
    """What `train.max_tokens` does to the data."""

    examples: int
    too_long: int
    """Examples over the limit; they are left out whole."""
    longest: int
    """Tokens of the longest example: the `max_tokens` that keeps all."""
    lost_tokens: float
    """Share of all the tokens that is left out."""


@dataclass(frozen=True, slots=True)
class RowSizes:
    """The rows that training will see."""

    training: tuple[Batch, ...]
    """A row each, of every epoch, in order."""
    validation: tuple[Batch, ...]
    lengths: Lengths
    truncation: Truncation | None
    """None without the base's tokenizer."""

    @property
    def tokens(self) -> int:
        """Of all the epochs."""
        return sum(row.row_tokens for row in self.training)


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """What a training will take."""

    choice: BatchChoice
    seconds: float
    steps: int
    tokens: int
    energy_kwh: float | None
    """None for a card that is not in this machine: its power is not known."""


def real_rows(recipe: Recipe, examples: Sequence[Example], tokenizer: Any) -> RowSizes:
    """The rows as training will pack them.

    Raises:
        NothingLeftError: there is nothing that the method learns from, or nothing that is short enough.
    """
    anything = {"batch_size": 1, "gradient_checkpointing": False, "max_overlong_ratio": 1.0}  # none of it changes a row
    settings = settings_of(recipe.model_copy(update={"train": recipe.train.model_copy(update=anything)}))
    made = make_rows(tokenizer, examples, settings, recipe.seed)
    training, validation = tuple(map(_sizes, made.training)), tuple(map(_sizes, made.validation))
    longest = max(row.row_tokens for row in training + validation)
    labels = max(row.labels for row in training + validation)
    different = _different(training + validation)
    if settings.method == "continued_pretraining":  # a long text continues in the next row
        return RowSizes(training, validation, Lengths(longest, labels / longest, different=different), None)
    learnt = [example for example in examples if example.split == "train" and suits(example, settings.method)]
    whole = tokenised(tokenizer, learnt, replace(settings, max_tokens=UNLIMITED)).examples
    truncation = _truncation([example.length for example in whole], settings.max_tokens)
    lengths = Lengths(longest, labels / longest, min(truncation.longest, settings.max_tokens), different)
    return RowSizes(training, validation, lengths, truncation)


def assumed_rows(recipe: Recipe, tokens: float) -> RowSizes:
    """Rows for a number of tokens an epoch, where examples or tokenizer are not there yet."""
    train = recipe.train
    size = train.max_tokens if train.packing else min(train.max_tokens, SUPPOSED_EXAMPLE_TOKENS)
    row = Batch(1, size, round(size * SUPPOSED_LABELS))
    share = recipe.data.validation_share
    validation = max(1, round(tokens * share / train.max_tokens)) if share else 0
    return RowSizes(
        training=(row,) * max(1, round(tokens / size)) * train.epochs,
        validation=(row._replace(row_tokens=train.max_tokens),) * validation,
        lengths=Lengths(train.max_tokens, SUPPOSED_LABELS),
        truncation=None,
    )


def estimate_training(
    recipe: Recipe, rows: RowSizes, device: DeviceProfile, *, on_this_machine: bool = True, measured_speed: float = 0.0
) -> TrainingEstimate:
    """Memory, time and energy of a training on a processor; `on_this_machine` if this machine has it.

    `measured_speed`, in tokens a second, replaces the probe.
    """
    shape = find_model(recipe.base.id).shape
    room = MemoryBudget(device.device, device.memory_bytes)
    choice = choose(shape, memory_request_of(recipe, device), rows.lengths, room)
    batches = batched(rows.training, choice.batch_size)
    looks = batched(rows.validation, choice.batch_size) * (recipe.train.checkpoints.per_epoch * recipe.train.epochs)
    steps = -(-len(batches) // choice.accumulation_steps)
    on_cpu = on_this_machine and device.device == "cpu"
    if measured_speed:
        seconds = starting_seconds(shape) + rows.tokens / measured_speed
    else:
        pace: SpeedModel = probe(shape, choice.load, batches) if on_cpu else AssumedSpeed(shape, choice.load)
        seconds = training_seconds(shape, pace, batches, looks, steps)
    energy = seconds * device.threads * WATTS_PER_BUSY_CORE / 3.6e6 if device.device == "cpu" else None
    return TrainingEstimate(choice, seconds, steps, rows.tokens, energy)


def refuse_what_cannot_fit(recipe: Recipe, estimate: TrainingEstimate, rows: RowSizes, device: DeviceProfile) -> None:
    """Stops before anything is loaded.

    Raises:
        NoMemoryError: it does not fit; the message ends with the nearest change that does.
    """
    if estimate.choice.fits:
        return
    room = MemoryBudget(device.device, device.memory_bytes)
    words = nearest_change(recipe, rows.lengths, device)
    remedy = f"Add {' '.join(f'--set {word}' for word in words)}" if words else "No base of the catalog fits there"
    raise NoMemoryError(
        f"train: training needs about {estimate.choice.memory.total / GIB:.1f} GiB of memory, and {device.name} has "
        f"{room.usable_bytes / GIB:.1f} GiB to give. {remedy}"
    )


def nearest_change(recipe: Recipe, lengths: Lengths, device: DeviceProfile) -> tuple[str, ...]:
    """`key=value` words with which the recipe fits."""
    shapes = {entry.id: entry.shape for entry in read_catalog().models}
    room = MemoryBudget(device.device, device.memory_bytes)
    return changes_that_fit(shapes, recipe.base.id, memory_request_of(recipe, device), lengths, room)


def memory_request_of(recipe: Recipe, device: DeviceProfile) -> MemoryRequest:
    """What a recipe asks of the memory of a processor; a CPU has no other memory to offload to, and saves instead."""
    train = recipe.train
    precision = device.precision if recipe.base.precision == "auto" else recipe.base.precision
    savings: dict[bool | str, Saving] = {True: "checkpoint", False: "keep", "offload": "offload"}
    if device.device == "cpu":
        savings["offload"] = "checkpoint"
    asked = train.gradient_checkpointing
    return MemoryRequest(
        accumulation_steps=train.gradient_accumulation_steps,
        batch_size=train.batch_size,
        saving="auto" if asked == "auto" else savings[asked],
        rank=train.lora.rank,
        quantisation=recipe.base.quantisation,
        number_bytes=4 if precision == "float32" else 2,
        dora=train.lora.dora,
        max_tokens=train.max_tokens,
    )


def resolved(recipe: Recipe, choice: BatchChoice) -> Recipe:
    """The recipe with the plan's choices instead of `auto`."""
    written: dict[Saving, bool | str] = {"keep": False, "checkpoint": True, "offload": "offload"}
    train = recipe.train.model_copy(
        update={
            "batch_size": choice.batch_size,
            "gradient_accumulation_steps": choice.accumulation_steps,
            "gradient_checkpointing": written[choice.saving],
        }
    )
    return recipe.model_copy(update={"train": train})


def newest_measured_speed(context: Context, device: DeviceProfile) -> float:
    """Tokens a second of the newest training of this base on this processor, in the same precision; 0 for none."""
    conditions = (context.recipe.base.id, device.name, device.precision)
    summaries = context.workspace.objects.glob(f"train/*/{SUMMARY}")
    for path in sorted(summaries, key=lambda path: path.stat().st_mtime, reverse=True):
        with contextlib.suppress(DigestError):  # of another version: not comparable, and no reason to stop a plan
            summary = read_training_summary(path.parent)
            if (summary.base, summary.device, summary.precision) == conditions:
                return summary.tokens_per_second
    return 0.0


def batched(rows: Sequence[Batch], batch_size: int) -> tuple[Batch, ...]:
    """Rows side by side, filled up to the longest."""
    groups = (rows[start : start + batch_size] for start in range(0, len(rows), batch_size))
    return tuple(
        Batch(
            rows=len(group),
            row_tokens=max(row.row_tokens for row in group),
            labels=sum(row.labels for row in group),
            examples=max(row.examples for row in group) + (len({row.row_tokens for row in group}) > 1),
        )
        for group in groups
    )


def _sizes(row: PackedRow) -> Batch:
    return Batch(1, len(row.input_ids), sum(label != IGNORED for label in row.labels), row.position_ids.count(0))


def _different(rows: Sequence[Batch]) -> int:
    return len({-(-row.row_tokens // TILE_ROWS) for row in rows})


def _truncation(lengths: Sequence[int], max_tokens: int) -> Truncation:
    over = [length for length in lengths if length > max_tokens]
    return Truncation(len(lengths), len(over), max(lengths), sum(over) / sum(lengths))
