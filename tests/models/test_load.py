"""Models come from a folder as they are: quantised when asked, never repacked, no network, no foreign code."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import bitsandbytes
import pytest
import torch
from tests.toys import CPU

from commonhold.models.load import keep_cpu_layout, load_model
from commonhold.records.weights import BaseWeights

ROOT = Path(__file__).parents[2]
CLOSED = """
import os, socket, sys
def refuse(*arguments, **_):
    raise SystemExit(f"network: {arguments}")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
from commonhold.environment import prepare
prepare(offline=False)
import commonhold.train.run
from commonhold.models import adapter, catalog, device, fetch, likelihood, load, merge
from commonhold.models import generation as answer
from commonhold.models import chat_template as chat
from commonhold.models import memory_estimate as memory
from commonhold.models import streaming as stream
import bitsandbytes, peft, transformers
print("quiet")
"""


def quantised_layers(model: Any) -> list[Any]:
    return [module for module in model.modules() if isinstance(module, bitsandbytes.nn.Linear4bit)]


def test_all_linear_layers_but_the_output_head_are_in_four_bits(base: BaseWeights) -> None:
    model = load_model(base.path, "nf4", CPU)
    assert len(quantised_layers(model)) == 14  # seven for each of two blocks
    weight = quantised_layers(model)[0].weight
    assert weight.dtype == torch.uint8
    assert weight.quant_state.quant_type == "nf4"
    assert weight.quant_state.nested  # the scales are quantised too
    assert model.get_output_embeddings().weight.dtype == torch.float32


def test_no_layer_may_repack_its_weights_where_the_library_would(
    base: BaseWeights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bitsandbytes.nn.modules.has_avx512bf16", lambda: True)
    assert bitsandbytes.nn.Linear4bit(64, 64).support_avx512bf16_for_cpu is True
    layers = quantised_layers(load_model(base.path, "nf4", CPU))
    assert [layer.support_avx512bf16_for_cpu for layer in layers] == [False] * 14


def test_layer_that_would_repack_is_stopped_wherever_it_stands() -> None:
    model: Any = torch.nn.ModuleList([torch.nn.Sequential(bitsandbytes.nn.Linear4bit(64, 64)), torch.nn.Linear(2, 2)])
    model[0][0].support_avx512bf16_for_cpu = True  # as on a processor with AVX512-BF16
    keep_cpu_layout(model)
    assert model[0][0].support_avx512bf16_for_cpu is False


def test_unquantised_model_has_the_numbers_of_the_file(base: BaseWeights) -> None:
    model = load_model(base.path, "none", CPU)
    assert not quantised_layers(model)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
    assert not model.training


def test_eight_bit_weights_on_a_cpu_are_plain_matrices_of_rounded_numbers(base: BaseWeights) -> None:
    model = load_model(base.path, "int8", CPU)
    original = load_model(base.path, "none", CPU)
    names = [name for name, module in original.named_modules() if type(module) is torch.nn.Linear]
    assert len(names) == 15  # seven for each of two blocks, and the output head
    for name in names:
        weight, exact = model.get_submodule(name).weight, original.get_submodule(name).weight
        assert weight.dtype == torch.float32
        assert type(model.get_submodule(name)) is torch.nn.Linear
        if name == "lm_head":
            assert torch.equal(weight, exact)
        else:  # a row is rounded to 127 steps of its largest number, which are at most half a step away
            step = exact.abs().amax(1, keepdim=True) / 127
            assert float((weight - exact).detach().abs().max()) > 0
            assert bool(((weight - exact).abs() <= 0.51 * step).all())


def test_eight_bit_model_answers_by_its_rounded_numbers_whatever_the_mode(base: BaseWeights) -> None:
    model = load_model(base.path, "int8", CPU)
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.no_grad():
        asked = model(input_ids=ids).logits
        learning = model.train()(input_ids=ids).logits
    assert torch.equal(asked, learning)


def test_weights_that_are_not_safetensors_are_not_read(base: BaseWeights, tmp_path: Path) -> None:
    shutil.copytree(base.path, tmp_path / "other")
    (tmp_path / "other" / "model.safetensors").rename(tmp_path / "other" / "pytorch_model.bin")
    with pytest.raises(OSError, match="safetensors"):
        load_model(tmp_path / "other", "none", CPU)


def test_code_beside_the_weights_is_not_run(base: BaseWeights, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    shutil.copytree(base.path, folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= {"model_type": "stranger", "auto_map": {"AutoConfig": "code.C", "AutoModelForCausalLM": "code.M"}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    with pytest.raises(ValueError, match="trust_remote_code"):
        load_model(folder, "none", CPU)
    assert not (tmp_path / "ran").exists()


def test_importing_everything_makes_no_network_call() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("HF_HUB_OFFLINE")
    done = subprocess.run([sys.executable, "-c", CLOSED], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "quiet\n", done.stderr


def test_package_that_makes_bitsandbytes_download_is_not_here() -> None:
    assert importlib.util.find_spec("kernels") is None


def test_no_file_of_the_project_declares_that_package() -> None:
    declaring = [ROOT / "pyproject.toml", *ROOT.glob("*.lock"), *ROOT.glob("requirements*.txt"), *ROOT.glob("deploy/*")]
    files = [path for path in declaring if path.is_file()]
    assert files
    word = re.compile(r"""^[\s"'-]*(name = ")?kernels["'\s]*([=<>~!\[;,]|$)""", re.MULTILINE)
    assert word.search('    "kernels>=0.1",')
    assert word.search("kernels==0.1")
    assert not word.search('"bitsandbytes-kernels"')
    assert [path.name for path in files if word.search(path.read_text(encoding="utf-8"))] == []
