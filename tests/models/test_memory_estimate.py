"""The memory that training needs, worked out by hand on small shapes and compared with what peft and torch make."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from peft import get_peft_model
from safetensors import safe_open
from tests.toys import CPU, make_base

from commonhold.models.adapter import WEIGHTS_NAME, train_in_fp32
from commonhold.models.likelihood import hidden_states
from commonhold.models.load import load_model, quiet_loading
from commonhold.models.memory_estimate import (
    CPU_RUNTIME_BYTES,
    CUDA_CONTEXT_BYTES,
    KERNEL_BYTES,
    TILE_BYTES,
    Load,
    Shape,
    adapter_weights,
    layer_bytes,
    linear_weights,
    memory_parts,
    unpacks,
)
from commonhold.train.settings import LoraSettings
from commonhold.train.trainer import lora_config

TOY = Shape(layers=2, hidden=64, intermediate=128, vocabulary=384, query_width=64, key_value_width=32)
TINY = Shape(layers=1, hidden=2, intermediate=3, vocabulary=5, query_width=2, key_value_width=1)
PLAIN = Load(rows=1, row_tokens=10, labels=4, rank=1, quantisation="none", number_bytes=4, saving="keep")


def test_linear_weights_by_hand() -> None:
    # q 2x2 and o 2x2, k 2x1 and v 2x1, then gate, up and down 2x3 each.
    assert linear_weights(TINY) == 4 + 4 + 2 + 2 + 3 * 6


def test_adapter_weights_by_hand() -> None:
    # Rank 1: rows plus columns of each: q 4, o 4, k 3, v 3, gate, up and down 5 each.
    assert adapter_weights(TINY, 1) == 4 + 4 + 3 + 3 + 3 * 5


def test_adapter_weights_are_as_many_as_peft_makes(adapter: Path) -> None:
    with safe_open(adapter / WEIGHTS_NAME, framework="pt") as file:
        counted = sum(file.get_tensor(name).numel() for name in file.keys())  # noqa: SIM118 - not a mapping
    assert counted == adapter_weights(TOY, 4)


def test_parts_by_hand() -> None:
    parts = memory_parts(TINY, PLAIN)
    # 10 tokens x 4 bytes x (4x2 hidden + 5x2 query + 4x3 inner + 7 inner of rank 1) and a mask of 10 x 10 x 4 bytes.
    assert parts.activations == 40 * (8 + 10 + 12 + 7) + 400
    assert parts.logits == 4 * 5 * 4 * 3  # labels x words x bytes x copies
    assert parts.weights == (30 + 10) * 4  # linear layers and embedding
    assert parts.adapter == 29 * 16
    assert parts.slack == int(0.24 * 1880)
    assert parts.loading == 0  # the file, 80 bytes, is read before 3,000 bytes of training
    assert parts.runtime == CPU_RUNTIME_BYTES
    assert parts.total == CPU_RUNTIME_BYTES + 160 + 464 + 1880 + 240 + 451


def test_loading_counts_where_training_takes_less() -> None:
    wide = TINY.model_copy(update={"vocabulary": 10_000})
    parts = memory_parts(wide, replace(PLAIN, labels=0))
    # The file, mapped while it is read: 2 bytes x (30 + 20,000), less adapter, activations and slack of training.
    assert parts.loading == 2 * 20_030 - (464 + 1880 + 451)


def test_in_bf16_unquantised_weights_are_the_file() -> None:
    wide = TINY.model_copy(update={"vocabulary": 10_000})
    assert memory_parts(wide, replace(PLAIN, labels=0, number_bytes=2)).loading == 0


def test_quantised_weights_are_there_beside_the_file_or_beside_what_is_unpacked() -> None:
    load = replace(PLAIN, labels=0, quantisation="nf4", number_bytes=2, unpacked=True)
    nothing = memory_parts(TINY, replace(load, row_tokens=0))
    # While the file is read: 80 bytes of it, 15 of 30 packed weights, 20 of the embedding; unpacked weights take 80.
    assert nothing.weights == 80
    assert nothing.loading == max(0, 80 + 15 + 20 - 80 - nothing.adapter)
    wide = TINY.model_copy(update={"vocabulary": 10_000})
    parts = memory_parts(wide, replace(load, row_tokens=0))
    assert parts.loading == 2 * 20_030 + 15 + 40_000 - parts.weights - parts.adapter


@pytest.mark.parametrize(
    ("quantisation", "unpacked", "weights"),
    [("nf4", False, 15.48 + 40), ("nf4", True, 160), ("int8", False, 30.3 + 40), ("none", False, 160)],
)
def test_quantised_weights_by_hand(quantisation: Any, unpacked: bool, weights: float) -> None:
    assert memory_parts(TINY, replace(PLAIN, quantisation=quantisation, unpacked=unpacked)).weights == int(weights)


def test_checkpoints_keep_one_layer_and_the_inputs_of_all() -> None:
    two = TINY.model_copy(update={"layers": 2})
    assert memory_parts(two, PLAIN).activations == 2 * 1880
    assert memory_parts(two, replace(PLAIN, saving="checkpoint")).activations == 1880 + 2 * 10 * 2 * 4


def test_offloading_leaves_six_layers_on_the_card() -> None:
    deep = TINY.model_copy(update={"layers": 20})
    load = replace(PLAIN, device="cuda", saving="offload")
    assert memory_parts(deep, load).activations == 6 * 1880


def test_a_card_never_holds_the_logits() -> None:
    few, many = (memory_parts(TINY, replace(PLAIN, device="cuda", labels=labels)) for labels in (1, 1000))
    assert few.logits == many.logits == TILE_BYTES
    assert few.as_measured("cuda") == few.total - CUDA_CONTEXT_BYTES - few.slack
    assert few.as_measured("cpu") == few.total


def test_every_length_of_rows_has_kernels_in_bf16_on_a_cpu() -> None:
    def runtime(**more: Any) -> int:
        return memory_parts(TINY, replace(PLAIN, **more)).runtime

    assert runtime(number_bytes=2, lengths=7) == CPU_RUNTIME_BYTES + 7 * KERNEL_BYTES
    assert runtime(lengths=7) == CPU_RUNTIME_BYTES
    assert runtime(number_bytes=2, lengths=7, device="cuda") == CUDA_CONTEXT_BYTES


def test_four_bit_weights_are_unpacked_below_an_eighth_of_the_memory() -> None:
    needed = 8 * 4 * (30 + 10)
    assert unpacks(TINY, "nf4", "cpu", needed + 1)
    assert not unpacks(TINY, "nf4", "cpu", needed)
    assert not unpacks(TINY, "nf4", "cuda", needed + 1)
    assert not unpacks(TINY, "none", "cpu", needed + 1)
    assert unpacks(TINY, "int8", "cpu", 1)  # on a CPU always, see `load_model`
    assert not unpacks(TINY, "int8", "cuda", needed + 1)


@pytest.mark.parametrize(("precision", "device"), [("float32", "cpu"), ("bfloat16", "cpu"), ("bfloat16", "cuda")])
def test_layers_keep_what_torch_keeps(tmp_path: Path, precision: Any, device: Any) -> None:
    """On a GPU under autocast, which a CPU has too."""
    model: Any = load_model(make_base(tmp_path / "toy").path, "none", replace(CPU, precision=precision))
    with quiet_loading():
        model = get_peft_model(model, lora_config(LoraSettings(4, 8, 0.0, "all-linear"))).train()
    train_in_fp32(model)
    ours = {tensor.untyped_storage().data_ptr() for tensor in (*model.parameters(), *model.buffers())}
    kept: dict[int, torch.Tensor] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if (place := tensor.untyped_storage().data_ptr()) not in ours:
            kept.setdefault(place, tensor)
        return tensor

    positions = torch.arange(32).repeat(4)[None]  # four examples in a row, so that there is a mask
    with (
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        torch.autocast("cpu", torch.bfloat16, enabled=device == "cuda"),
    ):
        states = hidden_states(model, input_ids=torch.ones_like(positions), position_ids=positions)
    counted = sum(tensor.untyped_storage().nbytes() for tensor in kept.values())
    number_bytes = 4 if precision == "float32" else 2
    load = Load(1, 128, 0, 4, "none", number_bytes, "keep", device)
    assert counted == pytest.approx(TOY.layers * layer_bytes(TOY, load), rel=0.06)
    del states


LARGE = replace(PLAIN, rows=8, row_tokens=20)
"""Enough that training takes more than loading."""


@given(
    grows=st.sampled_from(["layers", "hidden", "intermediate", "vocabulary", "query_width", "key_value_width"]),
    by=st.integers(1, 4096),
)
def test_larger_model_never_needs_less(grows: str, by: int) -> None:
    larger = TOY.model_copy(update={grows: getattr(TOY, grows) + by})
    assert memory_parts(larger, LARGE).total > memory_parts(TOY, LARGE).total


@pytest.mark.parametrize(
    "more", [{"rows": 9}, {"row_tokens": 21}, {"labels": 5}, {"rank": 2}, {"number_bytes": 8}, {"dora": True}]
)
def test_more_at_once_needs_more(more: dict[str, Any]) -> None:
    assert memory_parts(TOY, replace(LARGE, **more)).total > memory_parts(TOY, LARGE).total
