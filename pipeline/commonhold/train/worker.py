"""One of several processes that train an adapter together: `python -m commonhold.train.worker JOB`.

`train/processes.py` starts it with the variables that `accelerate launch` and `torchrun` set, too: `RANK`,
`LOCAL_RANK` and `WORLD_SIZE`. They meet by way of a file beside the job; torch's usual meeting place, a TCP port, is
open to the whole network while training runs.
"""

import os
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from commonhold import environment
from commonhold.errors import CommonholdError
from commonhold.files import write_json

if TYPE_CHECKING:
    from commonhold.records.training_summary import TrainingSummary

RENDEZVOUS = "rendezvous"
ERROR = "error.json"


def own_folder(job: Path, number: int) -> Path:
    """Where a process leaves what only the process that started it reads."""
    return job.parent / f"process-{number}"


def main(argv: list[str]) -> int:
    """Trains a share of the job's batches; gives the exit code of the error, if there is one."""
    job, number = Path(argv[0]), int(os.environ["RANK"])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    environment.prepare()
    try:
        _train(job, number)
    except CommonholdError as error:
        write_json(own_folder(job, number) / ERROR, {"class": type(error).__name__, "message": str(error)})
        return error.exit_code
    return 0


def _end_with_parent() -> None:
    """Ends this process when the one that started it is gone: nothing is ever written to the pipe, so it has ended."""
    if not os.read(0, 1):  # past Python's buffer, whose lock would be held when the interpreter ends
        os._exit(1)


def _train(path: Path, number: int) -> None:
    import torch

    from commonhold.records.training_summary import read_training_summary, write_training_summary
    from commonhold.train.checkpoints import sound_checkpoints
    from commonhold.train.distributed import wait_for_all
    from commonhold.train.job import read_job
    from commonhold.train.run import train

    job = read_job(path)
    on_gpu = job.device.device == "cuda"
    if on_gpu:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    processes = int(os.environ["WORLD_SIZE"])
    torch.distributed.init_process_group(
        "cuda:nccl,cpu:gloo" if on_gpu else "gloo",
        init_method=f"file://{path.with_name(RENDEZVOUS)}",
        rank=number,
        world_size=processes,
    )
    try:
        if number == 0:
            sound_checkpoints(job.work, lambda _, text: _say(text))  # removes others before the other processes look
        wait_for_all()
        out = job.out if number == 0 else own_folder(path, number)
        summary = train(
            job.examples, job.base, job.settings, job.device, job.seed, job.work, out, _say if number == 0 else _quiet
        )
        own = own_folder(path, number)
        write_training_summary(own, summary)
        wait_for_all()
        if number == 0:
            others = [read_training_summary(own_folder(path, other)) for other in range(1, processes)]
            write_training_summary(own, together([summary, *others], on_gpu))
    finally:
        torch.distributed.destroy_process_group()


def together(summaries: "list[TrainingSummary]", on_gpu: bool) -> "TrainingSummary":
    """The first process's summary with the energy of all, and the memory: of all in RAM, of one GPU in VRAM."""
    first = summaries[0]
    measured = first.energy_method == "measured_rapl"  # of the whole machine: the others saw the same
    memory = [summary.peak_memory_bytes for summary in summaries]
    return replace(
        first,
        energy_kwh=first.energy_kwh if measured else sum(summary.energy_kwh for summary in summaries),
        peak_memory_bytes=max(memory) if on_gpu else sum(memory),
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _quiet(_: str) -> None:
    """The first process speaks for all."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
