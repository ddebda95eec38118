"""How one adapter is trained, in plain values."""

from dataclasses import dataclass
from typing import Literal

from commonhold.models.load import Quantisation
from commonhold.records.training_summary import Method


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """The small matrices that are trained."""

    rank: int
    alpha: int
    dropout: float
    target_modules: tuple[str, ...] | Literal["all-linear"]
    rslora: bool = False
    dora: bool = False


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """Everything about training that a recipe decides."""

    system_prompt: str
    quantisation: Quantisation
    epochs: int
    learning_rate: float
    warmup_ratio: float
    lr_scheduler: Literal["cosine", "linear", "constant"]
    max_tokens: int
    packing: bool
    batch_size: int
    gradient_accumulation_steps: int
    max_overlong_ratio: float
    checkpoints_per_epoch: int
    neftune_noise_alpha: float
    """0 for none; the noise of a row is uniform within ± alpha / sqrt(tokens × width)."""
    gradient_checkpointing: bool | Literal["offload"]
    """`offload`: on a GPU, activations wait in main memory instead."""
    lora: LoraSettings
    method: Method = "sft"
    beta: float = 0.1
    """Of KTO and DPO."""
    early_stopping_patience: int | None = None
    """Checkpoints in a row without a lower validation loss after which training stops."""
    processes: int = 1
    sharded: bool = False
    """Whether the processes hold a part of the base's layers each, because one card cannot hold them all."""

    @property
    def row_tokens(self) -> int:
        """Tokens up to which training examples share a row; 0 when each has a row of its own."""
        return self.max_tokens if self.packing else 0
