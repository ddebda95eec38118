"""DPO and KTO lose what their papers and TRL's trainers say, for the model as it is and after it has moved."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import pytest
import torch
from datasets import Dataset
from tests.toys import CPU, SETTINGS, make_examples
from tests.train.preference_toys import make_pairs, make_ratings
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer
from trl.trainer.dpo_trainer import DataCollatorForPreference
from trl.trainer.kto_trainer import DataCollatorForUnpairedPreference

from commonhold.models.load import load_model, quiet_loading
from commonhold.records.weights import BaseWeights
from commonhold.train.packing import IGNORED, PackedRow, TokenExample, pack, tokenise
from commonhold.train.preference_loss import (
    PreferenceLoss,
    as_base,
    balanced_weights,
    dpo,
    drift,
    kto,
    reply_log_probabilities,
)
from commonhold.train.preference_rows import (
    PreferencePair,
    RatedReply,
    pack_comparisons,
    pack_ratings,
    tokenise_comparisons,
    tokenise_ratings,
)
from commonhold.train.settings import TrainingSettings
from commonhold.train.trainer import RowCollator, _dataset, lora_config, make_trainer

STILL = replace(
    SETTINGS,
    lora=replace(SETTINGS.lora, dropout=0.0),
    neftune_noise_alpha=0.0,
    quantisation="none",
    warmup_ratio=0.0,
    beta=0.3,
)
MakeTrainer = Callable[..., Any]


@pytest.fixture(scope="module")
def pairs(tokenizer: Any) -> tuple[PreferencePair, ...]:
    """Four pairs as tokens."""
    return tokenise_comparisons(tokenizer, make_pairs(train=4, validation=0), "", 200).examples


@pytest.fixture(scope="module")
def ratings(tokenizer: Any) -> tuple[RatedReply, ...]:
    """Four rated replies as tokens: down, up, up, down."""
    return tokenise_ratings(tokenizer, make_ratings(train=4, validation=0), "", 200).examples


@pytest.fixture
def trainer(base: BaseWeights, tokenizer: Any, tmp_path: Path) -> MakeTrainer:
    """Makes a trainer of the toy whose adapter has moved, or not: `trainer(settings, rows, moved=True)`."""

    def make(settings: TrainingSettings, rows: Sequence[PackedRow], *, moved: bool) -> Any:
        with quiet_loading():
            loaded = load_model(base.path, settings.quantisation, CPU)
            made = make_trainer(loaded, tokenizer, (rows, rows), settings, CPU, 1, tmp_path)
        if moved:
            move(made.model)
        return made

    return make


def move(model: Any) -> None:
    """Fills the adapter with the same random numbers every time, so that the model is no longer the base."""
    generator = torch.Generator().manual_seed(7)
    for name, parameter in sorted(model.named_parameters()):
        if parameter.requires_grad and "lora_" in name:
            parameter.data = torch.randn(parameter.shape, generator=generator) * 0.1


def by_hand(model: Any, example: TokenExample) -> float:
    """Log-probability of a reply alone, from all the logits."""
    ids = [*example.prompt, *example.completion]
    with torch.no_grad():
        log_p = torch.log_softmax(model(input_ids=torch.tensor([ids]), use_cache=False).logits[0], dim=-1)
    places = range(len(example.prompt), len(ids))
    return sum(float(log_p[place - 1, ids[place]]) for place in places)


def both_ways(model: Any, examples: Sequence[TokenExample]) -> tuple[torch.Tensor, torch.Tensor]:
    """The same of several, by the model and by its base."""
    policy = [by_hand(model.eval(), example) for example in examples]
    with model.disable_adapter():
        reference = [by_hand(model, example) for example in examples]
    model.train()
    return torch.tensor(policy), torch.tensor(reference)


def batch_of(rows: Sequence[PackedRow]) -> dict[str, torch.Tensor]:
    return RowCollator(2)(list(_dataset(rows)))


def first_loss(made: Any) -> float:
    made.train()
    return float(next(line["loss"] for line in made.state.log_history if "loss" in line))


def mismatched(ratings: Sequence[RatedReply]) -> list[TokenExample]:
    replies = [rating.reply for rating in ratings]
    return [TokenExample("", reply.prompt, replies[number - 1].completion) for number, reply in enumerate(replies)]


def test_dpo_by_hand() -> None:
    judged = dpo(torch.tensor([-1.0, -5.0, -2.0, -2.0]), torch.tensor([-2.0, -4.0, -2.0, -3.0]), 0.5)
    assert judged.margins.tolist() == [1.0, -0.5]  # 0.5 · ((1) − (−1)), 0.5 · (0 − 1)
    assert judged.losses.tolist() == pytest.approx([0.31326169, 0.97407698])  # −ln σ(1), −ln σ(−0.5)


def test_kto_by_hand() -> None:
    up = torch.tensor([True, False])
    judged = kto(torch.tensor([3.0, 3.0]), up, torch.tensor(1.0), 0.5, torch.tensor([1.0, 2.0]))
    assert judged.margins.tolist() == [1.0, -1.0]
    assert judged.losses.tolist() == pytest.approx([0.26894142, 2 * 0.73105858])  # 1 − σ(1), 2 · (1 − σ(−1))


@pytest.mark.parametrize(("gained", "moved"), [([1.0, 2.0], 1.5), ([-3.0, 1.0], 0.0), ([-1.0, 2.0], 0.5)])
def test_drift_is_the_mean_and_never_below_zero(gained: list[float], moved: float) -> None:
    assert float(drift(torch.tensor(gained))) == moved


@pytest.mark.parametrize(
    ("ups", "downs", "weights"), [(3, 3, (1, 1)), (10, 2, (1, 5)), (1, 4, (4, 1)), (5, 0, (1, 5)), (0, 0, (1, 1))]
)
def test_the_rarer_thumb_is_raised_until_both_weigh_the_same(
    ups: int, downs: int, weights: tuple[float, float]
) -> None:
    assert balanced_weights([True] * ups + [False] * downs) == weights


@pytest.mark.parametrize("max_tokens", [1000, 150], ids=["one row", "rows of different lengths in a batch"])
def test_log_probabilities_of_packed_replies_are_those_of_replies_alone(
    trainer: MakeTrainer, ratings: Sequence[RatedReply], max_tokens: int
) -> None:
    replies = [rating.reply for rating in ratings]
    rows = list(pack(replies, max_tokens))
    assert len(rows) == (1 if max_tokens == 1000 else 2)
    model = trainer(STILL, rows, moved=True).model
    with torch.no_grad():
        packed = reply_log_probabilities(model, batch_of(rows))
    torch.testing.assert_close(packed, both_ways(model, replies)[0], rtol=0, atol=1e-4)


def test_base_in_between_is_the_model_without_adapter_and_leaves_no_trace(
    trainer: MakeTrainer, ratings: Sequence[RatedReply]
) -> None:
    rows = list(pack([rating.reply for rating in ratings], 1000))
    model = trainer(replace(STILL, neftune_noise_alpha=5.0), rows, moved=True).model.train()
    state = torch.random.get_rng_state()
    with as_base(model):
        assert not model.training  # no noise, no dropout
        assert not torch.is_grad_enabled()
        reference = reply_log_probabilities(model, batch_of(rows))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert model.training
    assert not reference.requires_grad
    assert all(p.requires_grad for name, p in model.named_parameters() if "lora_" in name)
    torch.testing.assert_close(reference, both_ways(model, [r.reply for r in ratings])[1], rtol=0, atol=1e-4)


def test_sft_begins_at_the_loss_of_log_probabilities(trainer: MakeTrainer, tokenizer: Any) -> None:
    examples = tokenise(tokenizer, make_examples(train=4, validation=0), "", 99).examples
    made = trainer(STILL, list(pack(examples, 400)), moved=True)
    labels = sum(len(example.completion) for example in examples)
    expected = -float(both_ways(made.model, examples)[0].sum()) / labels
    assert first_loss(made) == pytest.approx(expected, abs=1e-5)


def test_unmoved_model_loses_log_two_by_dpo(trainer: MakeTrainer, pairs: Sequence[PreferencePair]) -> None:
    assert first_loss(trainer(replace(STILL, method="dpo"), list(pack_comparisons(pairs, 1000)), moved=False)) == (
        pytest.approx(log(2), abs=1e-6)
    )


def test_unmoved_model_loses_half_the_weights_by_kto(trainer: MakeTrainer, ratings: Sequence[RatedReply]) -> None:
    three = ratings[1:]  # up, up, down: weights 1, 1 and 2
    assert first_loss(trainer(replace(STILL, method="kto"), list(pack_ratings(three, 1000)), moved=False)) == (
        pytest.approx((0.5 + 0.5 + 1.0) / 3, abs=1e-6)
    )


def test_dpo_begins_at_the_loss_of_log_probabilities(trainer: MakeTrainer, pairs: Sequence[PreferencePair]) -> None:
    made = trainer(replace(STILL, method="dpo"), list(pack_comparisons(pairs, 1000)), moved=True)
    good = both_ways(made.model, [pair.preferred for pair in pairs])
    bad = both_ways(made.model, [pair.rejected for pair in pairs])
    margins = 0.3 * ((good[0] - good[1]) - (bad[0] - bad[1]))
    expected = float(torch.log1p(torch.exp(-margins)).mean())
    assert abs(expected - log(2)) > 0.01
    assert first_loss(made) == pytest.approx(expected, abs=1e-5)


def test_kto_begins_at_the_loss_of_log_probabilities(trainer: MakeTrainer, ratings: Sequence[RatedReply]) -> None:
    three = ratings[1:]
    made = trainer(replace(STILL, method="kto"), list(pack_ratings(three, 1000)), moved=True)
    policy, reference = both_ways(made.model, [rating.reply for rating in three])
    elsewhere, base_elsewhere = both_ways(made.model, mismatched(three))
    moved = max(0.0, float((elsewhere - base_elsewhere).mean()))
    up, up_too, down = (policy - reference).tolist()
    gains = torch.tensor([up - moved, up_too - moved, moved - down])
    expected = float(((1 - torch.sigmoid(0.3 * gains)) * torch.tensor([1.0, 1.0, 2.0])).mean())
    assert first_loss(made) == pytest.approx(expected, abs=1e-5)


def test_accumulated_pairs_weigh_the_same_however_they_are_packed(
    trainer: MakeTrainer, pairs: Sequence[PreferencePair]
) -> None:
    together = trainer(replace(STILL, method="dpo"), list(pack_comparisons(pairs, 1000)), moved=True)
    rows = [*pack_comparisons(pairs[:3], 1000), *pack_comparisons(pairs[3:], 1000)]
    apart = trainer(replace(STILL, method="dpo", gradient_accumulation_steps=2), rows, moved=True)
    expected = together.evaluate()["eval_loss"]
    assert apart.evaluate()["eval_loss"] == pytest.approx(expected, abs=1e-5)
    assert first_loss(apart) == pytest.approx(expected, abs=1e-5)


@pytest.fixture
def trl_arguments(tmp_path: Path) -> dict[str, Any]:
    """What makes TRL's trainers compute in fp32 on a CPU and report to nobody."""
    return {
        "output_dir": str(tmp_path),
        "use_cpu": True,
        "bf16": False,
        "report_to": "none",
        "beta": 0.3,
        "max_length": None,
        "gradient_checkpointing": False,
        "per_device_train_batch_size": 4,
        "disable_tqdm": True,
    }


