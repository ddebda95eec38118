"""Whether a file of weights holds the tuned model, checked layer by layer on random input, whatever the texts.

A file that was half merged, or has a layer's scale wrong, may answer a few questions as the tuned model does. A layer
cannot hide: what its weights make of random rows is what base and adapter together make of them, rounded to bf16, or
it is another layer. A file made of the merged one holds each of its numbers up to half a step of its own rounding. So
this tells a fault of the program that wrote a file from what rounding costs, which the replies tell (`equivalence`).
All of it is computed in fp32, whatever the model computes in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import torch

PROBE_ROWS = 4
"""Random rows that each layer reads."""
SEED = 0
MAX_ERROR = 0.005
"""Of a layer's output, relative to its size; rounding a number twice on its way to bf16 costs 0.0002."""
MAX_CHANGE_ERROR = 0.1
"""Share of what the adapter changes in a layer that a file may hold too little or too much of."""
BLOCK = 32
"""Numbers that share a scale in Q8_0."""
Q8_STEPS = 127
F16_ERROR = 2.0**-11
LOADED_ERROR = 2.0**-8
"""Of a number that is read into bf16; more than half a step, since it was rounded before."""
SMALLEST = 1e-7
"""Below this 16 bits have no numbers of their own."""
PEFT_PREFIX = "base_model.model."


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one layer makes of the random rows, `(rows, out)`: merged and rounded, and the adapter's part of that."""

    output: "torch.Tensor"
    change: "torch.Tensor | None"


class LayerReference:
    """The tuned model's layers on random input, to set a file's against."""

    def __init__(self, tuned: Any) -> None:
        """Reads each layer once; its base's weights are plain matrices, and the adapter lies beside them."""
        import torch

        with torch.inference_mode():
            self._layers = {name: _expected(layer) for name, layer in _linear(tuned)}
            self._others = dict(_others(tuned))

    def difference(self, model: Any) -> str:
        """The first layer that is another one in a model read back from a file, in a clause; empty where none is."""
        import torch

        with torch.inference_mode():
            outputs = {name: _output(layer.weight) for name, layer in _linear(model)}
            others = dict(_others(model))
        if lone := (outputs.keys() ^ self._layers.keys()) | (others.keys() ^ self._others.keys()):
            return f"the layer {min(lone)} is in one of the two models only"
        layer_problems = (_layer_problem(name, self._layers[name], output) for name, output in outputs.items())
        other_problems = (_output_problem(name, self._others[name], output) for name, output in others.items())
        return next((text for text in (*layer_problems, *other_problems) if text), "")


def rounding_difference(model: Any, merged: Path, kind: Literal["q8_0", "f16"]) -> str:
    """The first tensor of a model, read back from a GGUF of a kind, that is not the one in the folder of the merged
    model up to rounding, in a clause; empty where none is.
    """
    from safetensors import safe_open

    tensors = dict(model.named_parameters())
    for file in sorted(merged.glob("*.safetensors")):
        with safe_open(file, "pt") as stored:
            for name in sorted(stored.keys()):
                if name not in tensors:
                    if name == "lm_head.weight" and model.config.tie_word_embeddings:
                        continue
                    return f"the layer {name} is missing"
                if not _rounded(stored.get_tensor(name).float(), tensors[name].detach().float().cpu(), kind):
                    return f"the layer {name} is not what it was made of"
    return ""


def _rounded(expected: "torch.Tensor", actual: "torch.Tensor", kind: Literal["q8_0", "f16"]) -> bool:
    """Whether every number is at most half a step of a kind's rounding away, and half a step of bf16."""
    if actual.shape != expected.shape:
        return False
    size = expected.abs()
    allowed = LOADED_ERROR * size + SMALLEST
    if kind == "q8_0" and expected.dim() > 1 and expected.shape[-1] % BLOCK == 0:
        step = size.reshape(-1, BLOCK).amax(dim=1, keepdim=True) / Q8_STEPS
        # The scale itself is stored in 16 bits.
        error = step / 2 + F16_ERROR * Q8_STEPS * step
        allowed = allowed + error.expand(-1, BLOCK).reshape(expected.shape)
    else:
        allowed = allowed + F16_ERROR * size
    return bool(((actual - expected).abs() <= allowed).all())


def _layer_problem(name: str, layer: _Layer, output: "torch.Tensor") -> str:
    if text := _output_problem(name, layer.output, output):
        return text
    if layer.change is None or not float(layer.change.norm()):
        return ""
    # Least squares: output = base's output + share · change.
    added = output - (layer.output - layer.change)
    share = float((added * layer.change).sum() / (layer.change * layer.change).sum())
    return "" if abs(share - 1) <= MAX_CHANGE_ERROR else f"the layer {name} holds {share:.0%} of the adapter's change"


def _output_problem(name: str, expected: "torch.Tensor", actual: "torch.Tensor") -> str:
    if actual.shape != expected.shape:
        return f"the layer {name} has another shape"
    error = float((actual - expected).norm() / expected.norm().clamp(min=1e-30))
    return "" if error <= MAX_ERROR else f"the layer {name} is off by {error:.1%}"  # NaN is off, too


def _expected(layer: Any) -> _Layer:
    """Of a layer that is adapted: merged in fp32, then rounded as the merged file is."""
    import torch

    if (base := getattr(layer, "base_layer", None)) is None:
        return _Layer(_output(layer.weight), None)
    merged = base.weight.float()
    for adapter in layer.active_adapters:
        if adapter in layer.lora_variant:  # such as DoRA: the layer's own output on a unit matrix is its weight
            merged = layer(torch.eye(layer.in_features, device=merged.device, dtype=base.weight.dtype)).T.float()
        else:
            merged = merged + layer.get_delta_weight(adapter).float()
    output = _output(merged.to(torch.bfloat16))
    return _Layer(output, output - _output(base.weight))


def _output(weight: "torch.Tensor") -> "torch.Tensor":
    """What a matrix `(out, in)` makes of the random rows, `(rows, out)`, on the CPU."""
    import torch

    generator = torch.Generator().manual_seed(SEED)
    rows = torch.randn(PROBE_ROWS, weight.shape[-1], generator=generator).to(weight.device)
    return torch.nn.functional.linear(rows, weight.float()).cpu()


def _linear(model: Any) -> Iterator[tuple[str, Any]]:
    """Linear layers by their name; an adapted one whole."""
    import torch

    for name, module in _modules(model):
        if isinstance(module, torch.nn.Linear) or hasattr(module, "base_layer"):
            yield name, module


def _others(model: Any) -> Iterator[tuple[str, "torch.Tensor"]]:
    """What is no linear layer: the weights of norms as they are, an embedding by what it makes of random numbers."""
    import torch

    for name, module in _modules(model):
        if isinstance(module, torch.nn.Embedding):
            yield name, _output(module.weight)
        elif isinstance(weight := getattr(module, "weight", None), torch.Tensor) and weight.dim() == 1:
            yield name, weight.detach().clone().float().cpu()


def _modules(model: Any) -> Iterator[tuple[str, Any]]:
    """Modules by their name in a model without an adapter; the parts of an adapted layer are left out."""
    from peft.tuners.lora.layer import LoraLayer

    adapted = ""
    for name, module in model.named_modules():
        if not (adapted and name.startswith(adapted)):
            adapted = f"{name}." if isinstance(module, LoraLayer) else ""
            yield name.removeprefix(PEFT_PREFIX), module
