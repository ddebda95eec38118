"""What training did, in figures, and what was planned for it; a file of its artifact."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from commonhold.typed_json import read_dataclass, write_dataclass

SUMMARY = "summary.json"
"""Its name in the folder of a training, and in a bundle's `training`."""
REMEDY = (
    "Another version of commonhold wrote it, or it was changed; in a workspace it is made again with: commonhold train "
    "RECIPE --force train"
)
Method = Literal["sft", "kto", "dpo", "continued_pretraining"]
"""What is learnt from: replies, thumbs, the better of two replies, texts."""


@dataclass(frozen=True, slots=True)
class TrainingSummary:
    """What training did."""

    adapter_digest: str
    """Digest of the adapter's tensors, whatever the file's order."""
    method: Method
    examples: int
    """Examples learnt from."""
    too_long: int
    """Examples left out because they have more tokens than a row."""
    unsuited: int
    """Training examples that the method does not learn from."""
    steps: int
    """Steps that were planned."""
    stopped_early_at: int
    """Step after which early stopping ended it; 0 where all the steps were taken."""
    tokens: int
    """Of the steps that were taken, prompts included."""
    labelled_tokens: int
    """Those of them that were learnt from."""
    batch_size: int
    """Rows at once: as asked for, or as the memory allowed."""
    gradient_accumulation_steps: int
    """Batches to a step, likewise."""
    padding_share: float
    """Share of filling in the batches, in [0, 1]."""
    padding_share_unpacked: float
    """What it would be with a row for each example in the same batches."""
    first_loss: float
    """At the first step: nats a labelled token; of `dpo` and `kto`, the mean over pairs or rated replies."""
    last_loss: float
    """At the last step, likewise."""
    best_step: int
    """Step of the checkpoint that was kept."""
    eval_loss: float | None
    """Validation loss of the checkpoint that was kept; absent where no rows were held out for it."""
    seconds: float
    """Of every process that worked on it, what was lost in a kill included."""
    tokens_per_second: float
    """Of the steps alone, without loading, evaluation and checkpoints."""
    processes: int
    """How many worked on it, one after the other."""
    resumed_from: int
    """Step of the checkpoint that the last process began with; 0 for a fresh start."""
    measured_from: int
    """Step at which the sums of seconds, energy and memory begin; 0 unless those before were lost."""
    peak_memory_bytes: int
    """RAM of the process on a CPU, VRAM in use on a GPU."""
    peak_reserved_bytes: int
    """VRAM that was held, in use or not; 0 on a CPU."""
    energy_kwh: float
    """Electricity in kilowatt-hours, without screen, disk and cooling."""
    energy_method: str
    """How that was found; says whether it was measured or estimated."""
    device: str
    """Name of the processor or graphics card."""
    precision: str
    """Number format of the arithmetic, such as `float32`."""
    trained_parameters: int
    """Numbers in the adapter."""
    threads: int = 0
    """Of each process; in fp32 at the beginning, since any number gives the same bits there. 0: not written down."""
    base: str = ""
    """Name of the base model in the catalog. Empty, as all below, until the stage that planned it has added it."""
    planned_memory_bytes: int = 0
    """What the plan said of `peak_memory_bytes`."""
    planned_seconds: float = 0.0
    """What the plan said of `seconds`."""
    gradient_checkpointing: str = ""
    """What the plan chose: `true`, `false` or `offload`."""


def write_training_summary(folder: Path, summary: TrainingSummary) -> None:
    """Writes the figures of a training into its folder; nothing else writes them."""
    write_dataclass(folder / SUMMARY, summary)


def read_training_summary(folder: Path) -> TrainingSummary:
    """The figures of a training, from the folder of its artifact or of a bundle.

    Raises:
        DigestError: the file is not of that form.
    """
    return read_dataclass(TrainingSummary, folder / SUMMARY, "a summary of training as this version reads it", REMEDY)
