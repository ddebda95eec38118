"""Two adapters that change the weights alike are near each other, whatever their numbers."""

import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from commonhold.errors import DigestError
from commonhold.files import write_json
from commonhold.models.adapter_difference import adapter_difference

LAYER = "base_model.model.model.layers.0.self_attn.q_proj"


def adapter(folder: Path, a: list[list[float]], b: list[list[float]], *, alpha: int = 1, rslora: bool = False) -> Path:
    folder.mkdir()
    save_file(
        {f"{LAYER}.lora_A.weight": torch.tensor(a), f"{LAYER}.lora_B.weight": torch.tensor(b)},
        folder / "adapter_model.safetensors",
    )
    write_json(folder / "adapter_config.json", {"r": len(a), "lora_alpha": alpha, "use_rslora": rslora})
    return folder


def test_equal_adapters_do_not_differ(tmp_path: Path) -> None:
    one = adapter(tmp_path / "one", [[1.0, 2.0]], [[3.0], [4.0]])
    assert adapter_difference(one, one) == (0.0, 1.0)


def test_numbers_that_multiply_to_the_same_change_do_not_differ(tmp_path: Path) -> None:
    one = adapter(tmp_path / "one", [[1.0, 2.0]], [[3.0], [4.0]])
    doubled = adapter(tmp_path / "doubled", [[2.0, 4.0]], [[1.5], [2.0]])
    assert adapter_difference(one, doubled) == pytest.approx((0.0, 1.0))


def test_a_change_that_is_twice_as_large_differs_by_its_own_size(tmp_path: Path) -> None:
    one = adapter(tmp_path / "one", [[1.0, 2.0]], [[3.0], [4.0]])
    twice = adapter(tmp_path / "twice", [[1.0, 2.0]], [[3.0], [4.0]], alpha=2)
    assert adapter_difference(one, twice) == pytest.approx((1.0, 1.0))
    assert adapter_difference(twice, one) == pytest.approx((0.5, 1.0))


def test_changes_of_other_directions_are_unrelated(tmp_path: Path) -> None:
    # BA is [[1, 0], [0, 0]] here and [[0, 0], [0, 1]] there: at a right angle, √2 apart.
    one = adapter(tmp_path / "one", [[1.0, 0.0]], [[1.0], [0.0]])
    other = adapter(tmp_path / "other", [[0.0, 1.0]], [[0.0], [1.0]])
    assert adapter_difference(one, other) == pytest.approx((math.sqrt(2), 0.0))


def test_the_scale_of_rslora_is_by_the_root_of_the_rank(tmp_path: Path) -> None:
    a, b = [[1.0, 0.0], [0.0, 1.0]] * 2, [[1.0, 0.0] * 2, [0.0, 1.0] * 2]
    plain = adapter(tmp_path / "plain", a, b, alpha=2)  # scale 2 / 4
    rooted = adapter(tmp_path / "rooted", a, b, alpha=2, rslora=True)  # scale 2 / 2
    assert adapter_difference(plain, rooted).relative == pytest.approx(1.0)


def test_it_agrees_with_the_matrices_multiplied_out(tmp_path: Path) -> None:
    torch.manual_seed(0)
    numbers = [torch.randn(3, 5).tolist(), torch.randn(4, 3).tolist(), torch.randn(3, 5).tolist()]
    one = adapter(tmp_path / "one", numbers[0], numbers[1])
    other = adapter(tmp_path / "other", numbers[2], numbers[1])
    w, v = (torch.tensor(numbers[1]).double() @ torch.tensor(a).double() / 3 for a in (numbers[0], numbers[2]))
    expected = (float((w - v).norm() / w.norm()), float((w * v).sum() / w.norm() / v.norm()))
    assert adapter_difference(one, other) == pytest.approx(expected)


def test_an_untrained_adapter_is_at_no_angle_to_a_trained_one(tmp_path: Path) -> None:
    trained = adapter(tmp_path / "trained", [[1.0, 2.0]], [[3.0], [4.0]])
    fresh = adapter(tmp_path / "fresh", [[1.0, 2.0]], [[0.0], [0.0]])
    assert adapter_difference(fresh, trained) == (math.inf, 0.0)
    assert adapter_difference(fresh, fresh) == (0.0, 1.0)


def test_adapters_of_other_shapes_are_refused(tmp_path: Path) -> None:
    one = adapter(tmp_path / "one", [[1.0, 2.0]], [[3.0], [4.0]])
    wide = adapter(tmp_path / "wide", [[1.0, 2.0, 3.0]], [[3.0], [4.0]])
    with pytest.raises(DigestError, match="adapters of different recipes"):
        adapter_difference(one, wide)
