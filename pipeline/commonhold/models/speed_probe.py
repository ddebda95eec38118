"""How fast this processor trains: a layer of the model's shape, of no particular weights, tried for a moment."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import gcd
from typing import TYPE_CHECKING, Any

from commonhold.models.device import emulates_bf16
from commonhold.models.load import FP32_BYTES, quiet_loading
from commonhold.models.memory_estimate import Load, Shape
from commonhold.models.time_estimate import AssumedSpeed, Batch, Speed, SpeedModel

if TYPE_CHECKING:
    import torch

MOST_TOKENS = 1024
"""Of a batch that is tried; a training that cannot fit is estimated, too, before it is refused."""
WORDS = 2048
"""Tried of the vocabulary."""
HEAD_WIDTH = 64
"""Of Llama-like models; where it does not divide, the widths' own divisor."""
TIMES, ENOUGH_SECONDS = 2, 0.25
"""How often something is tried, unless it takes long."""
PRODUCT_ROWS, PRODUCT_WIDTH = 64, 512
"""Of the product that is tried where bf16 is emulated: a layer of a large model took a minute there."""
MEMORY_BYTES_PER_SECOND, SECONDS_PER_OPERATION = 1e10, 1e-5
"""Of a usual CPU; beside emulated products neither counts."""
UNPACKING = 4 / 3
"""A pass of 4-bit weights that are unpacked in it, to one of plain matrices (`unpacked_if_room`)."""
AMONG_OTHERS = 1.05
"""A layer among all 30 of the shipped model to the same by itself."""
MAPPING = 1.2
"""A pass with checkpoints in training to the same here, where memory is kept instead of given back (`allocator`);
fitted on three configurations in either precision."""
TRAINER_SECONDS = 0.05
"""Of the trainer's own Python, for a step; fitted on the shipped recipe."""


@dataclass(frozen=True, slots=True)
class ProbedSpeed:
    """Seconds on this processor, measured."""

    smaller: tuple[int, float]
    larger: tuple[int, float]
    """Tokens of two batches, and their seconds through all layers, forth and back; twice the same where one tells."""
    forth_share: float
    """Of that, without the way back."""
    seconds_per_label: float
    """Of the output head, forth and back."""
    optimizer_seconds: float

    def pass_seconds(self, batch: Batch, *, training: bool = True) -> float:
        """Of one batch: on the line through the two that were tried; a smaller one takes no less than its share."""
        (few, less), (many, more) = self.smaller, self.larger
        tokens = batch.rows * batch.row_tokens
        if many == few:
            layers = more * tokens / many
        else:
            layers = max(less + (more - less) * (tokens - few) / (many - few), more * min(tokens / many, 1))
        whole = layers + self.seconds_per_label * batch.labels
        return whole if training else self.forth_share * whole

    @property
    def step_seconds(self) -> float:
        """Of a step, besides its batches."""
        return self.optimizer_seconds + TRAINER_SECONDS


