"""The loss is transformers' own, packed or not, accumulated or not; adapters are fp32; evaluating changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import bitsandbytes
import pytest
import torch
from tests.toys import CPU, SETTINGS, make_examples
from transformers import TrainerCallback

from commonhold.digests import digest_of, sha256_bytes
from commonhold.models.chat_template import conversation
from commonhold.models.generation import BatchGenerator
from commonhold.models.load import load_model, quiet_loading
from commonhold.models.memory_estimate import Shape, adapter_weights
from commonhold.records.weights import BaseWeights
from commonhold.train.packing import IGNORED, PackedRow, TokenExample, pack, tokenise
from commonhold.train.settings import TrainingSettings
from commonhold.train.trainer import RowCollator, labelled_loss, make_trainer, steps_of

STILL = replace(
    SETTINGS,
    lora=replace(SETTINGS.lora, dropout=0.0),
    neftune_noise_alpha=0.0,
    quantisation="none",
    lr_scheduler="constant",
)
MakeTrainer = Callable[..., Any]


@pytest.fixture(scope="module")
def model(base: BaseWeights) -> Any:
    """The toy in fp32, for tests that only ask it."""
    return load_model(base.path, "none", CPU)


@pytest.fixture(scope="module")
def examples(tokenizer: Any) -> tuple[TokenExample, ...]:
    """Four examples as tokens, with replies of different lengths."""
    return tokenise(tokenizer, make_examples(train=4, validation=0), "", 99).examples


@pytest.fixture
def trainer(base: BaseWeights, tokenizer: Any, tmp_path: Path) -> MakeTrainer:
    """Makes a trainer of the toy: `trainer(settings, rows, validation_rows)`."""

    def make(
        settings: TrainingSettings,
        rows: Sequence[PackedRow],
        validation: Sequence[PackedRow] = (),
        callbacks: Sequence[Any] = (),
        seed: int = 1,
    ) -> Any:
        with quiet_loading():
            loaded = load_model(base.path, settings.quantisation, CPU)
            both = (rows, validation or rows[:1])
            return make_trainer(loaded, tokenizer, both, settings, CPU, seed, tmp_path, callbacks)

    return make


def batch_of(rows: Sequence[PackedRow]) -> dict[str, torch.Tensor]:
    columns = ("input_ids", "labels", "position_ids")
    return RowCollator(2)([{column: list(getattr(row, column)) for column in columns} for row in rows])


def sum_by_transformers(model: Any, example: TokenExample) -> float:
    """Summed loss of one example alone, by the library's own loss over all the positions."""
    ids = torch.tensor([[*example.prompt, *example.completion]])
    labels = torch.tensor([[*[IGNORED] * len(example.prompt), *example.completion]])
    with torch.inference_mode():
        return float(model(input_ids=ids, labels=labels, use_cache=False).loss) * len(example.completion)


def trained_weights(trainer: Any) -> dict[str, torch.Tensor]:
    return {name: p.detach().clone() for name, p in trainer.model.named_parameters() if p.requires_grad}


def digest(trainer: Any) -> str:
    weights = trained_weights(trainer)
    return digest_of({name: sha256_bytes(tensor.numpy().tobytes()) for name, tensor in weights.items()})


def losses(trainer: Any) -> list[float]:
    return [line["loss"] for line in trainer.state.log_history if "loss" in line]


def test_filling_is_an_example_of_its_own_without_labels() -> None:
    rows = [PackedRow(("a",), (5, 6, 7), (-100, 6, 7), (0, 1, 2)), PackedRow(("b",), (8,), (8,), (0,))]
    batch = batch_of(rows)
    assert batch["input_ids"].tolist() == [[5, 6, 7], [8, 2, 2]]
    assert batch["labels"].tolist() == [[-100, 6, 7], [8, -100, -100]]
    assert batch["position_ids"].tolist() == [[0, 1, 2], [0, 0, 1]]


def test_loss_of_one_example_is_transformers_own(model: Any, examples: Sequence[TokenExample]) -> None:
    [row] = pack(examples[:1], 99)
    with torch.inference_mode():
        ours = float(labelled_loss(model, batch_of([row]))) * len(examples[0].completion)
        assert ours == pytest.approx(sum_by_transformers(model, examples[0]), abs=1e-4)


@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("max_tokens", [400, 100], ids=["one row", "rows of different lengths in a batch"])
def test_packed_examples_lose_what_they_lose_apart(
    model: Any, examples: Sequence[TokenExample], max_tokens: int, attention: str
) -> None:
    rows = list(pack(examples[:3], max_tokens))
    assert len(rows) == (1 if max_tokens == 400 else 2)
    labels = sum(len(example.completion) for example in examples[:3])
    model.set_attn_implementation(attention)
    try:
        with torch.inference_mode():
            together = float(labelled_loss(model, batch_of(rows))) * labels
            apart = sum(sum_by_transformers(model, example) for example in examples[:3])
    finally:
        model.set_attn_implementation("sdpa")
    assert together == pytest.approx(apart, abs=1e-3)


