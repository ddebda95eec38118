"""The merged model is the tuned one; merged elsewhere or otherwise it would be another."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tests.toys import CPU, make_adapter

from commonhold.errors import DigestError
from commonhold.models.adapter import attach
from commonhold.models.chat_template import TokenPair
from commonhold.models.equivalence import likeness_of
from commonhold.models.load import load_model, load_tokenizer, quiet_loading
from commonhold.models.merge import load_tuned, merge
from commonhold.records.weights import BaseWeights

FAR = 0.01
"""Nats a position that rounding does not reach on the toy."""
PROBES = [TokenPair((1, 40 + number, 50, 60), (70 + number, 80, 90, 100)) for number in range(8)]


@pytest.fixture(scope="module")
def strong(base: BaseWeights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter that changes what the toy says by far more than rounding does."""
    return make_adapter(base, tmp_path_factory.mktemp("strong"), scale=0.3)


def clear_probes(model: Any) -> list[TokenPair]:
    """Texts on which the toy is sure of the next token: random weights are often undecided, and rounding decides."""
    rows = [[1, token] for token in range(4, 384)]
    with torch.inference_mode():
        best = model(input_ids=torch.tensor(rows)).logits.float().topk(2, dim=-1).values
    sure = (best[..., 0] - best[..., 1]).amin(1) > 0.2
    return [TokenPair((row[0],), (row[1],)) for row, is_sure in zip(rows, sure, strict=True) if is_sure][:32]


def answers(model: Any) -> torch.Tensor:
    with torch.inference_mode():
        rows = [[*probe.prompt, *probe.completion] for probe in PROBES]
        return torch.stack([model(input_ids=torch.tensor([ids])).logits[0].float().log_softmax(-1) for ids in rows])


def divergence(before: torch.Tensor, after: torch.Tensor) -> float:
    """Mean Kullback-Leibler divergence a position, in nats."""
    return float((before.exp() * (before - after)).sum(-1).mean())


@pytest.mark.parametrize(
    ("quantisation", "source"), [("nf4", "dequantised-nf4"), ("int8", "dequantised-int8"), ("none", "bf16")]
)
def test_merged_model_is_the_tuned_one_up_to_rounding(
    base: BaseWeights, adapter: Path, tmp_path: Path, quantisation: Any, source: str
) -> None:
    probes = clear_probes(load_tuned(base, adapter, quantisation, CPU))
    marks = merge(base, adapter, quantisation, CPU, probes, tmp_path / "merged")
    merged = load_model(tmp_path / "merged", "none", CPU)
    like = likeness_of(marks.replies.compare(merged))
    assert like.positions == 32
    assert 0 <= like.kl < 1e-3
    assert like.top1 == 1.0
    assert marks.merged_from == source
    assert marks.layers.difference(merged) == ""
    assert marks.reading.difference(merged, load_tokenizer(tmp_path / "merged")) == ""


def test_merged_folder_is_a_model_by_itself(base: BaseWeights, adapter: Path, tmp_path: Path) -> None:
    probes = clear_probes(load_tuned(base, adapter, "nf4", CPU))
    merge(base, adapter, "nf4", CPU, probes, tmp_path / "merged")
    model = load_model(tmp_path / "merged", "none", CPU)
    assert divergence(answers(load_tuned(base, adapter, "nf4", CPU)), answers(model)) < 1e-3
    assert load_tokenizer(tmp_path / "merged").chat_template == load_tokenizer(base.path).chat_template
    stored = load_file(tmp_path / "merged" / "model.safetensors")
    assert {tensor.dtype for tensor in stored.values()} == {torch.bfloat16}
    assert not [name for name in stored if "lora" in name or "quant" in name]


def test_adapter_changes_the_answers_by_far_more_than_rounding(base: BaseWeights, adapter: Path) -> None:
    plain = answers(load_model(base.path, "none", CPU))
    assert divergence(answers(load_tuned(base, adapter, "nf4", CPU)), plain) > 10 * FAR


def test_tuned_model_on_a_cpu_has_the_numbers_of_the_quantised_one(base: BaseWeights, adapter: Path) -> None:
    quantised = attach(load_model(base.path, "nf4", CPU), adapter)
    assert divergence(answers(quantised), answers(load_tuned(base, adapter, "nf4", CPU))) < 1e-6


def test_merging_into_the_quantised_weights_in_place_is_another_model(base: BaseWeights, strong: Path) -> None:
    quantised = attach(load_model(base.path, "nf4", CPU), strong)
    before = answers(quantised)
    with quiet_loading(), pytest.warns(UserWarning, match="rounding errors"):
        in_place = quantised.merge_and_unload()
    assert divergence(before, answers(in_place)) > FAR


def test_merging_into_the_original_weights_is_another_model(base: BaseWeights, strong: Path) -> None:
    before = answers(load_tuned(base, strong, "nf4", CPU))
    original = attach(load_model(base.path, "none", CPU), strong).merge_and_unload()
    assert divergence(before, answers(original)) > FAR


def test_adapter_that_is_not_there_is_refused(base: BaseWeights, tmp_path: Path) -> None:
    with pytest.raises(DigestError, match="not whole"):
        merge(base, tmp_path, "nf4", CPU, PROBES, tmp_path / "merged")
