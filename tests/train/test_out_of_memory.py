"""When memory runs out, a step keeps its rows; and a real shortage is met, in a process that may not have more."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.toys import SETTINGS

from commonhold.errors import NoMemoryError
from commonhold.files import read_jsonl
from commonhold.train.metrics import Event
from commonhold.train.out_of_memory import as_before, halved, is_out_of_memory


@pytest.mark.parametrize(
    ("batch_size", "gradient_accumulation_steps", "expected"),
    [
        (8, 1, (4, 2)),
        (2, 3, (1, 6)),
        (3, 1, (1, 3)),
        (3, 2, (1, 6)),
        (5, 2, (2, 5)),
        (9, 1, (3, 3)),
        (7, 1, (1, 7)),
        (6, 1, (3, 2)),
    ],
)
def test_a_step_keeps_its_rows(batch_size: int, gradient_accumulation_steps: int, expected: tuple[int, int]) -> None:
    fewer = halved(replace(SETTINGS, batch_size=batch_size, gradient_accumulation_steps=gradient_accumulation_steps))
    assert (fewer.batch_size, fewer.gradient_accumulation_steps) == expected


def test_one_row_is_refused_with_the_nearest_remedy() -> None:
    with pytest.raises(NoMemoryError, match=r"Set train\.gradient_checkpointing: true.*now 100.*commonhold plan"):
        halved(replace(SETTINGS, batch_size=1, gradient_accumulation_steps=4))


def test_checkpointing_is_not_advised_where_it_is_on() -> None:
    with pytest.raises(NoMemoryError) as caught:
        halved(replace(SETTINGS, batch_size=1, gradient_checkpointing=True))
    assert "gradient_checkpointing" not in str(caught.value)
    assert "Lower train.max_tokens" in str(caught.value)


def test_the_last_halving_is_remembered() -> None:
    events = [Event(0, "halved", "", 4, 2), Event(3, "resumed", ""), Event(4, "halved", "", 2, 4)]
    again = as_before(replace(SETTINGS, batch_size=8), events)
    assert (again.batch_size, again.gradient_accumulation_steps) == (2, 4)


def test_without_a_halving_the_settings_stand() -> None:
    assert as_before(SETTINGS, [Event(3, "resumed", "")]) is SETTINGS


def test_torch_without_memory_is_known() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60)
    assert is_out_of_memory(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("CUDA error: out of memory. Compile with"),
        MemoryError(),
        RuntimeError("std::bad_alloc"),
        RuntimeError("unable to mmap 199328 bytes from file <model.safetensors>: Cannot allocate memory (12)"),
    ],
)
def test_other_words_for_it_are_known(error: Exception) -> None:
    assert is_out_of_memory(error)


@pytest.mark.parametrize("error", [RuntimeError("shape mismatch"), ValueError("out of memory."), OSError(28, "full")])
def test_other_errors_are_not_taken_for_it(error: Exception) -> None:
    assert not is_out_of_memory(error)


STARVED = """
import json, resource, sys
from dataclasses import asdict, replace
from pathlib import Path
from commonhold import environment
environment.prepare()
from tests.toys import CPU, SETTINGS, make_base, make_examples
from commonhold.models.load import load_model
from commonhold.train.run import train
import commonhold.train.trainer, trl, torch

folder, spare, batch_size = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
base = make_base(folder / "base")
load_model(base.path, "none", CPU)
settings = replace(SETTINGS, quantisation="none", max_tokens=1600, batch_size=batch_size, warmup_ratio=0.0)
said, limits = [], []

def say(text):
    said.append(text)
    if text.startswith("training on"):
        limits.append(int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize() + spare)
    if text.startswith(sys.argv[4]):
        resource.setrlimit(resource.RLIMIT_DATA, (limits[0], -1))
    if text.startswith("step 4/4: validation"):
        resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))

try:
    summary = train(make_examples(1024, 32), base, settings, CPU, 1, folder / "work", folder / "out", say)
    print(json.dumps({"said": said, **asdict(summary)}))
except Exception as error:
    print(json.dumps({"said": said, "error": f"{type(error).__name__}: {error}"}))
"""


def starved(folder: Path, spare: int, batch_size: int, after: str) -> dict[str, Any]:
    """Trains on 56 rows of 1,600 tokens; from a line to the last step with these bytes more than it began with."""
    done = subprocess.run(
        [sys.executable, "-c", STARVED, str(folder), str(spare), str(batch_size), after],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_a_batch_that_does_not_fit_is_halved_and_the_step_keeps_its_rows(tmp_path: Path) -> None:
    found = starved(tmp_path, 720 << 20, 16, "step 2/4: validation")  # eight rows take 450 MB, sixteen twice as many
    assert "error" not in found, found
    assert found["batch_size"] < 16  # eight, or four where the first try left the memory in pieces
    assert (found["batch_size"] * found["gradient_accumulation_steps"], found["steps"]) == (16, 4)
    assert (
        "the memory was too small for 16 rows at once; now 8 at once and 2 batches to a step, "
        "which learns from the same rows; going on from the checkpoint of step 2"
    ) in found["said"]
    log = read_jsonl(tmp_path / "out" / "log.jsonl")
    assert [line["step"] for line in log if "loss" in line] == [1, 2, 3, 4]
    assert [line["step"] for line in log if "eval_loss" in line] == [2, 4]
    assert "Smaller batches, at step 2" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_where_not_even_one_row_fits_it_is_said_what_to_do(tmp_path: Path) -> None:
    found = starved(tmp_path, 40 << 20, 2, "training on")
    assert found["error"].startswith("NoMemoryError: train: the memory is too small even for one row at once. Set")
    assert sum(line.startswith("the memory was too small for 2 rows at once; now 1") for line in found["said"]) == 1
