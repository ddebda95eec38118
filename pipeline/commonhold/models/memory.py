"""How much memory LoRA training needs, reckoned from the model's shape before anything is loaded."""

from dataclasses import dataclass

from commonhold.forms import Form

NF4_BYTES = 0.516
"""Of one weight: 4 bits, and its share of the doubly quantised scales."""
ADAPTER_STATE_BYTES = 16
"""Of one trained fp32 weight: itself, its gradient, Adam's two moments."""
RUNTIME_BYTES = 700_000_000
"""Python, torch and the libraries on a CPU; about the context of a GPU."""
LOGIT_COPIES = 3
"""The logits, their fp32 softmax and its gradient."""


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
    """What goes through the model at once, and how it is held."""

    row_tokens: int
    """Tokens of one forward pass: rows times tokens a row."""
    rank: int
    quantised: bool
    number_bytes: int
    """Of an activation and an unquantised weight: 4 in fp32, 2 in bf16."""
    checkpointing: bool


def linear_weights(shape: Shape) -> int:
    """Weights in linear layers, the output head aside."""
    attention = 2 * shape.hidden * (shape.query_width + shape.key_value_width)
    return shape.layers * (attention + 3 * shape.hidden * shape.intermediate)


def adapter_weights(shape: Shape, rank: int) -> int:
    """Trained weights of a LoRA on every linear layer."""
    attention = 2 * (shape.hidden + shape.query_width) + 2 * (shape.hidden + shape.key_value_width)
    return rank * shape.layers * (attention + 3 * (shape.hidden + shape.intermediate))


def training_memory_bytes(shape: Shape, load: Load) -> int:
    """Peak memory of training, in bytes; measured within 20 % on the shipped model.

    Not covered: fragmentation on a GPU, and attention over rows so long that its own buffers count.
    """
    embedding = shape.vocabulary * shape.hidden
    linear = linear_weights(shape)
    weights = linear * (NF4_BYTES if load.quantised else load.number_bytes) + embedding * load.number_bytes
    while_loading = 2 * (linear + embedding)  # the bf16 file, mapped
    adapter = ADAPTER_STATE_BYTES * adapter_weights(shape, load.rank)
    per_layer = 7 * shape.hidden + 2 * shape.query_width + 2 * shape.key_value_width + 4 * shape.intermediate
    kept = per_layer * shape.layers if not load.checkpointing else shape.hidden * shape.layers + per_layer
    activations = load.row_tokens * load.number_bytes * kept
    logits = load.row_tokens / 2 * shape.vocabulary * 4 * LOGIT_COPIES
    return int(RUNTIME_BYTES + weights + while_loading + adapter + activations + logits)
