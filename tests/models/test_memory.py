"""The memory that training needs, worked out by hand on small shapes and compared with what peft makes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors import safe_open

from commonhold.models.adapter import WEIGHTS_NAME
from commonhold.models.memory import Load, Shape, adapter_weights, linear_weights, training_memory_bytes

TOY = Shape(layers=2, hidden=64, intermediate=128, vocabulary=384, query_width=64, key_value_width=32)
TINY = Shape(layers=1, hidden=2, intermediate=3, vocabulary=5, query_width=2, key_value_width=1)
PLAIN = Load(row_tokens=10, rank=1, quantised=False, number_bytes=4, checkpointing=False)


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


def test_training_memory_by_hand() -> None:
    # Weights 30 linear + 10 embedding: 40 x 4 bytes computed with, 40 x 2 in the mapped file.
    # Adapter 29 x 16. Kept a token: 7x2 + 2x2 + 2x1 + 4x3 = 32 numbers, 10 tokens, 4 bytes.
    # Logits of half the tokens: 5 x 5 x 4 bytes x 3.
    assert training_memory_bytes(TINY, PLAIN) == 700_000_000 + 160 + 80 + 464 + 1280 + 300


def test_four_bits_and_half_precision_by_hand() -> None:
    # Weights 30 x 0.516 = 15.48, embedding 10 x 2, file 80, adapter 464, kept 32 x 10 x 2, logits 300.
    load = replace(PLAIN, quantised=True, number_bytes=2)
    assert training_memory_bytes(TINY, load) == 700_000_000 + int(15.48 + 20 + 80 + 464 + 640 + 300)


def test_checkpointing_keeps_one_layer_and_the_inputs_of_the_others() -> None:
    two_layers = TINY.model_copy(update={"layers": 2})
    saved = training_memory_bytes(two_layers, PLAIN) - training_memory_bytes(
        two_layers, replace(PLAIN, checkpointing=True)
    )
    assert saved == 10 * 4 * (2 * 32 - (2 * 2 + 32))


@given(
    grows=st.sampled_from(["layers", "hidden", "intermediate", "vocabulary", "query_width", "key_value_width"]),
    by=st.integers(1, 4096),
)
def test_larger_model_never_needs_less(grows: str, by: int) -> None:
    larger = TOY.model_copy(update={grows: getattr(TOY, grows) + by})
    assert training_memory_bytes(larger, PLAIN) > training_memory_bytes(TOY, PLAIN)


@pytest.mark.parametrize("more", [{"row_tokens": 11}, {"rank": 2}, {"number_bytes": 8}])
def test_more_at_once_never_needs_less(more: dict[str, int]) -> None:
    assert training_memory_bytes(TOY, replace(PLAIN, **more)) > training_memory_bytes(TOY, PLAIN)  # type: ignore[arg-type]
