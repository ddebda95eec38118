"""The shipped base model learns by every method, from losses that are known."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.toys import CPU, SETTINGS
from tests.train.preference_toys import make_pairs, make_ratings, make_texts
from tests.train.test_real_base import base as real_base

from commonhold.files import read_jsonl
from commonhold.records.example import Example
from commonhold.records.weights import BaseWeights
from commonhold.train.run import train
from commonhold.train.settings import TrainingSettings

pytestmark = pytest.mark.slow

base = real_base
FEW_STEPS = replace(
    SETTINGS,
    epochs=4,
    lr_scheduler="constant",  # so that no step depends on how many there are
    learning_rate=5e-4,
    warmup_ratio=0.0,
    neftune_noise_alpha=0.0,
    max_tokens=400,
    max_overlong_ratio=0.0,
    lora=replace(SETTINGS.lora, rank=8, alpha=16, dropout=0.0),
)
TOLERANCE = 0.03
"""Of a loss, as a share: other instruction sets round differently, and a few steps multiply that."""


def log_of(
    base: BaseWeights, settings: TrainingSettings, examples: Sequence[Example], folder: Path
) -> list[dict[str, Any]]:
    train(examples, base, settings, CPU, 1, folder / "work", folder / "out", _say)
    return list(read_jsonl(folder / "out" / "log.jsonl"))


def _say(_line: str) -> None:
    pass


def of(log: Sequence[dict[str, Any]], name: str) -> list[float]:
    return [line[name] for line in log if name in line]


@pytest.mark.parametrize(
    ("method", "epochs", "examples", "first", "third"),
    [("dpo", 2, make_pairs(6, 2), 0.6931, 0.3836), ("kto", 4, make_ratings(6, 2), 0.6667, 0.4682)],
)
def test_judged_replies_move_to_the_side_they_were_judged(
    base: BaseWeights, tmp_path: Path, method: Any, epochs: int, examples: Sequence[Example], first: float, third: float
) -> None:
    log = log_of(base, replace(FEW_STEPS, method=method, epochs=epochs), examples, tmp_path)
    assert of(log, "loss")[0] == pytest.approx(first, abs=1e-3)
    assert of(log, "loss")[2] == pytest.approx(third, rel=TOLERANCE)
    assert of(log, "margin")[-1] > 0.5
    assert of(log, "right_side")[-1] > 0.8


def test_texts_become_likelier_those_not_learnt_from_too(base: BaseWeights, tmp_path: Path) -> None:
    log = log_of(base, replace(FEW_STEPS, method="continued_pretraining"), make_texts(), tmp_path)
    assert of(log, "loss")[0] == pytest.approx(2.202, rel=TOLERANCE)
    assert of(log, "loss")[-1] < 0.8 * of(log, "loss")[0]
    assert of(log, "eval_loss")[-1] < 0.8 * of(log, "eval_loss")[0]
