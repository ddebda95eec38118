"""Every method and kind of adapter trains the toy, goes on after a break with the same bytes, and merges."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
from safetensors.torch import load_file
from tests.toys import CPU, SETTINGS, make_example, make_examples
from tests.train.preference_toys import make_pairs, make_ratings, make_texts
from tests.train.test_resume import breaking_off_at

from commonhold.errors import NothingLeftError
from commonhold.files import read_jsonl
from commonhold.models.adapter import WEIGHTS_NAME, attach
from commonhold.models.load import load_model, unpacked
from commonhold.models.merge import load_tuned, merge
from commonhold.records.example import Example
from commonhold.records.weights import BaseWeights
from commonhold.train.rows import suits
from commonhold.train.run import Summary, train
from commonhold.train.settings import Method, Settings

Train = Callable[..., Summary]
NOISELESS = replace(SETTINGS, neftune_noise_alpha=0.0)


class Way(NamedTuple):
    """A way of training, and what it is trained on."""

    settings: Settings
    examples: Sequence[Example]


WAYS = {
    "dpo": Way(replace(SETTINGS, method="dpo", max_tokens=200), make_pairs()),
    "kto": Way(replace(SETTINGS, method="kto"), make_ratings()),
    "texts": Way(replace(SETTINGS, method="continued_pretraining"), make_texts()),
    "rslora": Way(replace(SETTINGS, lora=replace(SETTINGS.lora, rslora=True)), make_examples()),
    "dora": Way(replace(SETTINGS, lora=replace(SETTINGS.lora, dora=True)), make_examples()),
    "int8": Way(replace(SETTINGS, quantisation="int8"), make_examples()),
    "unquantised": Way(replace(SETTINGS, quantisation="none"), make_examples()),
}


@pytest.fixture
def train_toy(base: BaseWeights, tmp_path: Path) -> Train:
    """Trains the toy one way into `tmp_path / name`: `train_toy(way, name, seed)`."""

    def run(way: Way, name: str = "a", device: Any = CPU) -> Summary:
        folder = tmp_path / name
        return train(way.examples, base, way.settings, device, 1, folder / "work", folder / "out", _say)

    return run


def _say(_line: str) -> None:
    pass


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_after_a_break_it_ends_as_without(train_toy: Train, tmp_path: Path, way: Way) -> None:
    undisturbed = train_toy(way, "a")
    assert undisturbed.steps >= 4
    with breaking_off_at(undisturbed.steps - 1), pytest.raises(KeyboardInterrupt):
        train_toy(way, "b")
    resumed = train_toy(way, "b")
    assert resumed.resumed_from > 0
    assert resumed.adapter_digest == undisturbed.adapter_digest
    losses = [
        [
            line[key]
            for line in read_jsonl(tmp_path / run / "out" / "log.jsonl")
            for key in ("loss", "eval_loss")
            if key in line
        ]
        for run in ("a", "b")
    ]
    assert losses[0] == losses[1]
    weights = load_file(tmp_path / "a" / "out" / "adapter" / WEIGHTS_NAME)
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}


@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_judged_replies_move_to_the_side_they_were_judged(train_toy: Train, tmp_path: Path, method: str) -> None:
    way = WAYS[method]
    settings = replace(way.settings, epochs=6, lora=replace(SETTINGS.lora, dropout=0.0), neftune_noise_alpha=0.0)
    train_toy(Way(settings, way.examples))
    log = [line for line in read_jsonl(tmp_path / "a" / "out" / "log.jsonl") if "margin" in line]
    assert log[0]["margin"] == pytest.approx(0.0, abs=1e-3)
    assert log[-1]["margin"] > 0.5
    assert log[-1]["right_side"] > 0.9


def test_best_checkpoint_is_by_validation_loss(train_toy: Train, tmp_path: Path) -> None:
    summary = train_toy(WAYS["dpo"])
    losses = {
        line["step"]: line["eval_loss"]
        for line in read_jsonl(tmp_path / "a" / "out" / "log.jsonl")
        if "eval_loss" in line
    }
    assert summary.best_step == min(losses, key=lambda step: losses[step])
    assert summary.eval_loss == losses[summary.best_step]


def test_text_is_learnt(train_toy: Train) -> None:
    way = WAYS["texts"]
    summary = train_toy(Way(replace(NOISELESS, method="continued_pretraining", epochs=4), way.examples))
    assert summary.last_loss < summary.first_loss - 0.5


@pytest.mark.parametrize(
    ("method", "examples", "unsuited"),
    [
        ("sft", [*make_ratings(train=3, validation=0), *make_examples(4, 1), *make_texts(2, 0)], 1 + 2),
        ("dpo", [*make_pairs(), *make_examples(3, 0)], 3),
        ("kto", [*make_ratings(), *make_examples(3, 0)], 3),
        ("continued_pretraining", [*make_texts(), *make_examples(3, 0)], 3),
    ],
)
def test_what_a_method_does_not_learn_from_is_left_out_and_counted(
    train_toy: Train, method: Method, examples: Sequence[Example], unsuited: int
) -> None:
    assert train_toy(Way(replace(SETTINGS, method=method, max_tokens=200, epochs=1), examples)).unsuited == unsuited


@pytest.mark.parametrize(
    ("method", "examples", "words"),
    [
        ("dpo", make_examples(), r"none of the 8 .*a second, rejected reply; map a column to `rejected`"),
        ("kto", make_examples(), r"none of the 8 .*map a column to `rating`"),
        ("continued_pretraining", make_examples(), r"none of the 8 .*map a column to `text`"),
        ("sft", make_texts(), r"none of the 4 .*a message and a reply"),
        ("kto", [replace(example, desirable=True) for example in make_examples()], r"all of the 8 ratings are up.*sft"),
        ("kto", [replace(example, desirable=False) for example in make_examples()], "all of the 8 ratings are down"),
        ("dpo", make_pairs(8, 0), r"validation split is empty.*dpo needs rows with a second"),
    ],
)
def test_data_that_a_method_cannot_learn_from_is_refused_with_a_remedy(
    train_toy: Train, tmp_path: Path, method: Method, examples: Sequence[Example], words: str
) -> None:
    with pytest.raises(NothingLeftError, match=words):
        train_toy(Way(replace(SETTINGS, method=method, max_tokens=200), examples))
    assert not (tmp_path / "a").exists()


def test_reply_rated_down_is_not_learnt_by_sft_and_one_not_rated_is() -> None:
    example = make_example(1)
    rated = {thumb: suits(replace(example, desirable=thumb), "sft") for thumb in (True, None, False)}
    assert rated == {True: True, None: True, False: False}


def test_preferred_reply_of_a_pair_is_learnt_by_sft(train_toy: Train) -> None:
    alone = train_toy(Way(SETTINGS, make_examples()), "a")
    assert train_toy(Way(SETTINGS, make_pairs()), "b").adapter_digest == alone.adapter_digest


def test_rank_stabilised_adapter_is_scaled_by_the_root_of_its_rank(
    train_toy: Train, tmp_path: Path, base: BaseWeights
) -> None:
    train_toy(WAYS["rslora"])
    model = attach(load_model(base.path, "none", CPU), tmp_path / "a" / "out" / "adapter")
    layer = model.get_submodule("base_model.model.model.layers.0.self_attn.q_proj")
    assert layer.scaling == {"default": 8 / 2}  # alpha 8, rank 4


def test_dora_learns_sizes_too_and_is_not_computed_in_one_function(
    train_toy: Train, tmp_path: Path, base: BaseWeights
) -> None:
    train_toy(WAYS["dora"])
    weights = load_file(tmp_path / "a" / "out" / "adapter" / WEIGHTS_NAME)
    sizes = [tensor for name, tensor in weights.items() if "lora_magnitude_vector" in name]
    assert len(sizes) == 14
    model = attach(unpacked(load_model(base.path, "nf4", CPU)), tmp_path / "a" / "out" / "adapter")
    layer = model.get_submodule("base_model.model.model.layers.0.self_attn.q_proj")
    assert layer.lora_variant
    assert "forward" not in vars(layer)


@pytest.mark.parametrize("name", ["dora", "rslora", "int8", "unquantised"])
def test_merged_model_is_the_tuned_one(train_toy: Train, tmp_path: Path, base: BaseWeights, name: str) -> None:
    way = WAYS[name]
    train_toy(Way(replace(way.settings, epochs=1), way.examples))
    adapter, quantisation = tmp_path / "a" / "out" / "adapter", way.settings.quantisation
    probes = [[1, 40 + number, 50, 60, 70 + number, 80] for number in range(8)]
    report = merge(base, adapter, quantisation, CPU, probes, tmp_path / "merged")
    assert report.kl < 2e-3
    tuned, merged = load_tuned(base, adapter, quantisation, CPU), load_model(tmp_path / "merged", "none", CPU)
    untuned = load_model(base.path, quantisation, CPU)
    ids = torch.tensor(probes)
    with torch.inference_mode():
        wanted, got, before = (model(input_ids=ids).logits.log_softmax(-1) for model in (tuned, merged, untuned))
    assert float((wanted - before).abs().max()) > 10 * float((wanted - got).abs().max())


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_adapter_stays_in_fp32_in_every_precision(train_toy: Train, tmp_path: Path, precision: Any) -> None:
    way = WAYS["unquantised"]
    summary = train_toy(Way(replace(way.settings, epochs=1), way.examples), device=replace(CPU, precision=precision))
    assert summary.precision == precision
    weights = load_file(tmp_path / "a" / "out" / "adapter" / WEIGHTS_NAME)
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}
