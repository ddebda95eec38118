"""How long training takes: so many batches and steps, each as long as a processor takes for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from commonhold.models.memory_estimate import Load, Shape, adapter_weights, layer_bytes, linear_weights

OPERATIONS_PER_LAYER = 220
"""Calls into torch for one layer, forward and backward: counted with its profiler on the shipped model."""
TIMES_TOUCHED = 3.0
"""How often each kept byte is written or read outside of matrix products: made, read again, its gradient."""
BACKWARD_ATTENTION = 2.5
"""Work of the attention's way back to its way forth: five products instead of two."""
OPTIMIZER_TOUCHES = 8
"""Numbers read and written for one trained weight in a step: clipping, Adam and zeroing."""
COLD_CACHES = 1.35
"""A pass of the model to the same work with matrices that stay in the cache; fitted on a CPU."""
START_SECONDS = 5.0
"""Importing the trainer and preparing it, on a CPU of 2020 or later."""
LOADED_BYTES_PER_SECOND = 4e8
"""The bf16 file, read, converted and quantised."""
CARD_FLOPS = 1.5e13
"""Reached by a recent consumer card in bf16; a guess for a card that is not in this machine."""
CARD_BYTES_PER_SECOND = 2.5e11
CARD_SECONDS_PER_OPERATION = 1e-5


class Batch(NamedTuple):
    """What goes through the model at once."""

    rows: int
    row_tokens: int
    labels: int
    examples: int = 1
    """In each row, none of which sees another; what fills a row up is one, too."""


@dataclass(frozen=True, slots=True)
class Work:
    """One pass forth and back, in what a processor does."""

    flops: float
    moved_bytes: float
    """Outside of matrix products."""
    operations: int


@dataclass(frozen=True, slots=True)
class Speed:
    """What a processor does in a second."""

    flops: float
    bytes: float
    seconds_per_operation: float
    """That torch takes to start anything, however small."""

    def seconds(self, work: Work) -> float:
        """How long it takes where nothing overlaps."""
        return work.flops / self.flops + work.moved_bytes / self.bytes + work.operations * self.seconds_per_operation


CARD = Speed(CARD_FLOPS, CARD_BYTES_PER_SECOND, CARD_SECONDS_PER_OPERATION)


def pass_work(shape: Shape, load: Load, batch: Batch, *, training: bool = True) -> Work:
    """Work of one batch: two operations forth and two back for every frozen weight and token, six for a trained one.

    The output head sees labelled tokens only on a CPU; attention counts every pair of positions of a row.
    """
    tokens = batch.rows * batch.row_tokens
    linear = 2.0 * tokens * linear_weights(shape)
    head = 2.0 * batch.labels * shape.vocabulary * shape.hidden
    pairs = 4.0 * batch.rows * batch.row_tokens**2 * shape.query_width * shape.layers
    adapter = 2.0 * tokens * adapter_weights(shape, load.rank)
    kept = float(shape.layers * layer_bytes(shape, replace(load, rows=batch.rows, row_tokens=batch.row_tokens)))
    if not training:
        return Work(linear + head + pairs + adapter, kept, OPERATIONS_PER_LAYER // 3 * shape.layers)
    again = 0.0 if load.saving != "checkpoint" else 1.0
    flops = (2 + again) * linear + 2 * head + (1 + BACKWARD_ATTENTION + again) * pairs + (3 + again) * adapter
    operations = OPERATIONS_PER_LAYER * (1 + again / 3)
    return Work(flops, kept * (TIMES_TOUCHED + again), round(operations) * shape.layers)


def step_work(shape: Shape, load: Load) -> Work:
    """The optimizer's part of a step."""
    return Work(0.0, OPTIMIZER_TOUCHES * 4.0 * adapter_weights(shape, load.rank), OPERATIONS_PER_LAYER)


class SpeedModel(Protocol):
    """How fast a processor trains: probed on a CPU that is here (`models/probe`), a guess for a card."""

    def pass_seconds(self, batch: Batch, *, training: bool = True) -> float:
        """Of one batch, forth and back; only forth in validation."""
        ...

    @property
    def step_seconds(self) -> float:
        """Of a step, besides its batches."""
        ...


@dataclass(frozen=True, slots=True)
class AssumedSpeed:
    """From the work of one training and the speed of a processor."""

    shape: Shape
    load: Load
    speed: Speed = CARD

    def pass_seconds(self, batch: Batch, *, training: bool = True) -> float:
        """By the work that a pass is."""
        return COLD_CACHES * self.speed.seconds(pass_work(self.shape, self.load, batch, training=training))

    @property
    def step_seconds(self) -> float:
        """By the work of the optimizer."""
        return self.speed.seconds(step_work(self.shape, self.load))


def training_seconds(
    shape: Shape, pace: SpeedModel, batches: Sequence[Batch], validation: Sequence[Batch], steps: int
) -> float:
    """All of a training: start, every batch of every epoch, every optimizer step, and every validation pass."""
    passes = sum(pace.pass_seconds(batch) for batch in batches)
    looks = sum(pace.pass_seconds(batch, training=False) for batch in validation)
    return starting_seconds(shape) + passes + looks + steps * pace.step_seconds


def starting_seconds(shape: Shape) -> float:
    """Until the first step: the trainer, and the base's file."""
    file = 2.0 * (linear_weights(shape) + shape.vocabulary * shape.hidden)
    return START_SECONDS + file / LOADED_BYTES_PER_SECOND