def trl_trainer(
    kind: tuple[Any, Any], arguments: dict[str, Any], base: BaseWeights, tokenizer: Any, columns: dict[str, Any]
) -> Any:
    """One of TRL's trainers on the toy with its adapter moved."""
    with quiet_loading():
        made = kind[0](
            model=load_model(base.path, "none", CPU),
            args=kind[1](**arguments),
            train_dataset=Dataset.from_dict(columns),
            processing_class=tokenizer,
            peft_config=lora_config(STILL.lora),
        )
    move(made.model)
    return made


def test_dpo_is_the_loss_of_trl(
    trainer: MakeTrainer,
    pairs: Sequence[PreferencePair],
    base: BaseWeights,
    tokenizer: Any,
    trl_arguments: dict[str, Any],
) -> None:
    texts = {"prompt": ["a"], "chosen": ["b"], "rejected": ["c"]}
    theirs = trl_trainer((DPOTrainer, DPOConfig), trl_arguments, base, tokenizer, texts)
    batch = DataCollatorForPreference(pad_token_id=2)(
        [
            {
                "prompt_ids": list(pair.preferred.prompt),
                "chosen_ids": list(pair.preferred.completion),
                "rejected_ids": list(pair.rejected.completion),
            }
            for pair in pairs
        ]
    )
    ours = trainer(replace(STILL, method="dpo"), list(pack_comparisons(pairs, 1000)), moved=True)
    with quiet_loading(), torch.no_grad():
        expected = float(theirs.compute_loss(theirs.model, batch))
    assert ours.evaluate()["eval_loss"] == pytest.approx(expected, abs=1e-5)


