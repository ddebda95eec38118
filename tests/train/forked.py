"""Several training processes forked from the test's own, which has the libraries loaded; they run the real code."""

import os
import traceback
import warnings
from pathlib import Path

from commonhold.train import worker
from commonhold.train.job import Job, write_job
from commonhold.train.processes import environment
from commonhold.train.worker import own_folder

BROKEN_OFF = 99
"""Exit code of a process that an exception ended."""


def train_forked(job: Job, folder: Path) -> list[int]:
    """Runs a job's processes to their end; gives their exit codes."""
    folder.mkdir(parents=True)
    write_job(folder / "job.json", job)
    number_of = job.settings.processes
    held = os.pipe()
    children = [_fork(folder / "job.json", number, number_of, held[0]) for number in range(number_of)]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    for end in held:
        os.close(end)
    return codes


def _fork(job: Path, number: int, processes: int, standard_input: int) -> int:
    own_folder(job, number).mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside a library's idle threads
        child = os.fork()
    if child:
        return child
    code = BROKEN_OFF
    try:
        os.dup2(standard_input, 0)
        with (own_folder(job, number) / "log.txt").open("wb") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        os.environ.update(environment(number, processes, 1))
        code = worker.main([str(job)])
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
