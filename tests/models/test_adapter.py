"""Equal adapters have equal files and digests, and nothing but safetensors is ever loaded."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from peft import LoraConfig
from safetensors.torch import save_file
from tests.toys import CPU

from commonhold.errors import DigestError
from commonhold.models.adapter import CONFIG_NAME, WEIGHTS_NAME, attach, canonical_config, tensor_digest
from commonhold.models.load import load_model
from commonhold.records.weights import BaseWeights

ONE = {"a": torch.tensor([1.0, 2.0]), "b": torch.tensor([[3.0]])}

NAMES = ("q_proj", "k_proj", "v_proj", "o_proj", "up_proj")
WRITE_CONFIG = f"""
import json, sys
from pathlib import Path
from commonhold.models.adapter import CONFIG_NAME, canonical_config
folder = Path(sys.argv[1])
names = list(set({NAMES}))
(folder / CONFIG_NAME).write_text(json.dumps({{"target_modules": names}}), encoding="utf-8")
print(names)
canonical_config(folder, "toy", "abc")
"""


def digest_with(folder: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str] | None = None) -> str:
    folder.mkdir(exist_ok=True)
    save_file(tensors, folder / "file.safetensors", metadata=metadata)
    return tensor_digest(folder / "file.safetensors")


def test_order_and_metadata_do_not_count(tmp_path: Path) -> None:
    plain = digest_with(tmp_path, ONE)
    turned = {"b": ONE["b"], "a": ONE["a"]}
    assert digest_with(tmp_path, turned, {"format": "pt", "made": "today"}) == plain


@pytest.mark.parametrize(
    "other",
    [
        {**ONE, "a": torch.tensor([1.0, 2.0000002])},
        {**ONE, "a": torch.tensor([[1.0, 2.0]])},
        {**ONE, "a": torch.tensor([1.0, 2.0], dtype=torch.float64)},
        {**ONE, "a": torch.tensor([1065353216, 1073741824], dtype=torch.int32)},  # the same bytes as 1.0 and 2.0
        {"c": ONE["a"], "b": ONE["b"]},
        {"a": ONE["a"]},
    ],
    ids=["value", "shape", "type", "type of the same bytes", "name", "one fewer"],
)
def test_anything_else_counts(tmp_path: Path, other: dict[str, torch.Tensor]) -> None:
    assert digest_with(tmp_path, other) != digest_with(tmp_path, ONE)


def test_bf16_and_scalar_tensors_have_digests_too(tmp_path: Path) -> None:
    half = {"a": torch.tensor(1.5, dtype=torch.bfloat16)}
    assert digest_with(tmp_path, half) != digest_with(tmp_path, {"a": torch.tensor(1.5)})


def test_peft_keeps_the_names_of_layers_as_a_set() -> None:
    assert LoraConfig(target_modules=list(NAMES)).target_modules == set(NAMES)


def test_config_is_the_same_bytes_in_processes_that_order_sets_differently(tmp_path: Path) -> None:
    def write(hash_seed: str) -> tuple[str, bytes]:
        folder = tmp_path / hash_seed
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", WRITE_CONFIG, str(folder)],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout, (folder / CONFIG_NAME).read_bytes()

    (first_order, first), (second_order, second) = write("1"), write("2")
    assert first_order != second_order  # as PEFT would write them
    assert first == second


def test_config_names_the_base_by_id_and_revision_and_not_by_a_path_of_this_machine(tmp_path: Path) -> None:
    written = {"base_model_name_or_path": "/home/x", "revision": None, "target_modules": ["v", "q"], "r": 4}
    (tmp_path / CONFIG_NAME).write_text(json.dumps(written), encoding="utf-8")
    canonical_config(tmp_path, "toy", "abc")
    assert json.loads((tmp_path / CONFIG_NAME).read_text(encoding="utf-8")) == {
        "base_model_name_or_path": "toy",
        "revision": "abc",
        "target_modules": ["q", "v"],
        "r": 4,
    }


def test_attached_adapter_is_in_fp32_frozen_and_in_evaluation_mode(base: BaseWeights, adapter: Path) -> None:
    model = attach(load_model(base.path, "nf4", CPU), adapter)
    matrices = [parameter for name, parameter in model.named_parameters() if "lora_" in name]
    assert len(matrices) == 28  # two for each of the seven linear layers of two blocks
    assert {parameter.dtype for parameter in matrices} == {torch.float32}
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert not model.training


def test_folder_without_safetensors_is_refused_whatever_else_it_holds(base: BaseWeights, tmp_path: Path) -> None:
    (tmp_path / CONFIG_NAME).write_text("{}", encoding="utf-8")
    (tmp_path / "adapter_model.bin").write_bytes(b"cos\nsystem\n")  # what a pickle that runs commands begins with
    with pytest.raises(DigestError, match=WEIGHTS_NAME):
        attach(load_model(base.path, "none", CPU), tmp_path)
