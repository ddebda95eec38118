"""Which layers may have an adapter, checked before weights are loaded."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from commonhold.errors import RequestError
from commonhold.models.load import quiet_loading


def refuse_targets(base: Path, targets: Sequence[str] | Literal["all-linear"]) -> None:
    """Stops before training when a target is no linear layer of the base, or its output layer or word embeddings.

    In most small models the two share their weights. An adapter on one would part them, and a merged model, whose
    configuration still says that they are one, would lose what was learnt (PEFT issues 2018 and 2777).

    Raises:
        RequestError: a target cannot have an adapter.
    """
    if targets == "all-linear":
        return
    model = _shape_of(base)
    modules = dict(model.named_modules())
    ends = {name for name, module in modules.items() if module is model.get_output_embeddings()}
    ends |= {name for name, module in modules.items() if module is model.get_input_embeddings()}
    linear = {name for name, module in modules.items() if _is_linear(module)} - ends
    for target in targets:
        if any(_means(target, name) for name in ends):
            raise RequestError(
                f"train.lora.target_modules: {target!r} is the base's output layer or its word embeddings, which have "
                "no adapter, because merged models lose it. Leave it out; 'all-linear' is every other linear layer"
            )
        if not any(_means(target, name) for name in linear):
            words = sorted({name.rpartition(".")[2] for name in linear})
            near = difflib.get_close_matches(target, words, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise RequestError(
                f"train.lora.target_modules: {target!r} is no linear layer of the base; {hint}It has {', '.join(words)}"
            )


def _shape_of(base: Path) -> Any:
    """The model without its weights: names and sizes of layers only."""
    from accelerate import init_empty_weights
    from transformers import AutoConfig, AutoModelForCausalLM

    with quiet_loading(), init_empty_weights():
        config = AutoConfig.from_pretrained(base, local_files_only=True, trust_remote_code=False)
        return AutoModelForCausalLM.from_config(config, trust_remote_code=False)


def _is_linear(module: Any) -> bool:
    import torch

    return isinstance(module, torch.nn.Linear)


def _means(target: str, name: str) -> bool:
    """As PEFT reads a target: the layer's whole name, or the end of it."""
    return name == target or name.endswith(f".{target}")
