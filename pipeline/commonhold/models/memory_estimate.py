"""How much memory training an adapter takes, part by part, reckoned from the model's shape before anything is loaded.

What a pass keeps for the way back was counted on the shipped model with torch's saved-tensor hooks, in fp32 with the
fused adapter layer, in bf16 as on a CPU, and in bf16 under autocast as on a GPU; the formulas give the same bytes. The
rest is measured as the peak of fresh processes, see docs/benchmarks.md. The GPU's context and slack are not measured
yet.
"""

from dataclasses import dataclass, fields
from typing import Literal

from commonhold.forms import Form
from commonhold.models.load import FP32_BYTES, SHARE_OF_MEMORY, Quantisation

Saving = Literal["keep", "checkpoint", "offload"]
"""Activations for the way back: kept, computed again, or held in main memory (on a GPU)."""

NF4_BYTES = 0.516
"""Of one weight: 4 bits, and its share of the doubly quantised scales."""
INT8_BYTES = 1.01
"""Of one weight: a byte, and its row's scale."""
FILE_BYTES = 2
"""Of one weight in the bf16 file, mapped while it is read."""
ADAPTER_STATE_BYTES = 16
"""Of one trained fp32 weight: itself, its gradient, Adam's two moments."""
CPU_RUNTIME_BYTES = 600_000_000
"""Python, torch, transformers, TRL and a tokenizer; resident before the weights are read."""
KERNEL_BYTES = 6_000_000
"""In bf16 on a CPU, of oneDNN's kernels for one length of rows: five to seven MB on the shipped model, in which most
are for its four kinds of matrices, each 0.6 to 1.1 MB whatever its size (torch 2.13.0)."""
CUDA_CONTEXT_BYTES = 700_000_000
"""Driver, kernels and cuBLAS workspaces of one process on a card; as usually seen, not measured here."""
LOGIT_COPIES = 3
"""On a CPU, for labelled positions: the logits, their log-softmax and its gradient."""
TILE_BYTES = 2 * 2 * 4096 * 8192
"""On a GPU: TRL's fused head works on tiles of 4,096 tokens by at most 8,192 words, in 2 bytes, with one spare."""
KEPT_SLACK = 0.24
"""Of the activations: holes that glibc's allocator keeps; 0.19 to 0.27 at 128 to 1,024 tokens a pass."""
KEPT_SLACK_BF16 = 0.45
"""The same in bf16, where copies of another size come and go: 0.36 to 0.67."""
CUDA_SLACK = 0.08
"""Of what is allocated: blocks that torch's caching allocator cannot reuse; usual, not measured here."""
OFFLOADED_LAYERS = 5
"""Activations of as many layers wait on the card for their transfer (TRL's `max_fwd_stash_size`)."""
DORA_COPIES = 2
"""DoRA adds its own scaled result to every adapted layer's, and keeps both."""


class Shape(Form):
    """Sizes of a Llama-like model."""

    layers: int
    hidden: int
    intermediate: int
    vocabulary: int
    query_width: int
    """Heads times width of a head."""
    key_value_width: int


@dataclass(frozen=True, slots=True)
class Load:
    """What goes through the model at once, how it is held, and on which kind of processor."""

    rows: int
    row_tokens: int
    """Tokens of the longest row."""
    labels: int
    """Labelled positions of a batch at most, in training or validation."""
    rank: int
    quantisation: Quantisation
    number_bytes: int
    """Of an activation and an unquantised weight: 4 in fp32, 2 in bf16."""
    saving: Saving
    device: Literal["cpu", "cuda"] = "cpu"
    dora: bool = False
    unpacked: bool = False
    """Whether quantised weights are held as plain matrices."""
    lengths: int = 1
    """How many different ones rows have, in whole tiles."""

    @property
    def tokens(self) -> int:
        """Tokens of one pass."""
        return self.rows * self.row_tokens


@dataclass(frozen=True, slots=True)
class MemoryParts:
    """The peak of one training, in bytes."""

    runtime: int
    """The program and its libraries, with what they keep for every length; or the context of a GPU."""
    weights: int
    loading: int
    """More than the rest while the model is read and quantised; 0 where training takes more."""
    adapter: int
    """With its gradients and the optimizer's state."""
    activations: int
    logits: int
    slack: int
    """What the allocator holds and cannot use."""

    @property
    def total(self) -> int:
        """All of it."""
        return sum(int(getattr(self, field.name)) for field in fields(self))

    def as_measured(self, device: Literal["cpu", "cuda"]) -> int:
        """What a run's `peak_memory_bytes` counts: all of the process on a CPU, what torch allocated on a GPU."""
        return self.total if device == "cpu" else self.total - self.runtime - self.slack


def linear_weights(shape: Shape) -> int:
    """Weights in linear layers, the output head aside."""
    attention = 2 * shape.hidden * (shape.query_width + shape.key_value_width)
    return shape.layers * (attention + 3 * shape.hidden * shape.intermediate)


