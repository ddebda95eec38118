"""LoRA adapters on disk and on a model: canonical files, a digest of the weights, attaching."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commonhold.digests import digest_of, sha256_bytes
from commonhold.errors import DigestError
from commonhold.files import read_json, write_json
from commonhold.models.fused_lora import fuse
from commonhold.models.load import quiet_loading

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel

WEIGHTS_NAME = "adapter_model.safetensors"
CONFIG_NAME = "adapter_config.json"


def tensor_digest(path: Path) -> str:
    """Digest of a safetensors file's tensors by name, type, shape and bytes; order and metadata do not count."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        return digest_of_tensors({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118 - no dict


def digest_of_tensors(tensors: "Mapping[str, torch.Tensor]") -> str:
    """Digest of tensors in memory, equal to that of the file they would be saved in."""
    return digest_of(
        {
            name: [str(tensor.dtype), list(tensor.shape), sha256_bytes(_bytes(tensor))]
            for name, tensor in tensors.items()
        }
    )


def trained_parameters(path: Path) -> int:
    """Numbers in a safetensors file of an adapter."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        return sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118 - no dict


def _bytes(tensor: "torch.Tensor") -> bytes:
    import torch

    # By way of bytes because numpy does not know bf16.
    return tensor.contiguous().flatten().view(torch.uint8).numpy().tobytes()


def canonical_config(folder: Path, base_id: str, revision: str) -> None:
    """Rewrites adapter_config.json so that equal adapters have equal files.

    PEFT keeps `target_modules` as a set, so its order changes from process to process; the base is written as its
    catalog id and revision instead of a path of this machine.
    """
    config: dict[str, Any] = read_json(folder / CONFIG_NAME)
    for key, value in config.items():
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            config[key] = sorted(value)
    config["base_model_name_or_path"] = base_id
    config["revision"] = revision
    write_json(folder / CONFIG_NAME, config)


def train_in_fp32(model: Any) -> None:
    """Readies an adapter for training: its weights in fp32, whatever the base's, and its layers fused."""
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    fuse(model)


def attach(model: "PreTrainedModel", folder: Path) -> "PeftModel":
    """The model with the adapter from a folder, in fp32 and evaluation mode.

    Raises:
        DigestError: the folder holds no safetensors adapter; nothing else is ever loaded.
    """
    from peft import PeftModel

    if not (folder / WEIGHTS_NAME).is_file():
        raise DigestError(f"{folder}: there is no {WEIGHTS_NAME}; the adapter is not whole")
    with quiet_loading():
        tuned = PeftModel.from_pretrained(model, folder, is_trainable=False, local_files_only=True).eval()
    fuse(tuned)
    return tuned
