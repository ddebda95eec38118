"""Twenty kills at random moments, and the adapter is that of a training that nothing happened to."""

import multiprocessing
import random
import shutil
import signal
import time
from pathlib import Path

import pytest
from tests.train.killed import BEGUN, LONG, train_toy

from commonhold.files import read_jsonl
from commonhold.models.adapter import WEIGHTS_NAME, tensor_digest
from commonhold.records.weights import BaseWeights
from commonhold.train.metrics import read_metrics

KILLS = 20


@pytest.mark.slow
def test_twenty_kills_at_random_moments_change_nothing(base: BaseWeights, tmp_path: Path) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")  # shown when it fails
    draw = random.Random(seed)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.train.killed", "trl", "peft", "datasets"])
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    undisturbed = train_toy(base.path, whole)
    longest = undisturbed.seconds / 2
    kills, resumed = 0, 0
    while kills < KILLS:
        (killed / BEGUN).unlink(missing_ok=True)
        process = processes.Process(target=train_toy, args=(base.path, killed))
        process.start()
        while not (killed / BEGUN).exists() and process.is_alive():
            process.join(0.01)
        process.join(draw.uniform(0, longest))
        process.kill()
        process.join()
        assert process.exitcode in (-signal.SIGKILL, 0)
        measured = read_metrics(killed / "work")
        resumed += measured is not None and measured.events[-1:] != () and measured.events[-1].step > 0
        if process.exitcode == 0:  # it was faster: from the start again, and sooner
            assert tensor_digest(killed / "out" / "adapter" / WEIGHTS_NAME) == undisturbed.adapter_digest
            shutil.rmtree(killed / "work")
            longest /= 2
        kills += process.exitcode != 0
    summary = train_toy(base.path, killed)
    print(f"{resumed} of {kills} killed processes had gone on from a checkpoint; the last from {summary.resumed_from}")
    assert resumed > 0
    assert summary.adapter_digest == undisturbed.adapter_digest
    steps = [line["step"] for line in read_jsonl(killed / "out" / "log.jsonl") if "loss" in line]
    assert steps == list(range(1, 4 * LONG.epochs + 1))
