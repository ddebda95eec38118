"""Models and tokenizers from a folder of safetensors: quantised for one processor, never running foreign code."""

import contextlib
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from commonhold.environment import hush
from commonhold.models.device import DeviceProfile

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

Quantisation = Literal["nf4", "int8", "none"]

FP32_BYTES = 4
SHARE_OF_MEMORY = 8


@contextlib.contextmanager
def quiet_loading() -> Iterator[None]:
    """Keeps the libraries' advice off the terminal while files are read."""
    from transformers.utils import logging as transformers_logging

    hush()
    level = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        transformers_logging.set_verbosity(level)


def load_tokenizer(folder: Path) -> "PreTrainedTokenizerBase":
    """The tokenizer with its chat template; nothing is fetched."""
    from transformers import AutoTokenizer

    with quiet_loading():
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def load_model(
    folder: Path, quantisation: Quantisation, device: DeviceProfile, *, sharded: bool = False
) -> "PreTrainedModel":
    """The base model in evaluation mode, its linear layers in 4 bits with double quantisation, in 8 bits, or plain.

    Quantisation happens in memory on the processor that will compute, from the bf16 file. On a CPU `int8` weights are
    unpacked again at once: bitsandbytes would round the activations too there, and in fp16, and be slower than without.
    A model that will be sharded keeps its 4-bit weights in tensors of the type that it computes in: FSDP cannot split
    integers.
    """
    import torch
    from transformers import AutoModelForCausalLM

    with quiet_loading():
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=device.dtype,
            quantization_config=_quantisation(quantisation, device, sharded),
            device_map={"": "cpu" if device.device == "cpu" else torch.cuda.current_device()},
            attn_implementation="sdpa",
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
        )
    keep_cpu_layout(model)
    if quantisation != "none" and device.device == "cpu":
        let_go_of_the_file(model)
    if quantisation == "int8" and device.device == "cpu":
        model = unpacked(model)
    return model.eval()


def _quantisation(quantisation: Quantisation, device: DeviceProfile, sharded: bool) -> Any:
    import torch
    from transformers import BitsAndBytesConfig

    if quantisation == "none":
        return None
    if quantisation == "int8":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=device.dtype,
        bnb_4bit_quant_storage=device.dtype if sharded else torch.uint8,
    )


def keep_cpu_layout(model: "PreTrainedModel") -> None:
    """Stops bitsandbytes from repacking 4-bit weights in place on CPUs with AVX512-BF16.

    After the first evaluation forward the repacked layers pass no gradient to what lies below them: one evaluation
    during training changed the adapter by 0.036 (bitsandbytes 0.50.2). See docs/decisions/0002.
    """
    import bitsandbytes

    for module in model.modules():
        if isinstance(module, bitsandbytes.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = False


def let_go_of_the_file(model: "PreTrainedModel") -> None:
    """Copies what was not quantised, so that the file is no longer mapped.

    In bf16 the embedding is the file's own bytes, and holds all of it in memory: 270 MB of the shipped base for 57.
    """
    for parameter in model.parameters():
        if parameter.is_floating_point():
            parameter.data = parameter.data.clone()


def unpacked(model: Any) -> Any:
    """A quantised model's numbers as plain matrices: the same values, without the packing; others as they are."""
    if not getattr(model, "is_quantized", False):
        return model
    with quiet_loading():
        return model.dequantize()


def unpacked_if_room(model: Any, device: DeviceProfile) -> Any:
    """On a CPU with memory to spare, the 4-bit weights unpacked once instead of at every pass; else the model as it is.

    The numbers are those of the 4-bit weights, so training and answers are the same byte for byte; what is saved is the
    unpacking, a quarter of a small model's step. Spare means that the matrices take less than an eighth of the memory.
    """
    quantised = getattr(model, "is_loaded_in_4bit", False)
    room = device.memory_bytes / SHARE_OF_MEMORY
    if quantised and device.device == "cpu" and model.num_parameters() * FP32_BYTES < room:
        return unpacked(model)
    return model
