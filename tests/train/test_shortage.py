"""When memory runs out, a step keeps its rows; and a real shortage is met, in a process that may not have more."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tests.toys import SETTINGS

from commonhold.errors import NoMemoryError
from commonhold.train.measured import Event
from commonhold.train.shortage import as_before, halved, lacks_memory


@pytest.mark.parametrize(
    ("batch_rows", "accumulate", "expected"),
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
def test_a_step_keeps_its_rows(batch_rows: int, accumulate: int, expected: tuple[int, int]) -> None:
    fewer = halved(replace(SETTINGS, batch_rows=batch_rows, accumulate=accumulate))
    assert (fewer.batch_rows, fewer.accumulate) == expected


def test_one_row_is_refused_with_the_nearest_remedy() -> None:
    with pytest.raises(NoMemoryError, match=r"Set train\.gradient_checkpointing: true.*now 100.*commonhold plan"):
        halved(replace(SETTINGS, batch_rows=1, accumulate=4))


def test_checkpointing_is_not_advised_where_it_is_on() -> None:
    with pytest.raises(NoMemoryError) as caught:
        halved(replace(SETTINGS, batch_rows=1, gradient_checkpointing=True))
    assert "gradient_checkpointing" not in str(caught.value)
    assert "Lower train.max_tokens" in str(caught.value)


def test_the_last_halving_is_remembered() -> None:
    events = [Event(0, "halved", "", 4, 2), Event(3, "resumed", ""), Event(4, "halved", "", 2, 4)]
    again = as_before(replace(SETTINGS, batch_rows=8), events)
    assert (again.batch_rows, again.accumulate) == (2, 4)


def test_without_a_halving_the_settings_stand() -> None:
    assert as_before(SETTINGS, [Event(3, "resumed", "")]) is SETTINGS


def test_torch_without_memory_is_known() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60)
    assert lacks_memory(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("CUDA error: out of memory. Compile with"),
        MemoryError(),
        RuntimeError("std::bad_alloc"),
    ],
)
def test_other_words_for_it_are_known(error: Exception) -> None:
    assert lacks_memory(error)


@pytest.mark.parametrize("error", [RuntimeError("shape mismatch"), ValueError("out of memory."), OSError(28, "full")])
def test_other_errors_are_not_taken_for_it(error: Exception) -> None:
    assert not lacks_memory(error)


STARVED = """
import json, resource, sys
from dataclasses import asdict, replace
from pathlib import Path
from commonhold import surroundings
surroundings.prepare()
from tests.toys import CPU, SETTINGS, make_base, make_examples
from commonhold.models.load import load_model
from commonhold.train.run import train
import commonhold.train.trainer, trl, torch

folder, spare, batch_rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
base = make_base(folder / "base")
load_model(base.path, "none", CPU)
settings = replace(SETTINGS, quantisation="none", max_tokens=1600, batch_rows=batch_rows, epochs=1)
said = []

def say(text):
    said.append(text)
    if text.startswith("training on") and spare:
        used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_DATA, (used + spare, used + spare))

try:
    summary = train(make_examples(512, 32), base, settings, CPU, 1, folder / "work", folder / "out", say)
    print(json.dumps({"said": said, **asdict(summary)}))
except Exception as error:
    print(json.dumps({"said": said, "error": f"{type(error).__name__}: {error}"}))
"""


def starved(folder: Path, spare: int, batch_rows: int) -> dict[str, object]:
    """Trains on 16 rows of 1,600 tokens with so much memory to spare, in bytes; 0 for no limit."""
    done = subprocess.run(
        [sys.executable, "-c", STARVED, str(folder), str(spare), str(batch_rows)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found
