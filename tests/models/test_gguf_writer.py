"""The GGUF that is written is the model it was written from, read by another reader, and nothing is guessed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.toys import CPU

from commonhold.digests import sha256_file
from commonhold.errors import UnfitFileError
from commonhold.models.chat_template import TokenPair
from commonhold.models.equivalence import Likeness, Reference, likeness_of
from commonhold.models.gguf_reader import load_gguf
from commonhold.models.gguf_writer import pre_tokeniser, why_not, write_gguf
from commonhold.models.layer_check import rounding_difference
from commonhold.models.load import load_model, load_tokenizer
from commonhold.records.weights import BaseWeights

PROBES = [TokenPair((1, 40 + number, 50, 60), (70 + number, 80, 90, 100)) for number in range(8)]
BYTES = {"type": "ByteLevel", "use_regex": True}
DIGITS = {"type": "Digits", "individual_digits": True}


@pytest.fixture(scope="module")
def written(base: BaseWeights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy model in 16 bits."""
    out = tmp_path_factory.mktemp("gguf") / "toy-f16.gguf"
    assert write_gguf(base.path, "f16", "toy", "CC0-1.0", out) == "gpt-2"
    return out


def likeness(base: BaseWeights, file: Path) -> Likeness:
    reference = Reference(load_model(base.path, "none", CPU), PROBES)
    return likeness_of(reference.compare(load_gguf(file, load_tokenizer(base.path), CPU)))


def test_sixteen_bits_are_the_model_again(base: BaseWeights, written: Path) -> None:
    like = likeness(base, written)
    assert like.kl < 1e-5
    assert like.positions == 32


def test_eight_bits_are_nearly_the_model_in_half_the_room(base: BaseWeights, written: Path, tmp_path: Path) -> None:
    write_gguf(base.path, "q8_0", "toy", "CC0-1.0", tmp_path / "toy-q8_0.gguf")
    like = likeness(base, tmp_path / "toy-q8_0.gguf")
    assert 1e-5 < like.kl < 0.02
    assert (tmp_path / "toy-q8_0.gguf").stat().st_size < 0.75 * written.stat().st_size


def test_equal_models_are_equal_files(base: BaseWeights, written: Path, tmp_path: Path) -> None:
    write_gguf(base.path, "f16", "toy", "CC0-1.0", tmp_path / "again.gguf")
    assert sha256_file(tmp_path / "again.gguf") == sha256_file(written)


def test_heads_that_are_not_turned_are_another_model(
    base: BaseWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from commonhold.models import gguf_writer

    matrices = gguf_writer._matrices
    monkeypatch.setattr(gguf_writer, "_matrices", lambda *given: (each._replace(heads=0) for each in matrices(*given)))
    write_gguf(base.path, "f16", "toy", "CC0-1.0", tmp_path / "wrong.gguf")
    assert likeness(base, tmp_path / "wrong.gguf").kl > 0.01
    model = load_gguf(tmp_path / "wrong.gguf", load_tokenizer(base.path), CPU)
    assert "q_proj.weight is not what it was made of" in rounding_difference(model, base.path, "f16") or (
        "k_proj.weight is not what it was made of" in rounding_difference(model, base.path, "f16")
    )


@pytest.mark.parametrize(
    ("attribute", "value", "what"),
    [("eos_token", "<|endoftext|>", "stop token"), ("chat_template", "x", "chat template")],
)
def test_file_with_another_stop_token_or_template_is_refused(
    attribute: str, value: str, what: str, base: BaseWeights, written: Path
) -> None:
    tokenizer = load_tokenizer(base.path)
    setattr(tokenizer, attribute, value)
    with pytest.raises(UnfitFileError, match=f"does not hold the tuned model's {what}"):
        load_gguf(written, tokenizer, CPU)


def test_file_that_lacks_a_token_is_refused(base: BaseWeights, written: Path) -> None:
    tokenizer: Any = load_tokenizer(base.path)
    vocabulary = {**tokenizer.get_vocab(), "another": 50}
    tokenizer.get_vocab = lambda: vocabulary
    with pytest.raises(UnfitFileError, match="vocabulary"):
        load_gguf(written, tokenizer, CPU)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, ""),
        ({"model_type": "olmo3"}, "this one is olmo3"),
        ({"attention_bias": True}, "no biases"),
        ({"use_sliding_window": True}, "windows"),
        ({"rope_parameters": {"rope_type": "yarn"}}, "of the kind yarn"),
        ({"rope_parameters": None, "rope_scaling": {"rope_type": "llama3"}}, "of the kind llama3"),
    ],
)
def test_what_the_writer_does_not_know_is_refused_with_a_reason(
    changed: dict[str, Any], reason: str, base: BaseWeights, tmp_path: Path
) -> None:
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(base.path / name, tmp_path / name)
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps({**config, **changed}), encoding="utf-8")
    assert reason in why_not(tmp_path)
    assert bool(why_not(tmp_path)) is bool(reason)


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (BYTES, "gpt-2"),
        ({"type": "Sequence", "pretokenizers": [DIGITS, BYTES]}, "smollm"),
        ({"type": "Sequence", "pretokenizers": [{**DIGITS, "individual_digits": False}, BYTES]}, ""),
        ({**BYTES, "use_regex": False}, ""),
        ({"type": "Whitespace"}, ""),
        (None, ""),
    ],
)
def test_way_of_cutting_text_is_known_by_its_parts(found: Any, name: str) -> None:
    assert pre_tokeniser({"pre_tokenizer": found}) == name


@pytest.mark.parametrize(("numbers", "name"), [("", "qwen2"), ("{1,3}", "llama-bpe"), ("{1,2}", "")])
def test_ways_of_cutting_that_differ_in_numbers_only_are_told_apart(numbers: str, name: str) -> None:
    cut = (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + numbers + r"| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    parts = [{"type": "Split", "pattern": {"Regex": cut}}, {**BYTES, "use_regex": False}]
    assert pre_tokeniser({"pre_tokenizer": {"type": "Sequence", "pretokenizers": parts}}) == name
