"""A layer that cannot have an adapter is refused before anything is loaded, and every other is trained."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.toys import CPU, SETTINGS, make_examples

from commonhold.errors import RequestError
from commonhold.models.adapter import WEIGHTS_NAME
from commonhold.records.weights import BaseWeights
from commonhold.train.run import train
from commonhold.train.target_modules import refuse_targets


@pytest.mark.parametrize("target", ["lm_head", "embed_tokens", "model.embed_tokens"])
def test_tied_output_layer_and_word_embeddings_are_refused_with_a_remedy(
    base: BaseWeights, tmp_path: Path, target: str
) -> None:
    lora = replace(SETTINGS.lora, target_modules=("q_proj", target))
    with pytest.raises(
        RequestError, match=rf"train\.lora\.target_modules: '{target}' is the base's output.*Leave it out"
    ):
        train(make_examples(), base, replace(SETTINGS, lora=lora), CPU, 1, tmp_path / "w", tmp_path / "o", _say)
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("target", ["v_prj", "proj", "layers.2.self_attn.q_proj", "input_layernorm", "mlp"])
def test_what_is_no_linear_layer_is_refused_with_the_names_of_those_that_are(base: BaseWeights, target: str) -> None:
    with pytest.raises(RequestError, match=r"is no linear layer of the base.*It has down_proj, gate_proj, k_proj"):
        refuse_targets(base.path, ["q_proj", target])


def test_misspelt_layer_is_answered_with_the_nearest(base: BaseWeights) -> None:
    with pytest.raises(RequestError, match="did you mean 'v_proj'"):
        refuse_targets(base.path, ["v_prj"])


@pytest.mark.parametrize("targets", ["all-linear", ("q_proj", "down_proj"), ("model.layers.1.self_attn.q_proj",)])
def test_linear_layers_are_accepted(base: BaseWeights, targets: Any) -> None:
    refuse_targets(base.path, targets)


def test_named_layers_are_those_that_are_trained(base: BaseWeights, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    lora = replace(SETTINGS.lora, target_modules=("v_proj",))
    train(make_examples(), base, replace(SETTINGS, lora=lora, epochs=1), CPU, 1, tmp_path / "w", tmp_path / "o", _say)
    names = load_file(tmp_path / "o" / "adapter" / WEIGHTS_NAME)
    assert len(names) == 2 * 2  # two matrices in each of two blocks
    assert all("v_proj" in name for name in names)


def _say(_line: str) -> None:
    pass
