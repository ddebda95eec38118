"""Training writes an adapter that the seed decides, and refuses what cannot be trained on."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tests.toys import CPU, SETTINGS, make_example, make_examples
from tests.train.conftest import Trained

from commonhold.digests import sha256_file
from commonhold.errors import NothingLeftError, RequestError
from commonhold.files import read_jsonl
from commonhold.models.adapter import CONFIG_NAME, WEIGHTS_NAME, attach, tensor_digest
from commonhold.models.load import load_model, unpacked_if_room
from commonhold.records.example import Example
from commonhold.records.training_summary import TrainingSummary
from commonhold.records.weights import BaseWeights
from commonhold.train.checkpoints import SECOND_MOMENTS
from commonhold.train.run import train
from commonhold.train.settings import TrainingSettings

Train = Callable[..., TrainingSummary]


@pytest.fixture
def train_toy(base: BaseWeights, tmp_path: Path) -> Train:
    """Trains the toy into `tmp_path`: `train_toy(settings, examples, seed, name)`."""

    def run(
        settings: TrainingSettings = SETTINGS, examples: Sequence[Example] | None = None, seed: int = 1, name: str = "a"
    ) -> TrainingSummary:
        chosen = make_examples() if examples is None else examples
        work, out = tmp_path / name / "work", tmp_path / name / "out"
        return train(chosen, base, settings, CPU, seed, work, out, lambda _line: None)

    return run


def test_unpacking_the_weights_once_trains_the_same_bytes(trained: Trained, base: BaseWeights, tmp_path: Path) -> None:
    roomy = replace(CPU, memory_bytes=10**9)
    work, out = tmp_path / "work", tmp_path / "out"
    summary = train(make_examples(), base, SETTINGS, roomy, 1, work, out, lambda _line: None)
    assert summary.adapter_digest == trained.summary.adapter_digest


def test_without_packing_every_example_is_a_step(base: BaseWeights, tmp_path: Path) -> None:
    settings = replace(SETTINGS, packing=False)
    summary = train(make_examples(), base, settings, CPU, 1, tmp_path / "work", tmp_path / "out", lambda _line: None)
    assert (summary.steps, summary.tokens) == (16, 2 * 2 * (41 + 41 + 40 + 40))


@pytest.mark.parametrize(("spare_bytes", "kept_packed"), [(0, True), (8, False)])
def test_the_weights_stay_packed_where_memory_is_short(base: BaseWeights, spare_bytes: int, kept_packed: bool) -> None:
    model = load_model(base.path, "nf4", CPU)
    an_eighth = 8 * 4 * model.num_parameters()
    unpacked = unpacked_if_room(model, replace(CPU, memory_bytes=an_eighth + spare_bytes))
    layers = [type(module).__name__ for module in unpacked.modules()]
    assert ("Linear4bit" in layers) is kept_packed


def test_summary_counts_what_was_done(trained: Trained) -> None:
    summary = trained.summary
    assert (summary.examples, summary.too_long, summary.steps) == (8, 0, 8)
    assert summary.trained_parameters == 8192
    assert summary.resumed_from == 0
    assert summary.last_loss < summary.first_loss
    assert summary.best_step in (4, 8)
    assert (summary.device, summary.precision) == ("toy", "float32")
    assert summary.energy_kwh > 0


def test_tokens_are_those_of_the_schedule(trained: Trained) -> None:
    epoch = 2 * (41 + 41 + 40 + 40)  # four questions, each asked twice, with template and reply
    assert trained.summary.tokens == 2 * epoch
    last = [line for line in read_jsonl(trained.out / "log.jsonl") if "loss" in line][-1]
    assert last["tokens"] == 2 * epoch


def test_schedule_that_is_written_down_has_every_record_once_an_epoch(trained: Trained) -> None:
    lines = read_jsonl(trained.out / "schedule.jsonl")
    assert [line["row"] for line in lines] == list(range(8))
    records = [record for line in lines for record in line["records"]]
    assert sorted(records[:8]) == sorted(records[8:]) == [f"r{number}" for number in range(8)]


def test_log_has_a_line_for_every_step_and_every_evaluation(trained: Trained) -> None:
    lines = read_jsonl(trained.out / "log.jsonl")
    assert [line["step"] for line in lines if "loss" in line] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [line["step"] for line in lines if "eval_loss" in line] == [4, 8]


def test_what_is_kept_is_the_checkpoint_with_the_lowest_validation_loss(trained: Trained) -> None:
    by_step = {line["step"]: line["eval_loss"] for line in read_jsonl(trained.out / "log.jsonl") if "eval_loss" in line}
    best = min(by_step, key=lambda step: by_step[step])
    assert (trained.summary.best_step, trained.summary.eval_loss) == (best, by_step[best])
    kept = trained.work / f"checkpoint-{best}" / WEIGHTS_NAME
    assert sha256_file(trained.out / "adapter" / WEIGHTS_NAME) == sha256_file(kept)


def test_adapter_digest_is_that_of_the_file(trained: Trained) -> None:
    assert trained.summary.adapter_digest == tensor_digest(trained.out / "adapter" / WEIGHTS_NAME)


def test_adapter_names_its_base_and_not_a_path_of_this_machine(trained: Trained, base: BaseWeights) -> None:
    text = (trained.out / "adapter" / CONFIG_NAME).read_text(encoding="utf-8")
    config = json.loads(text)
    assert config["base_model_name_or_path"] == "toy"
    assert config["revision"] == "0" * 40
    assert config["target_modules"] == sorted(config["target_modules"])
    assert str(base.path.parent) not in text


def test_adapter_can_be_attached_and_is_fp32(trained: Trained, base: BaseWeights) -> None:
    model = attach(load_model(base.path, "nf4", CPU), trained.out / "adapter")
    assert {p.dtype for name, p in model.named_parameters() if "lora_" in name} == {torch.float32}


def test_second_moments_are_kept_for_every_trained_tensor(trained: Trained) -> None:
    weights = load_file(trained.out / "adapter" / WEIGHTS_NAME)
    moments = load_file(trained.out / "adapter" / SECOND_MOMENTS)
    shapes = {name.replace(".default", ""): moment.shape for name, moment in moments.items()}
    assert shapes == {name: weight.shape for name, weight in weights.items()}
    assert all(bool((moment >= 0).all()) and bool((moment > 0).any()) for moment in moments.values())


def test_work_folder_keeps_the_best_and_the_last_two_checkpoints_only(train_toy: Train, tmp_path: Path) -> None:
    summary = train_toy(replace(SETTINGS, checkpoints_per_epoch=4))
    kept = {path.name for path in (tmp_path / "a" / "work").glob("checkpoint-*")}
    assert kept == {f"checkpoint-{summary.best_step}", "checkpoint-7", "checkpoint-8"}


def test_same_seed_gives_the_same_adapter(trained: Trained, train_toy: Train, tmp_path: Path) -> None:
    assert train_toy().adapter_digest == trained.summary.adapter_digest
    for name in (WEIGHTS_NAME, CONFIG_NAME):
        again = tmp_path / "a" / "out" / "adapter" / name
        assert again.read_bytes() == (trained.out / "adapter" / name).read_bytes()


def test_another_seed_gives_another_adapter(trained: Trained, train_toy: Train) -> None:
    assert train_toy(seed=2).adapter_digest != trained.summary.adapter_digest


def test_two_threads_give_the_adapter_of_one(trained: Trained, train_toy: Train) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert train_toy().adapter_digest == trained.summary.adapter_digest
    finally:
        torch.set_num_threads(threads)


def test_order_of_the_files_does_not_matter(trained: Trained, train_toy: Train) -> None:
    assert train_toy(examples=make_examples()[::-1]).adapter_digest == trained.summary.adapter_digest


def test_more_evaluations_do_not_change_the_last_checkpoint(trained: Trained, train_toy: Train, tmp_path: Path) -> None:
    train_toy(replace(SETTINGS, checkpoints_per_epoch=4))
    often = tmp_path / "a" / "work" / "checkpoint-8" / WEIGHTS_NAME
    assert tensor_digest(often) == tensor_digest(trained.work / "checkpoint-8" / WEIGHTS_NAME)


def test_example_that_is_too_long_is_left_out_and_counted(train_toy: Train) -> None:
    examples = [*make_examples(), make_example(99, prompt="long " * 200)]
    summary = train_toy(replace(SETTINGS, max_overlong_ratio=0.2), examples)
    assert (summary.examples, summary.too_long) == (8, 1)


def test_more_too_long_examples_than_allowed_are_refused_before_anything_is_written(
    train_toy: Train, tmp_path: Path
) -> None:
    with pytest.raises(NothingLeftError, match=r"train\.max_tokens: 1 of 9 examples"):
        train_toy(examples=[*make_examples(), make_example(99, prompt="long " * 200)])
    assert not (tmp_path / "a").exists()


def test_empty_training_split_is_refused(train_toy: Train) -> None:
    with pytest.raises(NothingLeftError, match="0 of 0 examples"):
        train_toy(examples=make_examples(train=0))


@pytest.mark.parametrize("epochs", [2, 1], ids=["seen at a later step", "seen at the last validation only"])
def test_training_that_diverges_is_stopped_with_a_remedy(train_toy: Train, tmp_path: Path, epochs: int) -> None:
    absurd = replace(SETTINGS, learning_rate=1e30, warmup_ratio=0.0, epochs=epochs, max_tokens=400)
    assert len(make_examples()) * 50 > 400 > 2 * 50  # one step an epoch
    with pytest.raises(RequestError, match=r"(the|validation) loss is nan at step \d.*Lower train\.learning_rate"):
        train_toy(absurd)
    assert list((tmp_path / "a" / "work").glob("checkpoint-*/whole.json")) == []


def test_divergence_names_the_records_of_its_step(train_toy: Train, trained: Trained) -> None:
    with pytest.raises(RequestError) as caught:
        train_toy(replace(SETTINGS, learning_rate=1e30, warmup_ratio=0.0))
    found = re.search(r"at step (\d); training has diverged\. Step \1 learnt from (\w+) and (\w+)\.", str(caught.value))
    assert found is not None
    row = read_jsonl(trained.out / "schedule.jsonl")[int(found[1]) - 1]
    assert int(found[1]) > 1
    assert [found[2], found[3]] == row["records"]


def test_filling_and_labels_are_counted(train_toy: Train) -> None:
    settings = replace(SETTINGS, batch_size=8, packing=False)
    summary = train_toy(settings)
    positions = 2 * 8 * 41  # two epochs of eight rows; half of them have 41 tokens, the others 40
    assert summary.padding_share == summary.padding_share_unpacked == 2 * 4 / positions
    packed = train_toy(replace(SETTINGS, batch_size=8, max_tokens=400), name="packed")  # a row an epoch, equally long
    assert (packed.padding_share, packed.padding_share_unpacked) == (0.0, summary.padding_share)
    assert packed.labelled_tokens == summary.labelled_tokens
    assert summary.tokens == 2 * (4 * 41 + 4 * 40)


def test_labelled_tokens_are_those_of_the_replies(trained: Trained, tokenizer: Any) -> None:
    replies = ("By the school.", "Yes, until six.", "We send somebody.", "At eight.")
    each = [len(tokenizer(f"{reply}<|im_end|>").input_ids) for reply in replies]
    assert trained.summary.labelled_tokens == 2 * 2 * sum(each)  # two epochs of two examples with each reply


def test_test_split_is_never_trained_on(trained: Trained, train_toy: Train) -> None:
    held_out = [make_example(number, "test") for number in range(50, 60)]
    assert train_toy(examples=[*make_examples(), *held_out]).adapter_digest == trained.summary.adapter_digest


def test_what_is_said_begins_with_the_size_of_the_work(trained: Trained) -> None:
    assert trained.said[0] == "training on 8 examples, 8 steps, on toy in float32"
    assert trained.said[-1].startswith("step 8/8: validation loss ")
