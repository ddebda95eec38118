"""The adapter merged into the weights it was trained on, and proof that the result is the same model.

Merging into NF4 weights in place loses the fine-tune, merging into the original weights shifts it; merging into the
dequantised weights is exact up to rounding. Hence: quantise, dequantise, merge, compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commonhold.errors import GateError
from commonhold.files import space_needed
from commonhold.models.adapter import attach
from commonhold.models.device import DeviceProfile
from commonhold.models.load import (
    Quantisation,
    load_model,
    load_tokenizer,
    quiet_loading,
    unpacked,
    unpacked_if_room,
)
from commonhold.records.weights import BaseWeights

if TYPE_CHECKING:
    import torch

MAX_KL = 0.01
"""A merge into other weights than those trained on measured 0.07; bf16 rounding alone, 0.0001."""
MIN_TOP1 = 0.95
"""Coarser, because a few near-ties turn over with rounding: one in fifty positions of five short texts did."""


@dataclass(frozen=True, slots=True)
class MergeReport:
    """How close the merged model on disk is to base and adapter side by side."""

    kl: float
    """Mean Kullback-Leibler divergence a token, in nats, over the probe texts."""
    top1: float
    """Share of positions at which both find the same token likeliest."""
    positions: int
    merged_from: str
    """`dequantised-nf4`, `dequantised-int8` or `bf16`."""


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
    probes: Sequence[Sequence[int]],
    out: Path,
) -> MergeReport:
    """Writes the merged model in bf16 with its tokenizer, and compares it with the tuned one on the probe texts.

    `probes` are rows of token ids, such as the validation examples.

    Raises:
        GateError: the merged model is not the same model; nothing should be published.
        NoSpaceError: the disk is full.
    """
    import torch

    model = load_model(base.path, quantisation, device)
    tuned: Any = attach(unpacked(model), adapter)
    del model
    before = _log_probabilities(tuned, probes)
    merged = tuned.merge_and_unload(safe_merge=True).to(torch.bfloat16)
    with space_needed(out), quiet_loading():
        merged.save_pretrained(out)
        load_tokenizer(base.path).save_pretrained(out)
    del tuned, merged
    after = _log_probabilities(load_model(out, "none", device), probes)
    report = _compare(before, after, "bf16" if quantisation == "none" else f"dequantised-{quantisation}")
    if report.kl > MAX_KL or report.top1 < MIN_TOP1:
        raise GateError(
            f"publish: the merged model differs from the tuned one (KL {report.kl:.4f} nats a token, at most {MAX_KL} "
            f"allowed; same likeliest token at {report.top1:.1%}, at least {MIN_TOP1:.0%} wanted). "
            "Set publish.merged=false to publish the adapter alone, and report this"
        )
    return report


def _log_probabilities(model: Any, probes: Sequence[Sequence[int]]) -> list["torch.Tensor"]:
    import torch

    rows = []
    with torch.inference_mode():
        for ids in probes:
            logits = model(input_ids=torch.tensor([list(ids)], device=model.device), use_cache=False).logits[0]
            rows.append(torch.log_softmax(logits.float(), dim=-1).cpu())
    return rows


def _compare(before: Sequence["torch.Tensor"], after: Sequence["torch.Tensor"], merged_from: str) -> MergeReport:
    kl = sum(float(((b.exp() * (b - a)).sum(-1)).sum()) for b, a in zip(before, after, strict=True))
    same = sum(int((b.argmax(-1) == a.argmax(-1)).sum()) for b, a in zip(before, after, strict=True))
    positions = sum(len(row) for row in before)
    return MergeReport(kl / positions, same / positions, positions, merged_from)
