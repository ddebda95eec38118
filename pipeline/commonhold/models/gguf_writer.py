"""The merged model as one GGUF file, for llama.cpp, Ollama and their like; written with the official `gguf` package.

Large matrices are stored in 8 bits (Q8_0: blocks of 32 numbers that share a scale) or in 16; the rest in 32. Smaller
kinds cost a small model too much: at 135 million weights Q4_0 raises the perplexity by 23 %, Q8_0 by 0.3 %.
Architectures and ways of cutting text that are not known here are refused rather than guessed: a wrong guess gives a
file that loads and talks nonsense.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

Kind = Literal["q8_0", "f16"]
ARCHITECTURES = ("llama", "qwen2", "qwen3")
BLOCK = 32
_QWEN2_CUT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LLAMA3_CUT = _QWEN2_CUT.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
_SPLITS = {_QWEN2_CUT: "qwen2", _LLAMA3_CUT: "llama-bpe"}


class _Matrix(NamedTuple):
    """One tensor of the model, and how it is stored."""

    name: str
    file: Path
    target: str
    shape: tuple[int, ...]
    heads: int
    """Rows are reordered within so many heads; 0 for as they are."""


def why_not(folder: Path) -> str:
    """Why no GGUF can be made of a model in a folder, in a sentence; empty where one can."""
    config = _read(folder / "config.json")
    if config["model_type"] not in ARCHITECTURES:
        supported = ", ".join(ARCHITECTURES)
        return f"The writer knows the architectures {supported}, and this one is {config['model_type']}."
    if config.get("attention_bias") and config["model_type"] == "llama":
        return "The writer knows no biases in the attention of this architecture."
    if config.get("use_sliding_window"):
        return "The writer knows no attention in windows."
    if (kind := _rope(config).get("rope_type", "default")) != "default":
        return f"The writer knows no rotary positions of the kind {kind}."
    tokenizer = _read(folder / "tokenizer.json")
    if tokenizer["model"]["type"] != "BPE" or not pre_tokeniser(tokenizer):
        return "The writer does not know how this tokenizer cuts text into words."
    return ""


def pre_tokeniser(tokenizer: Mapping[str, Any]) -> str:
    """What llama.cpp calls a tokenizer's way of cutting text into words; empty where it is not known."""
    settings = tokenizer["pre_tokenizer"] or {}
    parts = settings["pretokenizers"] if settings.get("type") == "Sequence" else [settings]
    match [(part.get("type"), part) for part in parts]:
        case [("ByteLevel", last)] if last["use_regex"]:
            return "gpt-2"
        case [("Digits", first), ("ByteLevel", last)] if first["individual_digits"] and last["use_regex"]:
            return "smollm"
        case [("Split", first), ("ByteLevel", last)] if not last["use_regex"]:
            return _SPLITS.get(first["pattern"].get("Regex", ""), "")
    return ""


