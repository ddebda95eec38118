"""A training to be killed: run by a process of its own, which imports it by its name."""

from dataclasses import replace
from pathlib import Path

from tests.toys import CPU, SETTINGS, make_examples

from commonhold import environment
from commonhold.digests import digest_of
from commonhold.records.training_summary import TrainingSummary
from commonhold.records.weights import BaseWeights
from commonhold.train.run import train

environment.prepare()

LONG = replace(SETTINGS, epochs=10, checkpoints_per_epoch=4)
"""Forty steps with a checkpoint at each."""
BEGUN = "begun"


def train_toy(base: Path, folder: Path) -> TrainingSummary:
    """Trains in a folder; a file in it tells when the work begins."""

    def say(_: str) -> None:
        (folder / BEGUN).touch()

    weights = BaseWeights("toy", "0" * 40, "CC0-1.0", base, {}, digest_of({}))
    return train(make_examples(), weights, LONG, CPU, 1, folder / "work", folder / "out", say)
