"""A GGUF file read back by another reader than its writer: as a model, and for what is at its head."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commonhold.errors import UnfitFileError
from commonhold.models.device import DeviceProfile
from commonhold.models.load import quiet_loading
from commonhold.models.unpack_gguf import gguf_read_once

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def load_gguf(file: Path, tokenizer: "PreTrainedTokenizerBase", device: DeviceProfile) -> Any:
    """The model in a GGUF file, its numbers unpacked, through transformers' own reader.

    Raises:
        UnfitFileError: its stop token, template or vocabulary is not the tokenizer's; a model that stops elsewhere, or
            reads conversations otherwise, is another model.
    """
    import gguf
    from transformers import AutoModelForCausalLM, GgufConfig

    with quiet_loading(), gguf_read_once():
        if wrong := list(_differences(gguf.GGUFReader(file).fields, tokenizer)):
            raise UnfitFileError(f"it does not hold the tuned model's {', '.join(wrong)}", fault=True)
        model = AutoModelForCausalLM.from_pretrained(
            file.parent,
            gguf_file=file.name,
            quantization_config=GgufConfig(dequantize=True),
            dtype=device.dtype,
            attn_implementation="sdpa",
            local_files_only=True,
        )
    return model.to(device.device).eval()


def _differences(fields: Mapping[str, Any], tokenizer: "PreTrainedTokenizerBase") -> Iterator[str]:
    expected = {"stop token": ("tokenizer.ggml.eos_token_id", tokenizer.eos_token_id)}
    expected["chat template"] = ("tokenizer.chat_template", tokenizer.chat_template)
    for what, (name, value) in expected.items():
        if name not in fields or fields[name].contents() != value:
            yield what
    tokens = fields["tokenizer.ggml.tokens"]
    texts = {number: text.encode() for text, number in tokenizer.get_vocab().items()}
    if any(tokens.parts[tokens.data[number]].tobytes() != text for number, text in texts.items()):
        yield "vocabulary"
