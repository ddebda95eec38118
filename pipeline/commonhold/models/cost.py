"""How long training takes: the work of its rows, and how fast this processor does such work."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from commonhold.models.load import FP32_BYTES
from commonhold.models.memory import Load, Shape, adapter_weights, layer_bytes, linear_weights

if TYPE_CHECKING:
    import torch

OPERATIONS_PER_LAYER = 220
"""Calls into torch for one layer, forward and backward: counted with its profiler on the shipped model."""
TIMES_TOUCHED = 3.0
"""How often each kept byte is written or read outside of matrix products: made, read again, its gradient."""
BACKWARD_ATTENTION = 2.5
"""Work of the attention's way back to its way forth: five products instead of two."""
OPTIMIZER_TOUCHES = 8
"""Numbers read and written for one trained weight in a step: clipping, Adam and zeroing."""
PYTHON_SHARE = 8.0
"""A call in the model, with autograd and the module around it, to the bare call: fitted on rows of 64 tokens."""
COLD_CACHES = 1.35
"""A pass of the model to the same work in a probe, whose matrices stay in the cache; fitted on three configurations."""
BF16_OPERATIONS = 1.42
"""Calls in bf16 on a CPU to those in fp32, counted likewise: the adapter is computed by itself, and copied."""
BF16_TOUCHES = 14.0
"""Time between the products in bf16 on a CPU, to fp32 copies of as many bytes: conversions, and an attention whose way
back takes five times as long; fitted on five configurations."""
BF16_MAPPED = 16.0
"""The same, more, with checkpoints: memory that was given back is mapped anew (`allocator`); fitted on three."""
SMALL_ROWS, SMALL_WIDTH = 64, 512
"""Of a product that tells in a moment whether a processor emulates such numbers."""
EMULATED_FLOPS = 2e10
"""Below this the small product is all that is tried; a core of 2013 does 3e10 in fp32, emulated bf16 measured 2e9."""
START_SECONDS = 7.0
"""Importing the trainer and preparing it, on a CPU of 2020 or later."""
LOADED_BYTES_PER_SECOND = 4e8
"""The bf16 file, read, converted and quantised."""
CARD_FLOPS = 1.5e13
"""Reached by a recent consumer card in bf16; a guess for a card that is not here."""
CARD_BYTES_PER_SECOND = 2.5e11
CARD_SECONDS_PER_OPERATION = 1e-5


class Batch(NamedTuple):
    """What goes through the model at once."""

    rows: int
    row_tokens: int
    labels: int


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
        """How long it takes; nothing overlaps on a CPU."""
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
    moved = kept * (TIMES_TOUCHED + again)
    if load.device == "cpu" and load.number_bytes < FP32_BYTES:
        operations *= BF16_OPERATIONS
        moved *= BF16_TOUCHES + again * BF16_MAPPED
    return Work(flops, moved, round(operations) * shape.layers)


def step_work(shape: Shape, load: Load) -> Work:
    """The optimizer's part of a step."""
    return Work(0.0, OPTIMIZER_TOUCHES * 4.0 * adapter_weights(shape, load.rank), OPERATIONS_PER_LAYER)


def training_seconds(
    shape: Shape, load: Load, batches: Sequence[Batch], validation: Sequence[Batch], steps: int, speed: Speed
) -> float:
    """All of a training: start, every batch of every epoch, every optimizer step, and every validation pass."""
    file = 2.0 * (linear_weights(shape) + shape.vocabulary * shape.hidden)
    passes = COLD_CACHES * sum(speed.seconds(pass_work(shape, load, batch)) for batch in batches)
    looks = COLD_CACHES * sum(speed.seconds(pass_work(shape, load, batch, training=False)) for batch in validation)
    optimizer = steps * speed.seconds(step_work(shape, load))
    return START_SECONDS + file / LOADED_BYTES_PER_SECOND + passes + looks + optimizer


def probe(shape: Shape, tokens: int, number_bytes: int) -> Speed:
    """This processor's speed in products of the model's shapes, in fp32 or bf16, and in plain copies; under a second.

    In processor time over torch's threads, as `settle_threads` set them: what others do at the same moment counts for
    little, and on a machine that stays busy training takes longer than foretold.
    """
    import torch

    rows = min(max(tokens, 16), 512)
    dtype = torch.float32 if number_bytes == FP32_BYTES else torch.bfloat16
    flops = _product_flops(SMALL_ROWS, SMALL_WIDTH, SMALL_WIDTH, dtype)
    if flops > EMULATED_FLOPS:
        flops = _product_flops(rows, shape.hidden, shape.intermediate, dtype)
    block = torch.ones(rows, shape.intermediate)
    touched = _processor_seconds(lambda: torch.mul(block, block), 24)
    small = torch.ones(8)
    started = _processor_seconds(lambda: torch.mul(small, small), 400) * torch.get_num_threads()  # one thread's work
    return Speed(
        flops=flops,
        bytes=2 * 4.0 * rows * shape.intermediate / max(touched - started, 1e-9),
        seconds_per_operation=started * PYTHON_SHARE,
    )


def _product_flops(rows: int, width: int, out: int, dtype: "torch.dtype") -> float:
    import torch

    left, right = torch.ones(rows, width, dtype=dtype), torch.ones(width, out, dtype=dtype)
    return 2.0 * rows * width * out / _processor_seconds(lambda: torch.mm(left, right), 6)


def _processor_seconds(work: Callable[[], object], times: int) -> float:
    import torch

    work()
    start = time.process_time()
    for _ in range(times):
        work()
    return max(time.process_time() - start, 1e-9) / times / torch.get_num_threads()