def adapter_weights(shape: Shape, rank: int) -> int:
    """Trained weights of a LoRA on every linear layer."""
    attention = 2 * (shape.hidden + shape.query_width) + 2 * (shape.hidden + shape.key_value_width)
    return rank * shape.layers * (attention + 3 * (shape.hidden + shape.intermediate))


def unpacks(shape: Shape, quantisation: Quantisation, device: Literal["cpu", "cuda"], memory_bytes: int) -> bool:
    """Whether loading will hold quantised weights as plain matrices, as `load_model` and `unpacked_if_room` do."""
    if quantisation == "int8":
        return device == "cpu"
    parameters = linear_weights(shape) + shape.vocabulary * shape.hidden
    room = memory_bytes / SHARE_OF_MEMORY
    return quantisation == "nf4" and device == "cpu" and parameters * FP32_BYTES < room


def memory_parts(shape: Shape, load: Load) -> MemoryParts:
    """The peak by part.

    Not covered: models that are not Llama-like, rows of raw preference pairs, and several processes.
    """
    weights, most = _weights(shape, load)
    adapter = adapter_weights(shape, load.rank) * (ADAPTER_STATE_BYTES + _cast_bytes(load))
    whole = shape.layers * layer_bytes(shape, load)
    activations = _held(shape, load, whole)
    logits = load.labels * shape.vocabulary * FP32_BYTES * LOGIT_COPIES if load.device == "cpu" else TILE_BYTES
    if load.device == "cuda":
        slack = CUDA_SLACK * (weights + adapter + activations + logits)
        return MemoryParts(CUDA_CONTEXT_BYTES, weights, 0, adapter, activations, logits, int(slack))
    # With checkpointing, and while a model is read, the allocator gives freed memory back, see models/allocator.py.
    share = KEPT_SLACK_BF16 if load.number_bytes < FP32_BYTES else KEPT_SLACK
    slack = share * activations if load.saving == "keep" else 0.0
    loading = max(0, most - weights - adapter - activations - logits - int(slack))
    runtime = CPU_RUNTIME_BYTES + (load.lengths * KERNEL_BYTES if load.number_bytes < FP32_BYTES else 0)
    return MemoryParts(runtime, weights, loading, adapter, activations, logits, int(slack))


def layer_bytes(shape: Shape, load: Load) -> int:
    """What one layer keeps of one batch for the way back.

    In fp32: the inputs of both norms and their results, queries, keys and values (repeated for every head), the
    attention's result twice, and gate, its activation, up and their product. Under bf16 the norms keep fp32, and
    every adapted layer a copy of its input of its own: in fp32 on a CPU, where the adapter computes in that, and in
    bf16 under a GPU's autocast. Rows have a mask each, `(tokens, tokens)`.
    """
    hidden, query, inner = shape.hidden, shape.query_width, shape.intermediate
    if load.number_bytes == FP32_BYTES:
        numbers = FP32_BYTES * (4 * hidden + 5 * query + 4 * inner + 7 * load.rank)
    elif load.device == "cpu":
        copies = FP32_BYTES * (7 * hidden + query + inner + 7 * load.rank)
        numbers = copies + load.number_bytes * (4 * query + 3 * inner)
    else:
        numbers = 2 * FP32_BYTES * hidden + load.number_bytes * (5 * hidden + 5 * query + 4 * inner + 7 * load.rank)
    if load.dora:
        results = 2 * query + 2 * shape.key_value_width + 2 * inner + hidden
        numbers += DORA_COPIES * load.number_bytes * results
    mask = load.rows * load.row_tokens**2 * load.number_bytes
    return load.tokens * numbers + mask


def _held(shape: Shape, load: Load, whole: int) -> int:
    one_layer = layer_bytes(shape, load)
    if load.saving == "keep":
        return whole
    if load.saving == "offload":
        return min(whole, (OFFLOADED_LAYERS + 1) * one_layer)
    return one_layer + shape.layers * load.tokens * shape.hidden * load.number_bytes


def _cast_bytes(load: Load) -> int:
    """A GPU's autocast keeps a copy of the fp32 adapter in the format of the activations."""
    return 0 if load.number_bytes == FP32_BYTES or load.device == "cpu" else load.number_bytes


def _weights(shape: Shape, load: Load) -> tuple[int, int]:
    """Bytes of the weights, and the most that they take on a CPU while they are read.

    The file is mapped while it is read, the quantised weights stay while they are unpacked. In bf16 unquantised weights
    are the file's own bytes.
    """
    linear, embedding = linear_weights(shape), shape.vocabulary * shape.hidden
    packed = {"nf4": NF4_BYTES, "int8": INT8_BYTES, "none": load.number_bytes}[load.quantisation]
    each = load.number_bytes if load.unpacked else packed
    weights = int(linear * each + embedding * load.number_bytes)
    if load.quantisation == "none":
        file = FILE_BYTES * (linear + embedding) if load.number_bytes == FP32_BYTES else 0
        return weights, weights + file
    reading = int(FILE_BYTES * (linear + embedding) + linear * packed + embedding * load.number_bytes)
    return weights, max(reading, weights + int(linear * packed) if load.unpacked else 0)
