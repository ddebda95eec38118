"""Every method and kind of adapter trains the toy, goes on after a break with the same bytes, and merges."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
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
from commonhold.models.chat_template import TokenPair
from commonhold.models.device import DeviceProfile
from commonhold.models.load import load_model, unpacked
from commonhold.models.merge import load_tuned, merge
from commonhold.records.example import Example
from commonhold.records.training_summary import Method, TrainingSummary
from commonhold.records.weights import BaseWeights
from commonhold.train.dataset import make_rows, suits
from commonhold.train.run import train
from commonhold.train.settings import TrainingSettings


class Way(NamedTuple):
    """A way of training, and what it is trained on."""

    settings: TrainingSettings
    examples: Sequence[Example]


WAYS = {
    "dpo": Way(replace(SETTINGS, method="dpo", max_tokens=400), make_pairs()),
    "kto": Way(replace(SETTINGS, method="kto", max_tokens=200), make_ratings()),
    "texts": Way(replace(SETTINGS, method="continued_pretraining"), make_texts()),
    "rslora": Way(replace(SETTINGS, lora=replace(SETTINGS.lora, rslora=True), max_tokens=400), make_examples()),
    "dora": Way(replace(SETTINGS, lora=replace(SETTINGS.lora, dora=True), max_tokens=200), make_examples()),
    "int8": Way(replace(SETTINGS, quantisation="int8", max_tokens=400), make_examples()),
    "unquantised": Way(replace(SETTINGS, quantisation="none", max_tokens=400), make_examples()),
}


class Done(NamedTuple):
    """What one training left."""

    summary: TrainingSummary
    out: Path

    @property
    def adapter(self) -> Path:
        """Folder of the adapter."""
        return self.out / "adapter"

    def of(self, name: str) -> list[float]:
        """A figure of the log, line by line."""
        return [line[name] for line in read_jsonl(self.out / "log.jsonl") if name in line]


def run(base: BaseWeights, way: Way, folder: Path, device: DeviceProfile = CPU) -> Done:
    """Trains the toy one way."""
    summary = train(way.examples, base, way.settings, device, 1, folder / "work", folder / "out", _say)
    return Done(summary, folder / "out")


Trainings = Callable[[str], Done]


@pytest.fixture(scope="module")
def done(base: BaseWeights, tmp_path_factory: pytest.TempPathFactory) -> Trainings:
    """The undisturbed training of a way, made when it is first asked for."""
    return cache(lambda name: run(base, WAYS[name], tmp_path_factory.mktemp(name)))


def _say(_line: str) -> None:
    pass


@pytest.mark.parametrize(
    "name", ["kto", *(pytest.param(name, marks=pytest.mark.slow) for name in ("dpo", "texts", "dora"))]
)
def test_after_a_break_it_ends_as_without(done: Trainings, base: BaseWeights, tmp_path: Path, name: str) -> None:
    undisturbed = done(name)
    with breaking_off_at(undisturbed.summary.steps - 1), pytest.raises(KeyboardInterrupt):
        run(base, WAYS[name], tmp_path)
    resumed = run(base, WAYS[name], tmp_path)
    assert resumed.summary.resumed_from > 0
    assert resumed.summary.adapter_digest == undisturbed.summary.adapter_digest
    for figure in ("loss", "eval_loss", "margin"):
        assert resumed.of(figure) == undisturbed.of(figure)


@pytest.mark.parametrize("name", WAYS)
def test_adapter_is_in_fp32(done: Trainings, name: str) -> None:
    weights = load_file(done(name).adapter / WEIGHTS_NAME)
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}


@pytest.mark.parametrize("method", ["dpo", "kto"])
def test_judged_replies_move_to_the_side_they_were_judged(base: BaseWeights, tmp_path: Path, method: str) -> None:
    way = WAYS[method]
    lora = replace(SETTINGS.lora, dropout=0.0)
    settings = replace(way.settings, max_tokens=400, epochs=8, lora=lora, neftune_noise_alpha=0.0, learning_rate=0.02)
    margins = run(base, Way(settings, way.examples), tmp_path)
    assert margins.of("margin")[0] == pytest.approx(0.0, abs=1e-3)
    assert margins.of("margin")[-1] > 0.5
    assert margins.of("right_side")[-1] > 0.7


def test_best_checkpoint_is_by_validation_loss(done: Trainings) -> None:
    summary = done("dpo").summary
    losses = done("dpo").of("eval_loss")
    assert len(losses) == 2
    assert summary.eval_loss == min(losses)
    assert summary.best_step == (losses.index(min(losses)) + 1) * summary.steps // 2


def without_validation(name: str) -> Way:
    """A way of training on rows of which none is held out; it would stop early if it could."""
    way = WAYS[name]
    learnt = [example for example in way.examples if example.split == "train"]
    return Way(replace(way.settings, early_stopping_patience=1), learnt)


@pytest.mark.parametrize("name", ["kto", "unquantised", "texts", pytest.param("dpo", marks=pytest.mark.slow)])
def test_without_rows_to_validate_on_the_last_checkpoint_is_kept(base: BaseWeights, tmp_path: Path, name: str) -> None:
    trained = run(base, without_validation(name), tmp_path)
    assert (trained.summary.eval_loss, trained.of("eval_loss")) == (None, [])
    assert trained.summary.best_step == trained.summary.steps == len(trained.of("loss"))
    assert "no rows were held out for validation" in (trained.out / "report.html").read_text(encoding="utf-8")


def test_without_rows_to_validate_on_it_goes_on_after_a_break(base: BaseWeights, tmp_path: Path) -> None:
    way = without_validation("kto")
    undisturbed = run(base, way, tmp_path / "a").summary
    with breaking_off_at(undisturbed.steps - 1), pytest.raises(KeyboardInterrupt):
        run(base, way, tmp_path / "b")
    resumed = run(base, way, tmp_path / "b").summary
    assert resumed.resumed_from > 0
    assert resumed.adapter_digest == undisturbed.adapter_digest


def test_text_is_learnt(done: Trainings) -> None:
    summary = done("texts").summary
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
    tokenizer: Any, method: Method, examples: Sequence[Example], unsuited: int
) -> None:
    assert make_rows(tokenizer, examples, replace(SETTINGS, method=method, max_tokens=200), 1).unsuited == unsuited


@pytest.mark.parametrize(
    ("method", "examples", "words"),
    [
        ("dpo", make_examples(), r"none of the 8 .*a second, rejected reply; map a column to `rejected`"),
        ("kto", make_examples(), r"none of the 8 .*map a column to `rating`"),
        ("continued_pretraining", make_examples(), r"none of the 8 .*map a column to `text`"),
        ("sft", make_texts(), r"none of the 4 .*a message and a reply"),
        ("kto", [replace(example, desirable=True) for example in make_examples()], r"all of the 8 ratings are up.*sft"),
        ("kto", [replace(example, desirable=False) for example in make_examples()], "all of the 8 ratings are down"),
    ],
)
def test_data_that_a_method_cannot_learn_from_is_refused_with_a_remedy(
    base: BaseWeights, tmp_path: Path, method: Method, examples: Sequence[Example], words: str
) -> None:
    with pytest.raises(NothingLeftError, match=words):
        run(base, Way(replace(SETTINGS, method=method, max_tokens=200), examples), tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_reply_rated_down_is_not_learnt_by_sft_and_one_not_rated_is() -> None:
    example = make_example(1)
    rated = {thumb: suits(replace(example, desirable=thumb), "sft") for thumb in (True, None, False)}
    assert rated == {True: True, None: True, False: False}


def test_preferred_reply_of_a_pair_is_learnt_by_sft(tokenizer: Any) -> None:
    assert make_rows(tokenizer, make_pairs(), SETTINGS, 1) == make_rows(tokenizer, make_examples(), SETTINGS, 1)


def test_rank_stabilised_adapter_is_scaled_by_the_root_of_its_rank(done: Trainings, base: BaseWeights) -> None:
    model = attach(load_model(base.path, "none", CPU), done("rslora").adapter)
    layer = model.get_submodule("base_model.model.model.layers.0.self_attn.q_proj")
    assert layer.scaling == {"default": 8 / 2}  # alpha 8, rank 4


def test_dora_learns_sizes_too_and_is_not_computed_in_one_function(done: Trainings, base: BaseWeights) -> None:
    weights = load_file(done("dora").adapter / WEIGHTS_NAME)
    assert len([name for name in weights if "lora_magnitude_vector" in name]) == 14
    model = attach(unpacked(load_model(base.path, "nf4", CPU)), done("dora").adapter)
    layer = model.get_submodule("base_model.model.model.layers.0.self_attn.q_proj")
    assert layer.lora_variant
    assert "forward" not in vars(layer)


@pytest.mark.parametrize("name", ["dora", "rslora", "int8", "unquantised"])
def test_merged_model_is_the_tuned_one(done: Trainings, tmp_path: Path, base: BaseWeights, name: str) -> None:
    adapter, quantisation = done(name).adapter, WAYS[name].settings.quantisation
    ids = [[1, 40 + number, 50, 60, 70 + number, 80] for number in range(8)]
    probes = [TokenPair(tuple(row[:1]), tuple(row[1:])) for row in ids]
    marks = merge(base, adapter, quantisation, CPU, probes, tmp_path / "merged")
    assert marks.layers.difference(load_model(tmp_path / "merged", "none", CPU)) == ""
    tuned, merged = load_tuned(base, adapter, quantisation, CPU), load_model(tmp_path / "merged", "none", CPU)
    untuned = load_model(base.path, quantisation, CPU)
    with torch.inference_mode():
        wanted, got, before = (model(torch.tensor(ids)).logits.log_softmax(-1) for model in (tuned, merged, untuned))
    assert float((wanted - before).abs().max()) > 10 * float((wanted - got).abs().max())


def test_adapter_stays_in_fp32_in_bf16(base: BaseWeights, tmp_path: Path) -> None:
    way = WAYS["unquantised"]
    trained = run(base, way, tmp_path, replace(CPU, precision="bfloat16"))
    assert trained.summary.precision == "bfloat16"
    weights = load_file(trained.adapter / WEIGHTS_NAME)
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}
