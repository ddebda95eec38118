"""Training in several processes of this machine: starts them, relays what they say, and leaves none behind."""

import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from commonhold import errors
from commonhold.errors import CommonholdError, RequestError
from commonhold.files import read_json
from commonhold.records.training_summary import TrainingSummary, read_training_summary
from commonhold.train.job import TrainingJob, write_job
from commonhold.train.run import train
from commonhold.train.worker import ERROR, own_folder

FOLDER = "processes-"
LOG = "log.txt"
LAST_WORDS = 2000
"""Characters of a dead process's log that are shown."""
SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_TO_FAIL = 2.0
"""In which the others are heard, too, when one has failed: its peers fail along, and the cause should be named."""
LOOPBACK = "lo" if sys.platform == "linux" else "lo0"


@dataclass(frozen=True, slots=True)
class Process:
    """One of those that train together."""

    number: int
    running: subprocess.Popen[bytes]
    folder: Path


def run_job(job: TrainingJob, say: Callable[[str], None]) -> TrainingSummary:
    """Trains here, or in as many processes as the settings ask for; either may be killed and resumes when called again.

    The processes share the threads of the job's device.

    Raises:
        CommonholdError: whatever `train` raises, in whichever process; or a process died.
    """
    processes = job.settings.processes
    if processes == 1:
        return train(job.examples, job.base, job.settings, job.device, job.seed, job.work, job.out, say)
    _refuse_too_few_gpus(job)
    job.work.mkdir(parents=True, exist_ok=True)
    for leftover in job.work.glob(f"{FOLDER}*"):
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(prefix=FOLDER, dir=job.work) as folder:
        path = Path(folder) / "job.json"
        threads = max(1, job.device.threads // processes)
        write_job(path, replace(job, device=replace(job.device, threads=threads)))
        started: list[Process] = []
        try:
            started.extend(_start(path, number, processes, threads) for number in range(processes))
            _follow(started, say)
        finally:
            _stop(started)
        return read_training_summary(own_folder(path, 0))


def _refuse_too_few_gpus(job: TrainingJob) -> None:
    import torch

    cards = torch.cuda.device_count()
    if job.device.device == "cuda" and cards < job.settings.processes:
        raise RequestError(
            f"train.processes: {job.settings.processes} processes want a GPU each, and there "
            f"{'is' if cards == 1 else 'are'} {cards} here. Set it to {cards}, or to 1"
        )


def environment(number: int, processes: int, threads: int) -> Mapping[str, str]:
    """Settings of a process: which one it is, its share of the threads, and to speak to the others by loopback."""
    return {
        **os.environ,
        "RANK": str(number),
        "LOCAL_RANK": str(number),
        "WORLD_SIZE": str(processes),
        "LOCAL_WORLD_SIZE": str(processes),
        "OMP_NUM_THREADS": str(threads),
        "GLOO_SOCKET_IFNAME": LOOPBACK,
        "NCCL_SOCKET_IFNAME": LOOPBACK,
        "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry),
    }


def _start(job: Path, number: int, processes: int, threads: int) -> Process:
    folder = own_folder(job, number)
    folder.mkdir()
    with (folder / LOG).open("wb") as log:
        running = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "commonhold.train.worker", str(job)],
            env=environment(number, processes, threads),
            stdin=subprocess.PIPE,  # held open and never written to; it ends when this process does, however it does
            stdout=subprocess.PIPE if number == 0 else log,
            stderr=log,
            process_group=0,  # so that Ctrl-C reaches this process alone, which ends them
        )
    return Process(number, running, folder)


def _follow(processes: Sequence[Process], say: Callable[[str], None]) -> None:
    """Passes on the first process's lines until all have ended well.

    Raises:
        CommonholdError: one has not.
    """
    pipe = processes[0].running.stdout
    assert pipe is not None
    partial, open_ = b"", True
    while any(process.running.poll() is None for process in processes) or open_:
        if open_ and select.select([pipe], [], [], SECONDS_BETWEEN_LOOKS)[0]:
            part = os.read(pipe.fileno(), 65536)
            open_ = bool(part)
            *lines, partial = (partial + part).split(b"\n")
            for line in lines:
                say(line.decode())
        elif not open_:
            time.sleep(SECONDS_BETWEEN_LOOKS)
        if any(process.running.poll() for process in processes):
            break
    if any(process.running.poll() for process in processes):
        _raise_failure(processes)


def _raise_failure(processes: Sequence[Process]) -> None:
    """Names the cause: an error of ours first, then a kill, then whatever else; its peers' errors follow from it."""
    end = time.monotonic() + SECONDS_TO_FAIL
    while time.monotonic() < end and any(process.running.poll() is None for process in processes):
        time.sleep(SECONDS_BETWEEN_LOOKS / 4)
    for process in processes:
        if (process.folder / ERROR).is_file():
            error = read_json(process.folder / ERROR)
            kind = getattr(errors, error["class"])
            raise (RequestError if kind is errors.FormError else kind)(error["message"])
    failed = [process for process in processes if process.running.poll()]
    killed = [process for process in failed if process.running.returncode < 0]
    first = (killed or failed)[0]
    code = first.running.returncode
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    words = (first.folder / LOG).read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:].strip()
    raise CommonholdError(
        f"train: process {first.number} of {len(processes)} {how}. What was finished is kept; the same command goes on "
        f"from the last checkpoint{f'. It said last:{os.linesep}{words}' if words and code > 0 else ''}"
    )


def _stop(processes: Sequence[Process]) -> None:
    for process in processes:
        if process.running.poll() is None:
            process.running.kill()  # between two of its instructions nothing is lost: checkpoints are whole or absent
    for process in processes:
        process.running.wait()
        for pipe in (process.running.stdin, process.running.stdout):
            if pipe is not None:
                pipe.close()
