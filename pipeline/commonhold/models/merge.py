"""The adapter merged into the weights it was trained on, and what tells whether the result is the same model.

Merging into NF4 weights in place loses the fine-tune, merging into the original weights shifts it; merging into the
dequantised weights is exact up to rounding. Hence: quantise, dequantise, merge, compare.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from commonhold.files import space_needed
from commonhold.models.adapter import attach
from commonhold.models.chat_format import ChatFormat
from commonhold.models.chat_template import TokenPair
from commonhold.models.device import DeviceProfile
from commonhold.models.equivalence import Reference
from commonhold.models.layer_check import LayerReference
from commonhold.models.load import (
    Quantisation,
    load_model,
    load_tokenizer,
    quiet_loading,
    unpacked,
    unpacked_if_room,
)
from commonhold.records.weights import BaseWeights


class Merging(NamedTuple):
    """What a merge leaves besides the files: the tuned model's marks, to tell whether a file holds it."""

    merged_from: str
    """`dequantised-nf4`, `dequantised-int8` or `bf16`."""
    layers: LayerReference
    replies: Reference
    reading: ChatFormat


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
    """Writes the merged model in bf16 with its tokenizer; before, asks the tuned one for what it can be recognised by.

    `probes` are replies that were not learnt from, with what comes before them. Nothing is judged here: load what was
    written, and compare.

    Raises:
        DigestError: the adapter is not whole.
        NoSpaceError: the disk is full.
    """
    import torch

    model, tokenizer = load_model(base.path, quantisation, device), load_tokenizer(base.path)
    tuned: Any = attach(unpacked(model), adapter)
    del model
    merged_from = "bf16" if quantisation == "none" else f"dequantised-{quantisation}"
    merging = Merging(merged_from, LayerReference(tuned), Reference(tuned, probes), ChatFormat.of(tuned, tokenizer))
    merged = tuned.merge_and_unload(safe_merge=True).to(torch.bfloat16)
    with space_needed(out), quiet_loading():
        merged.save_pretrained(out)
        tokenizer.save_pretrained(out)
    return merging