def probe(shape: Shape, load: Load, batches: Sequence[Batch]) -> SpeedModel:
    """Tries the batch of middling length and the longest on this CPU, in the load's precision; within a second.

    Of each the better of two, by the clock: what others do for a moment counts for little, and on a machine that stays
    busy it counts as it will in training. Where bf16 is emulated, a small product is all that is tried. torch's
    generator is as it was afterwards.
    """
    import torch

    dtype = torch.float32 if load.number_bytes == FP32_BYTES else torch.bfloat16
    if dtype == torch.bfloat16 and emulates_bf16():
        return AssumedSpeed(shape, load, Speed(_product_flops(dtype), MEMORY_BYTES_PER_SECOND, SECONDS_PER_OPERATION))
    by_size = sorted(batches, key=lambda batch: batch.rows * batch.row_tokens)
    middling, longest = (_shortened(batch) for batch in (by_size[len(by_size) // 2], by_size[-1]))
    with torch.random.fork_rng(devices=[]), quiet_loading():
        model = _layer(shape, load, dtype)
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=1e-4, fused=True)
        both = _best_seconds(partial(_pass, model, middling))
        longer = both if longest == middling else _best_seconds(partial(_pass, model, longest))
        with torch.no_grad():
            forth = _best_seconds(partial(_forth, model, middling))
        step = _best_seconds(partial(_optimize, optimizer, trained))
        labels = max(1, longest.labels)
        head = _best_seconds(partial(_head, model, labels)) * shape.vocabulary / min(shape.vocabulary, WORDS)
    more = shape.layers * _in_training(load)
    return ProbedSpeed(
        smaller=(middling.rows * middling.row_tokens, more * both),
        larger=(longest.rows * longest.row_tokens, more * longer),
        forth_share=min(1.0, forth / both),
        seconds_per_label=head / labels,
        optimizer_seconds=step * shape.layers,
    )


def _shortened(batch: Batch) -> Batch:
    tokens = min(batch.row_tokens, MOST_TOKENS)
    rows = max(1, min(batch.rows, MOST_TOKENS // tokens))
    examples = -(-batch.examples * tokens // batch.row_tokens)
    return Batch(rows, tokens, min(batch.labels, rows * tokens), examples)


def _layer(shape: Shape, load: Load, dtype: "torch.dtype") -> Any:
    """A model of one layer with its adapter, as training has them."""
    from peft import LoraConfig, get_peft_model
    from transformers import LlamaConfig, LlamaForCausalLM
    from transformers.initialization import no_init_weights

    from commonhold.models.adapter import train_in_fp32

    width = _head_width(shape)
    config = LlamaConfig(
        num_hidden_layers=1,
        hidden_size=shape.hidden,
        intermediate_size=shape.intermediate,
        num_attention_heads=shape.query_width // width,
        num_key_value_heads=shape.key_value_width // width,
        head_dim=width,
        vocab_size=min(shape.vocabulary, WORDS),
        attn_implementation="sdpa",
        use_cache=False,
        dtype=dtype,
    )
    with no_init_weights():
        model: Any = LlamaForCausalLM._from_config(config)
    for parameter in model.parameters():
        parameter.data.fill_(1 / shape.hidden)
    if load.saving == "checkpoint":
        model.gradient_checkpointing_enable()
        model.enable_input_require_grads()
    lora = LoraConfig(r=load.rank, use_dora=load.dora, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(model, lora)
    train_in_fp32(model)
    return model.train()


def _head_width(shape: Shape) -> int:
    common = gcd(shape.query_width, shape.key_value_width)
    return HEAD_WIDTH if common % HEAD_WIDTH == 0 else common


def _in_training(load: Load) -> float:
    unpacking = UNPACKING if load.quantisation == "nf4" and not load.unpacked else 1.0
    return AMONG_OTHERS * unpacking * (MAPPING if load.saving == "checkpoint" else 1.0)


def _forth(model: Any, batch: Batch) -> "torch.Tensor":
    """Hidden states of a batch of words that are all the same, its rows cut into as many examples as it has."""
    import torch

    from commonhold.models.likelihood import hidden_states

    each = -(-batch.row_tokens // batch.examples)
    positions = (torch.arange(batch.row_tokens) % each).expand(batch.rows, -1)
    return hidden_states(model, input_ids=torch.ones_like(positions), position_ids=positions)


def _pass(model: Any, batch: Batch) -> None:
    import torch

    torch.autograd.backward(_forth(model, batch).float().sum())


def _head(model: Any, labels: int) -> None:
    import torch

    head = model.get_output_embeddings()
    hidden = torch.ones(labels, head.in_features, dtype=head.weight.dtype, requires_grad=True)
    targets = torch.zeros(labels, dtype=torch.long)
    torch.autograd.backward(torch.nn.functional.cross_entropy(head(hidden).float(), targets, reduction="sum"))


def _optimize(optimizer: Any, trained: Sequence[Any]) -> None:
    import torch

    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()


def _product_flops(dtype: "torch.dtype") -> float:
    import torch

    left, right = (torch.ones(rows, PRODUCT_WIDTH, dtype=dtype) for rows in (PRODUCT_ROWS, PRODUCT_WIDTH))
    return 2.0 * PRODUCT_ROWS * PRODUCT_WIDTH**2 / _best_seconds(lambda: torch.mm(left, right))


def _best_seconds(work: Callable[[], object]) -> float:
    first = _seconds(work)  # prepares kernels, too
    return first if first > ENOUGH_SECONDS else min(_seconds(work) for _ in range(TIMES))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