def test_kto_is_the_loss_of_trl(
    trainer: MakeTrainer,
    ratings: Sequence[RatedReply],
    base: BaseWeights,
    tokenizer: Any,
    trl_arguments: dict[str, Any],
) -> None:
    texts = {"prompt": ["a", "b"], "completion": ["c", "d"], "label": [True, False]}
    theirs = trl_trainer((KTOTrainer, KTOConfig), trl_arguments, base, tokenizer, texts)
    batch = DataCollatorForUnpairedPreference(pad_token_id=2)(
        [
            {
                "prompt_ids": list(rating.reply.prompt),
                "completion_ids": list(rating.reply.completion),
                "KL_completion_ids": list(other.completion),
                "label": rating.desirable,
            }
            for rating, other in zip(ratings, mismatched(ratings), strict=True)
        ]
    )
    ours = trainer(replace(STILL, method="kto"), list(pack_ratings(ratings, 1000)), moved=True)
    with quiet_loading(), torch.no_grad():
        expected = float(theirs.compute_loss(theirs.model, batch))
    assert ours.evaluate()["eval_loss"] == pytest.approx(expected, abs=1e-5)


def test_items_are_counted_in_labels() -> None:
    ignored = IGNORED
    labels = torch.tensor([[ignored, 5, 6, ignored, 7, ignored], [ignored, ignored, 8, ignored, 9, ignored]])
    assert int(PreferenceLoss("kto", 0.1).items(labels)) == 4
    assert int(PreferenceLoss("dpo", 0.1).items(labels)) == 2