def write_gguf(folder: Path, kind: Kind, name: str, licence: str, out: Path) -> str:
    """Writes the model in a folder as one file, a tensor at a time; gives the name of its way of cutting text.

    Ask `why_not` first. Equal models give equal bytes.
    """
    import gguf
    import numpy as np

    config, tokenizer = _read(folder / "config.json"), _read(folder / "tokenizer.json")
    matrices = list(_matrices(folder, config))
    writer = gguf.GGUFWriter(out, config["model_type"])
    writer.add_type("model")
    writer.add_name(name)
    writer.add_license(licence.lower())
    _add_shape(writer, config)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0 if kind == "q8_0" else gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    pre = pre_tokeniser(tokenizer)
    _add_tokenizer(writer, folder, tokenizer, pre, config["vocab_size"])
    for matrix in matrices:
        stored = _stored_as(matrix.shape, kind)
        shape = gguf.quant_shape_to_byte_shape(matrix.shape, stored)
        numbers = {gguf.GGMLQuantizationType.F32: np.float32, gguf.GGMLQuantizationType.F16: np.float16}
        dtype = np.dtype(numbers.get(stored, np.uint8))
        size = int(np.prod(shape if dtype == np.uint8 else matrix.shape)) * dtype.itemsize
        writer.add_tensor_info(matrix.target, shape if dtype == np.uint8 else matrix.shape, dtype, size, stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for matrix in matrices:
        writer.write_tensor_data(gguf.quants.quantize(_numbers(matrix), _stored_as(matrix.shape, kind)))
    writer.close()
    return pre


def _stored_as(shape: tuple[int, ...], kind: Kind) -> Any:
    import gguf

    if len(shape) == 1:
        return gguf.GGMLQuantizationType.F32
    whole = shape[-1] % BLOCK == 0
    return gguf.GGMLQuantizationType.Q8_0 if kind == "q8_0" and whole else gguf.GGMLQuantizationType.F16


def _matrices(folder: Path, config: Mapping[str, Any]) -> Iterator[_Matrix]:
    import gguf
    from safetensors import safe_open

    arch = next(key for key, value in gguf.MODEL_ARCH_NAMES.items() if value == config["model_type"])
    names = gguf.get_tensor_name_map(arch, config["num_hidden_layers"])
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config["num_key_value_heads"]}
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, "pt") as tensors:
            for name in sorted(tensors.keys()):
                if name == "lm_head.weight" and config.get("tie_word_embeddings"):
                    continue
                target = names.get_name(name, try_suffixes=(".weight", ".bias"))
                if target is None:
                    raise ValueError(f"{file.name}: GGUF has no name for the tensor {name!r}")
                # llama.cpp turns neighbouring rows of llama's heads where transformers turns halves.
                turned = heads.get(name.split(".")[-2], 0) if config["model_type"] == "llama" else 0
                yield _Matrix(name, file, target, tuple(tensors.get_slice(name).get_shape()), turned)


def _numbers(matrix: _Matrix) -> Any:
    from safetensors import safe_open

    with safe_open(matrix.file, "pt") as tensors:
        values = tensors.get_tensor(matrix.name).float().numpy()
    if matrix.heads:
        rows, *rest = values.shape
        values = values.reshape(matrix.heads, 2, rows // matrix.heads // 2, *rest).swapaxes(1, 2).reshape(values.shape)
    return values


def _add_shape(writer: Any, config: Mapping[str, Any]) -> None:
    heads = config["num_attention_heads"]
    width = config.get("head_dim") or config["hidden_size"] // heads
    writer.add_vocab_size(config["vocab_size"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(width)
    writer.add_value_length(width)
    writer.add_rope_dimension_count(width)
    writer.add_rope_freq_base(float(_rope(config).get("rope_theta", 10_000.0)))
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])


def _rope(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Settings of the rotary positions; transformers has had them under two keys."""
    settings: Mapping[str, Any] = config.get("rope_parameters") or {
        **(config.get("rope_scaling") or {}),
        **({"rope_theta": config["rope_theta"]} if "rope_theta" in config else {}),
    }
    return settings


def _add_tokenizer(writer: Any, folder: Path, tokenizer: Mapping[str, Any], pre: str, size: int) -> None:
    import gguf

    from commonhold.models.load import load_tokenizer

    loaded = load_tokenizer(folder)
    added = {token["id"]: token for token in tokenizer["added_tokens"]}
    texts = {number: text for text, number in loaded.get_vocab().items()}
    kinds = []
    for number in range(size):
        if number not in texts:
            kinds.append(gguf.TokenType.UNUSED)
        elif number in added:
            kinds.append(gguf.TokenType.CONTROL if added[number]["special"] else gguf.TokenType.USER_DEFINED)
        else:
            kinds.append(gguf.TokenType.NORMAL)
    merges = [each if isinstance(each, str) else " ".join(each) for each in tokenizer["model"]["merges"]]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list([texts.get(number, f"[PAD{number}]") for number in range(size)])
    writer.add_token_types(kinds)
    writer.add_token_merges(merges)
    writer.add_eos_token_id(loaded.eos_token_id)
    if loaded.bos_token_id is not None:
        writer.add_bos_token_id(loaded.bos_token_id)
    if loaded.pad_token_id is not None:
        writer.add_pad_token_id(loaded.pad_token_id)
    writer.add_add_bos_token(False)  # the template writes it where one belongs
    writer.add_chat_template(str(loaded.chat_template))


def _read(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