def test_packing_without_restarting_positions_would_be_found_out(model: Any, examples: Sequence[TokenExample]) -> None:
    [row] = pack(examples[:3], 400)
    naive = replace(row, position_ids=tuple(range(len(row.input_ids))))
    with torch.inference_mode():
        assert abs(float(labelled_loss(model, batch_of([naive])) - labelled_loss(model, batch_of([row])))) > 1e-2


def test_gradient_of_a_packed_row_is_the_sum_of_the_gradients_apart(
    base: BaseWeights, examples: Sequence[TokenExample]
) -> None:
    model = load_model(base.path, "none", CPU)
    parameter = model.get_parameter("model.layers.0.self_attn.q_proj.weight")
    labelled_loss(model, batch_of(list(pack(examples, 400))), 1).backward()  # type: ignore[no-untyped-call]
    together = parameter.grad
    assert together is not None
    parameter.grad = None
    for example in examples:
        labelled_loss(model, batch_of(list(pack([example], 99))), 1).backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(parameter.grad, together, rtol=1e-4, atol=1e-4)


def test_row_without_labels_loses_nothing_and_is_not_nan(model: Any) -> None:
    row = PackedRow(("a",), (5, 6, 7), (IGNORED,) * 3, (0, 1, 2))
    with torch.inference_mode():
        assert float(labelled_loss(model, batch_of([row]))) == 0.0


def test_validation_loss_is_the_mean_of_all_the_labels(
    model: Any, trainer: MakeTrainer, examples: Sequence[TokenExample]
) -> None:
    rows = list(pack(examples, 100))  # rows of 2, 2 examples; then one alone
    rows = [*rows, *pack(examples[:1], 100)]
    summed = sum(sum_by_transformers(model, example) for example in (*examples, examples[0]))
    labels = sum(len(example.completion) for example in (*examples, examples[0]))
    for batch_size in (1, 2):
        made = trainer(replace(STILL, batch_size=batch_size), rows, rows)
        assert made.evaluate()["eval_loss"] == pytest.approx(summed / labels, abs=1e-4)


@pytest.mark.parametrize("quantisation", ["nf4", "none"])
def test_adapter_is_fp32_and_nothing_else_is_trained(
    trainer: MakeTrainer, examples: Sequence[TokenExample], quantisation: Any
) -> None:
    made = trainer(replace(STILL, quantisation=quantisation), list(pack(examples, 99)))
    weights = trained_weights(made)
    assert {tensor.dtype for tensor in weights.values()} == {torch.float32}
    assert all("lora_" in name for name in weights)
    shape = Shape(layers=2, hidden=64, intermediate=128, vocabulary=384, query_width=64, key_value_width=32)
    assert sum(tensor.numel() for tensor in weights.values()) == adapter_weights(shape, 4)


@pytest.mark.parametrize(
    ("rows", "batch", "accumulated", "steps"), [(8, 1, 1, 8), (8, 2, 2, 2), (9, 2, 2, 3), (1, 4, 4, 1)]
)
def test_last_smaller_step_counts(rows: int, batch: int, accumulated: int, steps: int) -> None:
    assert steps_of(rows, replace(STILL, batch_size=batch, gradient_accumulation_steps=accumulated)) == steps


@pytest.mark.parametrize("number_of_rows", [4, 3], ids=["whole steps", "a last smaller step"])
def test_accumulated_step_is_the_step_of_the_larger_batch(
    trainer: MakeTrainer, examples: Sequence[TokenExample], number_of_rows: int
) -> None:
    rows = [row for example in examples[:number_of_rows] for row in pack([example], 99)]
    at_once = trainer(replace(STILL, batch_size=2, gradient_accumulation_steps=1), rows)
    in_turn = trainer(replace(STILL, batch_size=1, gradient_accumulation_steps=2), rows)
    at_once.train()
    in_turn.train()
    assert at_once.state.global_step == in_turn.state.global_step == 2
    assert losses(in_turn) == pytest.approx(losses(at_once), abs=1e-4)
    other = trained_weights(in_turn)
    for name, tensor in trained_weights(at_once).items():
        torch.testing.assert_close(tensor, other[name], rtol=0, atol=1e-3)  # Adam's first steps are ± the rate, 0.01


def test_one_step_is_adam_on_the_mean_over_all_labels_of_the_batch(
    trainer: MakeTrainer, examples: Sequence[TokenExample]
) -> None:
    rows = [row for example in examples for row in pack([example], 99)]
    made = trainer(replace(STILL, gradient_accumulation_steps=4, warmup_ratio=0.0), rows)
    with torch.inference_mode():
        expected = float(labelled_loss(made.model, batch_of(rows)))
    made.train()
    assert losses(made) == pytest.approx([expected], abs=1e-4)


