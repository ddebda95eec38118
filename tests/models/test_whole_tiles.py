"""In bf16 on a CPU a row is read in whole tiles, and what fills it up changes nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.toys import CPU, make_base

from commonhold.models.device import Precision
from commonhold.models.likelihood import TILE_ROWS, hidden_states, in_whole_tiles
from commonhold.models.load import load_model


def toy(folder: Path, precision: Precision) -> Any:
    return load_model(make_base(folder).path, "none", replace(CPU, precision=precision))


def read(model: Any, **inputs: torch.Tensor) -> tuple[torch.Tensor, int]:
    """Hidden states, and how many tokens the model was given."""
    given: list[int] = []
    handle = model.model.register_forward_pre_hook(
        lambda _module, _args, kwargs: given.append(kwargs["input_ids"].shape[1]), with_kwargs=True
    )
    with torch.no_grad():
        states = hidden_states(model, **inputs)
    handle.remove()
    return states, given[0]


@pytest.mark.parametrize(("tokens", "whole"), [(1, 16), (15, 16), (16, 16), (17, 32)])
def test_rows_are_read_in_whole_tiles(tmp_path: Path, tokens: int, whole: int) -> None:
    ids = torch.arange(10, 10 + tokens)[None]
    model = toy(tmp_path / "toy", "bfloat16")
    states, given = read(model, input_ids=ids)
    assert (states.shape[1], given) == (tokens, whole)
    assert read(toy(tmp_path / "fp32", "float32"), input_ids=ids)[1] == tokens  # where every bit was promised already
    mask = torch.ones_like(ids)
    masked, given = read(model, input_ids=ids, attention_mask=mask)
    assert given == tokens  # who gives a mask has laid the row out
    torch.testing.assert_close(states, masked, atol=0.05, rtol=0.05)


def test_filling_goes_on_behind_the_last_example() -> None:
    ids, positions = torch.tensor([[7, 8, 9], [4, 5, 6]]), torch.tensor([[0, 0, 1], [0, 1, 2]])
    filled = in_whole_tiles(ids, positions)
    assert filled["input_ids"].tolist() == [[7, 8, *[9] * 14], [4, 5, *[6] * 14]]
    assert filled["position_ids"].tolist() == [[0, *range(15)], [*range(16)]]
    assert list(in_whole_tiles(ids)) == ["input_ids"]


@pytest.mark.parametrize("examples", [1, 3])
def test_what_fills_a_row_up_changes_nothing(tmp_path: Path, examples: int) -> None:
    model = toy(tmp_path / "toy", "bfloat16")
    ids = torch.arange(10, 31)[None]
    positions = (torch.arange(21) % (21 // examples))[None]
    states, given = read(model, input_ids=ids, position_ids=positions)
    filled = in_whole_tiles(ids, positions)
    assert given == filled["input_ids"].shape[1] == 2 * TILE_ROWS
    filled["input_ids"][:, 21:] = 99
    assert torch.equal(states, read(model, **filled)[0][:, :21])
