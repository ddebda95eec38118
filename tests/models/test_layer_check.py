"""A file that does not hold the tuned model is found out layer by layer, whatever it would answer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from tests.toys import BF16, CPU, make_adapter

from commonhold.models.adapter import attach
from commonhold.models.chat_template import TokenPair
from commonhold.models.device import DeviceProfile
from commonhold.models.gguf_reader import load_gguf
from commonhold.models.gguf_writer import write_gguf
from commonhold.models.layer_check import LayerReference, rounding_difference
from commonhold.models.load import load_model, load_tokenizer
from commonhold.models.merge import Merging, merge
from commonhold.records.weights import BaseWeights

DOWN = "model.layers.1.mlp.down_proj"


class Written(NamedTuple):
    """A merged model on disk, and what it is told by."""

    marks: Merging
    folder: Path
    device: DeviceProfile

    def read(self) -> Any:
        return load_model(self.folder, "none", self.device)


@pytest.fixture(scope="module", params=[CPU, BF16], ids=["fp32", "bf16"])
def written(base: BaseWeights, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Written:
    """An adapter so weak that a part of its change is lost when bf16 rounds it, merged."""
    folder = tmp_path_factory.mktemp("merged")
    weak = make_adapter(base, folder / "weak", scale=0.02)
    probes = [TokenPair((1,), (2, 3))]
    return Written(merge(base, weak, "nf4", request.param, probes, folder / "out"), folder / "out", request.param)


def test_what_was_merged_is_the_model(written: Written) -> None:
    assert written.marks.layers.difference(written.read()) == ""


def weaker(model: Any, layer: str, written: Written, base: BaseWeights) -> None:
    """Takes half of the adapter's change out of a layer."""
    from commonhold.models.load import unpacked

    plain = unpacked(load_model(base.path, "nf4", written.device)).get_submodule(layer).weight
    weight = model.get_submodule(layer).weight
    weight.data = ((weight.float() + plain.float()) / 2).to(weight.dtype)


def test_a_layer_that_was_half_merged_is_named(written: Written, base: BaseWeights) -> None:
    model = written.read().float()
    weaker(model, DOWN, written, base)
    assert written.marks.layers.difference(model) == f"the layer {DOWN} holds 50% of the adapter's change"


@pytest.mark.parametrize("factor", [0.98, 1.02, -1.0, 0.0, float("nan")])
def test_a_layer_whose_scale_is_wrong_is_named(written: Written, factor: float) -> None:
    model = written.read()
    model.get_submodule(DOWN).weight.data.mul_(factor)
    assert f"the layer {DOWN} is off by" in written.marks.layers.difference(model)


@pytest.mark.parametrize("name", ["model.norm", "model.layers.0.input_layernorm", "model.embed_tokens"])
def test_what_is_no_linear_layer_is_looked_at_too(written: Written, name: str) -> None:
    model = written.read()
    model.get_submodule(name).weight.data.mul_(1.5)
    told = written.marks.layers.difference(model)
    assert told == f"the layer {name if name != 'model.embed_tokens' else 'lm_head'} is off by 50.0%"  # which is tied


def test_a_layer_that_is_missing_is_named(written: Written) -> None:
    model = written.read()
    del model.model.layers[1]
    assert "is in one of the two models only" in written.marks.layers.difference(model)


def merge_wrongly(change: Callable[[Any], None]) -> Callable[[Any, Path], Any]:
    """`attach`, with an adapter that is changed just before it is merged."""

    def attach_wrongly(model: Any, folder: Path) -> Any:
        tuned = attach(model, folder)
        merge_and_unload = tuned.merge_and_unload

        def changed(**options: Any) -> Any:
            change(tuned)
            return merge_and_unload(**options)

        tuned.merge_and_unload = changed
        return tuned

    return attach_wrongly


def half_of_the_layers(tuned: Any) -> None:
    layers = [module for module in tuned.modules() if isinstance(getattr(module, "scaling", None), dict)]
    for module in layers[len(layers) // 2 :]:
        module.scaling = dict.fromkeys(module.scaling, 0.0)


def half_again_as_strong(tuned: Any) -> None:
    for module in tuned.modules():
        if isinstance(getattr(module, "scaling", None), dict):
            module.scaling = {name: 1.5 * scale for name, scale in module.scaling.items()}


@pytest.mark.parametrize(("change", "holds"), [(half_of_the_layers, "0%"), (half_again_as_strong, "1[45][0-9]%")])
def test_a_wrong_merge_is_found_out(
    base: BaseWeights,
    adapter: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Any], None],
    holds: str,
) -> None:
    import re

    monkeypatch.setattr("commonhold.models.merge.attach", merge_wrongly(change))
    marks = merge(base, adapter, "nf4", CPU, [TokenPair((1,), (2, 3))], tmp_path / "merged")
    told = marks.layers.difference(load_model(tmp_path / "merged", "none", CPU))
    assert re.fullmatch(rf"the layer [\w.]+ (holds {holds} of the adapter's change|is off by [\d.]+%)", told)


def test_dora_is_compared_by_what_it_makes_of_a_unit_matrix(base: BaseWeights, tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model

    from commonhold.models.load import quiet_loading

    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM", use_dora=True)
    with torch.random.fork_rng(), quiet_loading():
        torch.manual_seed(1)
        tuned = get_peft_model(load_model(base.path, "none", CPU), config).eval()
        for name, parameter in tuned.named_parameters():
            if "lora_" in name and "magnitude" not in name:
                torch.nn.init.normal_(parameter, std=0.1)
        reference = LayerReference(tuned)
        merged = tuned.merge_and_unload().to(torch.bfloat16).float()
    assert reference.difference(merged) == ""
    merged.get_submodule(DOWN).weight.data.mul_(1.05)
    assert DOWN in reference.difference(merged)


@pytest.fixture(scope="module", params=["q8_0", "f16"])
def stored(written: Written, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Any:
    """The merged model as a GGUF, read back."""
    file = tmp_path_factory.mktemp("gguf") / "toy.gguf"
    write_gguf(written.folder, request.param, "toy", "CC0-1.0", file)
    return lambda: (load_gguf(file, load_tokenizer(written.folder), written.device), request.param)


def test_a_gguf_holds_every_number_up_to_its_rounding(written: Written, stored: Any) -> None:
    model, kind = stored()
    assert rounding_difference(model, written.folder, kind) == ""


def test_one_number_in_a_gguf_that_is_another_is_found(written: Written, stored: Any) -> None:
    model, kind = stored()
    weight = model.get_submodule(DOWN).weight
    weight.data[3, 5] += 0.05 * weight.abs().max()
    assert rounding_difference(model, written.folder, kind) == f"the layer {DOWN}.weight is not what it was made of"


def test_eight_bits_are_not_taken_for_sixteen(written: Written, tmp_path: Path) -> None:
    write_gguf(written.folder, "q8_0", "toy", "CC0-1.0", tmp_path / "toy.gguf")
    model = load_gguf(tmp_path / "toy.gguf", load_tokenizer(written.folder), written.device)
    assert "is not what it was made of" in rounding_difference(model, written.folder, "f16")