def test_loss_on_a_gpu_is_the_loss_on_a_cpu(trainer: MakeTrainer, examples: Sequence[TokenExample]) -> None:
    rows = [row for example in examples[:3] for row in pack([example], 99)]
    ours, theirs = (trainer(replace(STILL, gradient_accumulation_steps=2), rows) for _ in range(2))
    theirs._on_cpu = False  # takes TRL's own loss, as on a GPU
    ours.train()
    theirs.train()
    assert losses(theirs) == pytest.approx(losses(ours), abs=1e-3)
    assert theirs.evaluate()["eval_loss"] == pytest.approx(ours.evaluate()["eval_loss"], abs=1e-2)


def test_rows_are_trained_in_the_order_of_the_schedule(trainer: MakeTrainer, examples: Sequence[TokenExample]) -> None:
    rows = [row for example in examples for row in pack([example], 99)]
    made = trainer(STILL, rows)
    seen = [batch["input_ids"][0].tolist() for batch in made.get_train_dataloader()]
    assert seen == [list(row.input_ids) for row in rows]


def test_learning_lowers_the_loss(trainer: MakeTrainer, examples: Sequence[TokenExample]) -> None:
    rows = list(pack(examples, 400)) * 12
    made = trainer(replace(STILL, quantisation="nf4"), rows)
    made.train()
    assert losses(made)[-1] < losses(made)[0] - 1


class Meddler(TrainerCallback):  # type: ignore[misc]
    """Evaluates the model and lets it answer before every step."""

    def __init__(self, tokenizer: Any) -> None:
        self.trainer: Any = None
        self.answers: list[str] = []
        self._tokenizer = tokenizer

    def on_step_begin(self, *_: Any, model: Any, **__: Any) -> None:
        self.trainer.evaluate()
        answerer = BatchGenerator(model.eval(), self._tokenizer, adapter=True)
        self.answers += answerer.generate([conversation("Where is the well?")], 4)
        BatchGenerator(model, self._tokenizer, adapter=False).choice_log_likelihoods([conversation("Hi")], [["a", "b"]])


def test_evaluating_and_answering_in_between_does_not_change_training(
    trainer: MakeTrainer, tokenizer: Any, examples: Sequence[TokenExample]
) -> None:
    rows = list(pack(examples, 100)) * 2
    meddler = Meddler(tokenizer)
    disturbed = trainer(SETTINGS, rows, callbacks=[meddler])
    meddler.trainer = disturbed
    disturbed.train()
    undisturbed = trainer(SETTINGS, rows)
    undisturbed.train()
    assert len(meddler.answers) == 4
    assert losses(disturbed) == losses(undisturbed)
    assert digest(disturbed) == digest(undisturbed)


@pytest.mark.skipif(not bitsandbytes.functional.has_avx512bf16(), reason="this processor has no AVX512-BF16")
@pytest.mark.filterwarnings("ignore:bitsandbytes..gemv_4bit. an autograd kernel was not registered")
def test_layers_left_to_repack_their_weights_would_be_found_out(
    trainer: MakeTrainer, tokenizer: Any, examples: Sequence[TokenExample]
) -> None:
    rows = list(pack(examples, 100)) * 2
    meddler = Meddler(tokenizer)
    disturbed = trainer(SETTINGS, rows, callbacks=[meddler])
    meddler.trainer = disturbed
    for module in disturbed.model.modules():
        if isinstance(module, bitsandbytes.nn.Linear4bit):
            module.support_avx512bf16_for_cpu = True
    disturbed.train()
    undisturbed = trainer(SETTINGS, rows)
    undisturbed.train()
    assert digest(disturbed) != digest(undisturbed)


def test_seed_decides_the_adapter(trainer: MakeTrainer, examples: Sequence[TokenExample]) -> None:
    rows = list(pack(examples, 100))
    digests = []
    for seed in (1, 1, 2):
        made = trainer(SETTINGS, rows, seed=seed)
        made.train()
        digests.append(digest(made))
    assert digests[0] == digests[1] != digests[2]


def test_noise_is_on_what_is_learnt_from_and_not_on_what_is_judged(
    trainer: MakeTrainer, examples: Sequence[TokenExample]
) -> None:
    rows = list(pack(examples, 400))
    learnt, judged = {}, {}
    for alpha in (0.0, 20.0):
        one = trainer(replace(STILL, neftune_noise_alpha=alpha, epochs=1, learning_rate=1e-12), rows)
        learnt[alpha] = one.train().training_loss
        judged[alpha] = one.evaluate()["eval_loss"]
    assert abs(learnt[20.0] - learnt[0.0]) > 1e-3
    assert judged[20.0] == pytest.approx(judged[0.0], abs=1e-6)


def test_gradient_checkpointing_gives_the_same_weights(trainer: MakeTrainer, examples: Sequence[TokenExample]) -> None:
    rows = list(pack(examples, 100))
    plain = trainer(SETTINGS, rows)
    plain.train()
    sparing = trainer(replace(SETTINGS, gradient_checkpointing=True), rows)
    sparing.train()
    assert sparing.model.get_base_model().is_activation_checkpointing
    assert losses(sparing) == losses(plain)
    assert digest(sparing) == digest(plain)
