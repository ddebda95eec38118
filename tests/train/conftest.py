"""The toy base and one training of it, made once."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.toys import CPU, SETTINGS, make_base, make_examples

from commonhold.models.load import load_tokenizer
from commonhold.records.training_summary import TrainingSummary
from commonhold.records.weights import BaseWeights
from commonhold.train.run import train


class Trained(NamedTuple):
    """What one undisturbed training left."""

    summary: TrainingSummary
    work: Path
    out: Path
    said: list[str]


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseWeights:
    """The toy model as a base on disk."""
    return make_base(tmp_path_factory.mktemp("bases") / "toy")


@pytest.fixture(scope="session")
def tokenizer(base: BaseWeights) -> Any:
    """The toy's tokenizer, read back from disk."""
    return load_tokenizer(base.path)


@pytest.fixture(scope="session")
def trained(base: BaseWeights, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Eight steps of the toy, with a checkpoint after the fourth and the eighth; seed 1."""
    folder = tmp_path_factory.mktemp("trained")
    said: list[str] = []
    summary = train(make_examples(), base, SETTINGS, CPU, 1, folder / "work", folder / "out", said.append)
    return Trained(summary, folder / "work", folder / "out", said)
