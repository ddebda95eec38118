"""Several processes train the adapter that one trains, and none is left when it ends badly."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tests.toys import CPU, SETTINGS, make_example, make_examples
from tests.train.forked import BROKEN_OFF, Change, train_forked

from commonhold.errors import CommonholdError, NothingLeftError, RequestError
from commonhold.files import read_json, read_jsonl, write_json
from commonhold.models.adapter import WEIGHTS_NAME
from commonhold.records.training_summary import TrainingSummary, read_training_summary, write_training_summary
from commonhold.records.weights import BaseWeights
from commonhold.train.distributed import filled, number_of_processes, rank, total
from commonhold.train.job import TrainingJob, read_job, write_job
from commonhold.train.packing import IGNORED, PackedRow
from commonhold.train.processes import Process, environment, run_job
from commonhold.train.run import train
from commonhold.train.settings import TrainingSettings
from commonhold.train.sharding import shard

NINE_ROWS = replace(SETTINGS, packing=False, epochs=1, gradient_accumulation_steps=2, checkpoints_per_epoch=2)
"""Five steps, the last of one row; with dropout and noise."""
TOLERANCE = 2e-5
"""Of a weight: more than two gradients are added in another order, and Adam divides small numbers by small ones."""


def job_of(base: BaseWeights, folder: Path, settings: TrainingSettings = NINE_ROWS) -> TrainingJob:
    return TrainingJob(tuple(make_examples(9, 3)), base, settings, CPU, 1, folder / "work", folder / "out")


def train_alone(job: TrainingJob) -> Path:
    made = train(job.examples, job.base, job.settings, job.device, job.seed, job.work, job.out, lambda _line: None)
    write_training_summary(job.out, made)
    return job.out


def summary_of(out: Path) -> TrainingSummary:
    """What the first of two forked processes tells the one that started it."""
    return read_training_summary(out.parent / "two" / "process-0")


def figures(out: Path, *names: str) -> list[list[float]]:
    return [[line[name] for name in names if name in line] for line in read_jsonl(out / "log.jsonl")]


@pytest.fixture(scope="module")
def alone(base: BaseWeights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process makes of nine rows, two to a step."""
    return train_alone(job_of(base, tmp_path_factory.mktemp("alone")))


