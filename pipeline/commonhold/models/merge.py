"""The adapter merged into the weights it was trained on, and proof that the result is the same model.

Merging into NF4 weights in place loses the fine-tune, merging into the original weights shifts it; merging into the
dequantised weights is exact up to rounding. Hence: quantise, dequantise, merge, compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from commonhold.files import space_needed
from commonhold.models.adapter import attach
from commonhold.models.chat import TokenPair
from commonhold.models.device import DeviceProfile
from commonhold.models.equivalence import Likeness, Reference, require_equal
from commonhold.models.load import (
    Quantisation,
    load_model,
    load_tokenizer,
    quiet_loading,
    unpacked,
    unpacked_if_room,
)
from commonhold.records.weights import BaseWeights


@dataclass(frozen=True, slots=True)
class MergeReport:
    """How close the merged model on disk is to base and adapter side by side."""

    likeness: Likeness
    merged_from: str
    """`dequantised-nf4`, `dequantised-int8` or `bf16`."""


class Merging(NamedTuple):
    """What a merge leaves besides the files."""

    report: MergeReport
    tuned: Reference
    """What the tuned model finds likely, for files that are made of the merged one."""


def load_tuned(base: BaseWeights, adapter: Path, quantisation: Quantisation, device: DeviceProfile) -> Any:
    """Base and adapter side by side, ready to answer.

    On a CPU the 4-bit weights are dequantised once: the same numbers, without unpacking them at every token.
    """
    return attach(unpacked_if_room(load_model(base.path, quantisation, device), device), adapter)


def merge(
    base: BaseWeights,
    adapter: Path,
    quantisation: Quantisation,
    device: DeviceProfile,
    probes: Sequence[TokenPair],
    out: Path,
) -> Merging:
    """Writes the merged model in bf16 with its tokenizer, and compares it with the tuned one on the probes.

    `probes` are exchanges that were not learnt from, such as the validation examples.

    Raises:
        GateError: the merged model is not the same model; nothing should be published.
        NoSpaceError: the disk is full.
    """
    import torch

    model = load_model(base.path, quantisation, device)
    tuned: Any = attach(unpacked(model), adapter)
    del model
    before = Reference(tuned, probes)
    merged = tuned.merge_and_unload(safe_merge=True).to(torch.bfloat16)
    with space_needed(out), quiet_loading():
        merged.save_pretrained(out)
        load_tokenizer(base.path).save_pretrained(out)
    del tuned, merged
    like = before.compare(load_model(out, "none", device))
    require_equal(
        like, "the merged model", "Set publish.merged=false and publish.gguf=none to publish the adapter alone"
    )
    return Merging(MergeReport(like, "bf16" if quantisation == "none" else f"dequantised-{quantisation}"), before)
