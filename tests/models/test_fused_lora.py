"""A layer and its adapter in one function give what PEFT's five operations give."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from tests.toys import CPU, make_base

from commonhold.models.fused_lora import fuse
from commonhold.models.load import load_model, quiet_loading

IDS = torch.arange(5, 29).reshape(2, 12)


@pytest.fixture
def adapted(tmp_path: Path) -> Any:
    """A toy model with an adapter that does something."""
    return _adapted(tmp_path)


def _adapted(folder: Path, **options: Any) -> Any:
    torch.manual_seed(0)
    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", **options)
    with quiet_loading():
        model = get_peft_model(load_model(make_base(folder).path, "none", CPU).float(), config)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    return model


def _loss_and_gradients(model: Any) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    model.zero_grad()
    loss = model(input_ids=IDS, labels=IDS).loss
    loss.backward()
    return loss.detach(), {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def test_loss_and_every_gradient_are_those_of_peft(adapted: Any) -> None:
    loss, gradients = _loss_and_gradients(adapted)
    assert fuse(adapted) == 14, "two layers with seven matrices each"
    fused_loss, fused_gradients = _loss_and_gradients(adapted)
    torch.testing.assert_close(fused_loss, loss, rtol=1e-6, atol=1e-6)
    assert fused_gradients.keys() == gradients.keys()
    assert len(gradients) == 28
    for name, gradient in gradients.items():
        assert float(gradient.abs().max()) > 0, name
        torch.testing.assert_close(fused_gradients[name], gradient, rtol=1e-4, atol=1e-7, msg=name)


def test_the_adapter_can_be_put_off_and_merged_as_before(adapted: Any) -> None:
    with torch.inference_mode(), adapted.disable_adapter():
        plain = adapted(input_ids=IDS).logits
    fuse(adapted)
    with torch.inference_mode():
        tuned = adapted(input_ids=IDS).logits
        with adapted.disable_adapter():
            assert torch.equal(adapted(input_ids=IDS).logits, plain)
        adapted.merge_adapter()
        merged = adapted(input_ids=IDS).logits
    torch.testing.assert_close(merged, tuned, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(merged, plain, atol=1e-3)


@pytest.mark.parametrize("options", [{"lora_dropout": 0.1}, {"use_dora": True}])
def test_what_does_not_fit_is_left_to_peft(options: dict[str, Any], tmp_path: Path) -> None:
    assert fuse(_adapted(tmp_path, **options)) == 0


def test_other_precisions_are_left_to_peft(adapted: Any) -> None:
    assert fuse(adapted.to(torch.bfloat16)) == 0
