"""Fingerprints on the way tell where two trainings part."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.toys import CPU, SETTINGS, make_examples
from tests.train.conftest import Trained

from commonhold.errors import RequestError
from commonhold.files import read_jsonl
from commonhold.models.adapter import WEIGHTS_NAME, tensor_digest
from commonhold.records.training_log import logged_steps
from commonhold.records.weights import BaseWeights
from commonhold.train.run import train, train_first_steps
from commonhold.train.settings import LoraSettings, TrainingSettings
from commonhold.train.step_digests import digest_steps


def digests(out: Path) -> Mapping[int, str]:
    return {line["step"]: line["adapter_digest"] for line in read_jsonl(out / "log.jsonl") if "adapter_digest" in line}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(1, {1}), (2, {1, 2}), (4, {1, 2, 4}), (8, {1, 2, 5, 8}), (704, {1, 2, 5, 10, 20, 50, 100, 200, 500, 704})],
)
def test_steps_lie_further_and_further_apart(steps: int, expected: set[int]) -> None:
    assert digest_steps(steps) == expected


def test_the_fingerprint_of_a_step_is_that_of_the_adapter_saved_there(trained: Trained) -> None:
    found = digests(trained.out)
    assert sorted(found) == [1, 2, 5, 8]
    assert found[8] == tensor_digest(trained.work / "checkpoint-8" / WEIGHTS_NAME)
    assert len(set(found.values())) == 4


@pytest.mark.parametrize("lora", [{"dora": True}, {"target_modules": ("q_proj",)}])
def test_so_it_is_of_other_adapters(base: BaseWeights, tmp_path: Path, lora: dict[str, Any]) -> None:
    adapter: LoraSettings = replace(SETTINGS.lora, **lora)
    settings: TrainingSettings = replace(SETTINGS, lora=adapter, epochs=1, checkpoints_per_epoch=1)
    train(make_examples(), base, settings, CPU, 1, tmp_path / "work", tmp_path / "out", lambda _line: None)
    found = digests(tmp_path / "out")
    assert found[max(found)] == tensor_digest(tmp_path / "work" / f"checkpoint-{max(found)}" / WEIGHTS_NAME)


def test_another_seed_parts_at_the_first_step(base: BaseWeights, trained: Trained, tmp_path: Path) -> None:
    train(make_examples(), base, SETTINGS, CPU, 2, tmp_path / "work", tmp_path / "out", lambda _line: None)
    ours, theirs = digests(trained.out), digests(tmp_path / "out")
    assert [step for step in ours if ours[step] == theirs[step]] == []


def test_the_first_steps_alone_are_those_of_the_whole(base: BaseWeights, trained: Trained, tmp_path: Path) -> None:
    alone = train_first_steps(make_examples(), base, SETTINGS, CPU, 1, tmp_path / "work", 5, lambda _line: None)
    assert len(alone) == 5
    assert alone == logged_steps(read_jsonl(trained.out / "log.jsonl"))[:5]
    assert None not in {figure for step in alone for figure in (step.loss, step.grad_norm, step.learning_rate)}


def test_more_first_steps_than_there_are_are_refused(base: BaseWeights, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="the training has 8 steps, so its first 9 cannot be taken"):
        train_first_steps(make_examples(), base, SETTINGS, CPU, 1, tmp_path / "work", 9, lambda _line: None)