@pytest.fixture(scope="module")
def shared(base: BaseWeights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two processes make of the same."""
    folder = tmp_path_factory.mktemp("shared")
    assert train_forked(job_of(base, folder, replace(NINE_ROWS, processes=2)), folder / "two") == [0, 0]
    return folder / "out"


def test_two_processes_with_a_batch_each_train_the_bytes_of_one(alone: Path, shared: Path) -> None:
    assert (shared / "adapter" / WEIGHTS_NAME).read_bytes() == (alone / "adapter" / WEIGHTS_NAME).read_bytes()


def test_losses_gradients_and_validation_are_those_of_one(alone: Path, shared: Path) -> None:
    names = ("step", "loss", "grad_norm", "eval_loss")
    assert len(figures(alone, *names)) == 5 + 2
    assert figures(shared, *names) == figures(alone, *names)


def test_schedule_and_token_count_are_those_of_one(alone: Path, shared: Path) -> None:
    assert (shared / "schedule.jsonl").read_bytes() == (alone / "schedule.jsonl").read_bytes()
    ours, theirs = summary_of(shared), read_training_summary(alone)
    assert [getattr(ours, name) for name in ("examples", "steps", "tokens", "best_step")] == [
        getattr(theirs, name) for name in ("examples", "steps", "tokens", "best_step")
    ]


def test_memory_of_all_processes_is_counted(shared: Path) -> None:
    single = read_training_summary(shared.parent / "two" / "process-1").peak_memory_bytes
    assert summary_of(shared).peak_memory_bytes > 1.5 * single


def test_filler_tokens_are_counted_as_tokens_that_were_read(alone: Path, shared: Path) -> None:
    # The tenth row, two tokens long, fills the second process's share of the last step.
    ours, theirs = ([line[0] for line in figures(out, "tokens") if line] for out in (shared, alone))
    assert ours == [*theirs[:4], theirs[4] + 2]


@pytest.mark.slow
def test_several_rows_a_batch_and_batches_a_step_agree_within_the_tolerance(base: BaseWeights, tmp_path: Path) -> None:
    settings = replace(NINE_ROWS, gradient_accumulation_steps=4, batch_size=2, quantisation="none")
    one = train_alone(job_of(base, tmp_path / "one", settings))
    job = job_of(base, tmp_path / "both", replace(settings, processes=2))
    assert train_forked(job, tmp_path / "two") == [0, 0]
    ours, theirs = (load_file(out / "adapter" / WEIGHTS_NAME) for out in (job.out, one))
    apart = max(float((ours[name] - theirs[name]).abs().max()) for name in theirs)
    moved = max(float(weight.abs().max()) for weight in theirs.values())
    assert apart <= TOLERANCE < moved / 1000
    for mine, their in zip(figures(job.out, "loss", "eval_loss"), figures(one, "loss", "eval_loss"), strict=True):
        assert mine == pytest.approx(their, rel=1e-6)


@pytest.mark.slow
def test_after_a_break_two_processes_end_with_the_same_bytes(base: BaseWeights, shared: Path, tmp_path: Path) -> None:
    job = job_of(base, tmp_path, replace(NINE_ROWS, processes=2))
    broken_off = train_forked(job, tmp_path / "once", Change("tests.train.test_resume", "breaking_off_at", 4))
    assert broken_off == [BROKEN_OFF, BROKEN_OFF]
    assert train_forked(job, tmp_path / "again") == [0, 0]
    assert read_training_summary(tmp_path / "again" / "process-0").resumed_from == 2
    assert (job.out / "adapter" / WEIGHTS_NAME).read_bytes() == (shared / "adapter" / WEIGHTS_NAME).read_bytes()


@pytest.fixture(scope="module", params=["nf4", "none"])
def split(base: BaseWeights, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The base's layers split over two processes, unquantised or in 4 bits; a note of each on what it holds."""
    folder = tmp_path_factory.mktemp("split")
    settings = replace(NINE_ROWS, quantisation=request.param, gradient_checkpointing=request.param == "nf4")
    train_alone(job_of(base, folder / "alone", settings))

    job = job_of(base, folder, replace(settings, processes=2, sharded=True))
    assert train_forked(job, folder / "two", Change(__name__, "noting_what_is_held", str(folder))) == [0, 0]
    return folder


@contextlib.contextmanager
def noting_what_is_held(folder: str) -> Iterator[None]:
    """Each process leaves the share of the layers' weights that it holds in a file of that folder."""

    def shard_and_note(model: Any, device_type: str) -> None:
        whole = sum(parameter.nbytes for parameter in layer_weights(model))
        shard(model, device_type)
        held = sum(parameter.data.to_local().nbytes for parameter in layer_weights(model))  # type: ignore[attr-defined]
        write_json(Path(folder) / f"held-{rank()}.json", held / whole)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("commonhold.train.trainer.shard", shard_and_note)
        yield


def layer_weights(model: Any) -> list[torch.Tensor]:
    layers = model.get_base_model().model.layers
    return [parameter for parameter in layers.parameters() if not parameter.requires_grad]


@pytest.mark.slow
def test_each_process_holds_half_of_the_layers_weights(split: Path) -> None:
    assert [read_json(split / f"held-{number}.json") for number in (0, 1)] == [0.5, 0.5]


@pytest.mark.slow
def test_a_split_base_trains_the_bytes_of_a_whole_one(split: Path) -> None:
    for name in (WEIGHTS_NAME, "adapter_config.json", "second_moments.safetensors"):
        ours, theirs = split / "out" / "adapter" / name, split / "alone" / "out" / "adapter" / name
        assert ours.read_bytes() == theirs.read_bytes(), name
    names = ("loss", "grad_norm", "eval_loss")
    assert figures(split / "out", *names) == figures(split / "alone" / "out", *names)


def test_an_error_of_ours_is_left_for_the_process_that_started_them(base: BaseWeights, tmp_path: Path) -> None:
    job = job_of(base, tmp_path, replace(NINE_ROWS, processes=2))
    no_message = replace(job, examples=tuple(replace(make_example(number), prompt="") for number in range(4)))
    assert train_forked(no_message, tmp_path / "two") == [2, 2]
    told = read_json(tmp_path / "two" / "process-0" / "error.json")
    assert told["class"] == "NothingLeftError"
    assert "none of the 4 training examples is one that sft learns from" in told["message"]


def test_a_job_comes_back_as_it_was_written(base: BaseWeights, tmp_path: Path) -> None:
    job = job_of(base, tmp_path, replace(SETTINGS, lora=replace(SETTINGS.lora, target_modules=("q_proj", "v_proj"))))
    write_job(tmp_path / "job.json", job)
    assert read_job(tmp_path / "job.json") == job


def test_a_record_that_was_read_from_a_file_has_tuples_again(base: BaseWeights, tmp_path: Path) -> None:
    job = job_of(base, tmp_path)
    listed = replace(job.examples[0], parents=["r1"])  # type: ignore[arg-type]  # as JSON has it
    write_job(tmp_path / "job.json", replace(job, examples=(listed,)))
    assert read_job(tmp_path / "job.json").examples[0].parents == ("r1",)


@pytest.mark.parametrize(("rows", "at_once", "expected"), [(4, 2, 4), (5, 2, 6), (1, 4, 4), (5, 1, 5)])
def test_rows_are_filled_up_to_whole_rounds(rows: int, at_once: int, expected: int) -> None:
    row = PackedRow(("r",), (5, 6, 7), (IGNORED, 6, 7), (0, 1, 2))
    full = filled([row] * rows, at_once, fill_id=3)
    assert len(full) == expected
    assert full[:rows] == [row] * rows
    assert all(set(extra.labels) == {IGNORED} for extra in full[rows:])


def test_alone_a_process_is_the_first_of_one() -> None:
    assert (rank(), number_of_processes(), total(3.0, "cpu")) == (0, 1, 3.0)


@pytest.mark.parametrize(("threads", "each"), [(8, "4"), (3, "1"), (1, "1")])
def test_threads_are_shared_out(
    base: BaseWeights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int, each: str
) -> None:
    """Each process is told its share, in its environment and in its job."""
    told: list[tuple[str, int]] = []

    def note(path: Path, number: int, processes: int, share: int) -> Process:
        environ = environment(number, processes, share)
        told.append((environ["OMP_NUM_THREADS"], read_job(path).device.threads))
        raise RequestError("enough")

    monkeypatch.setattr("commonhold.train.processes._start", note)
    job = job_of(base, tmp_path, replace(NINE_ROWS, processes=2))
    with pytest.raises(RequestError, match="enough"):
        run_job(replace(job, device=replace(CPU, threads=threads)), lambda _line: None)
    assert told == [(each, int(each))]


def test_processes_speak_to_each_other_by_loopback_alone() -> None:
    told = environment(1, 2, 8)
    assert {told["GLOO_SOCKET_IFNAME"], told["NCCL_SOCKET_IFNAME"]} <= {"lo", "lo0"}
    assert (told["RANK"], told["WORLD_SIZE"]) == ("1", "2")


def test_more_processes_than_gpus_are_refused(base: BaseWeights, tmp_path: Path) -> None:
    gpu = replace(CPU, device="cuda")
    job = replace(job_of(base, tmp_path, replace(NINE_ROWS, processes=2)), device=gpu)
    with pytest.raises(
        RequestError, match=r"train\.processes: 2 processes want a GPU each, and there (is|are) \d here"
    ):
        run_job(job, lambda _line: None)


@pytest.mark.slow
def test_processes_that_are_started_train_the_bytes_of_one(base: BaseWeights, alone: Path, tmp_path: Path) -> None:
    said: list[str] = []
    job = job_of(base, tmp_path, replace(NINE_ROWS, processes=2))
    summary = run_job(job, said.append)
    assert (job.out / "adapter" / WEIGHTS_NAME).read_bytes() == (alone / "adapter" / WEIGHTS_NAME).read_bytes()
    assert said[0] == "training on 9 examples, 5 steps, on toy in float32"
    assert said[-1].startswith("step 5/5: validation loss ")
    assert summary.steps == 5
    assert list(job.work.glob("processes-*")) == []


@pytest.mark.slow
def test_an_error_keeps_its_class_and_message(base: BaseWeights, tmp_path: Path) -> None:
    job = job_of(base, tmp_path, replace(NINE_ROWS, processes=2))
    no_message = tuple(replace(make_example(number), prompt="") for number in range(4))
    with pytest.raises(NothingLeftError, match="none of the 4 training examples is one that sft learns from"):
        run_job(replace(job, examples=no_message), lambda _line: None)


def children_of(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(status.parent.name))
    return found


HALTING = """
import os, signal, sys

class Halting:
    def __init__(self, out):
        self._out = out

    def write(self, text):
        self._out.write(text)
        if text.startswith("step 2/5: validation loss"):
            self._out.flush()
            while True:
                signal.pause()

    def flush(self):
        self._out.flush()

if os.environ.get("RANK") == "0":
    sys.stdout = Halting(sys.stdout)
"""
"""A `sitecustomize`, which Python runs as it starts: the first process goes on no further than its second step."""


@pytest.mark.slow
def test_a_killed_process_ends_the_others_and_the_same_call_goes_on(
    base: BaseWeights, alone: Path, tmp_path: Path
) -> None:
    job = job_of(base, tmp_path, replace(NINE_ROWS, processes=2))
    others = children_of(os.getpid())
    (tmp_path / "halting").mkdir()
    (tmp_path / "halting" / "sitecustomize.py").write_text(HALTING, encoding="utf-8")

    def kill_one(line: str) -> None:
        if line.startswith("step 2/5: validation loss"):
            os.kill(max(children_of(os.getpid())), signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path / "halting"))
        with pytest.raises(CommonholdError, match=r"process [01] of 2 was killed by SIGKILL.*goes on"):
            run_job(job, kill_one)
    assert set(children_of(os.getpid())) <= set(others)
    summary = run_job(job, lambda _line: None)
    assert summary.resumed_from in (0, 2)
    assert (job.out / "adapter" / WEIGHTS_NAME).read_bytes() == (alone / "adapter" / WEIGHTS_NAME).read_bytes()


PARENT = """
import signal, sys
from pathlib import Path
from commonhold.train.job import read_job
from commonhold.train.processes import run_job

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets background jobs ignore it
run_job(read_job(Path(sys.argv[1])), lambda line: print(line, flush=True))
"""


@pytest.mark.slow
@pytest.mark.parametrize("deadly", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_the_one_that_started_it(base: BaseWeights, tmp_path: Path, deadly: signal.Signals) -> None:
    long = replace(NINE_ROWS, processes=2, epochs=100)
    write_job(tmp_path / "job.json", job_of(base, tmp_path, long))
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "job.json")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert parent.stdout is not None
    with parent, parent.stdout:
        assert parent.stdout.readline().startswith(b"training on 9 examples")
        workers = children_of(parent.pid)
        assert len(workers) == 2
        parent.send_signal(deadly)
        try:
            parent.wait(timeout=60)
        finally:
            parent.kill()
    end = time.monotonic() + 60
    while time.monotonic() < end and any(Path(f"/proc/{worker}").exists() for worker in workers):
        os.sched_yield()
    assert [worker for worker in workers if Path(f"/proc/{worker}").exists()] == []
