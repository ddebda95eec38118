"""Several training processes forked from a clean one that has the libraries loaded; they run the real code.

The test's own process cannot be their parent: other tests leave threads of libraries in it, and a fork copies the locks
that such threads hold. So `train_forked` starts this file once, as a program, and asks it to fork.
"""

import atexit
import contextlib
import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from commonhold.train import worker
from commonhold.train.job import TrainingJob, write_job
from commonhold.train.processes import environment
from commonhold.train.worker import own_folder

ROOT = Path(__file__).parents[2]
BROKEN_OFF = 99
"""Exit code of a process that an exception ended."""


class Change(NamedTuple):
    """What is different in every forked process: a context manager of the tests, called with one argument."""

    module: str
    function: str
    argument: str | int


def train_forked(job: TrainingJob, folder: Path, change: Change | None = None) -> list[int]:
    """Runs a job's processes to their end; gives their exit codes."""
    folder.mkdir(parents=True)
    write_job(folder / "job.json", job)
    asked = {"job": str(folder / "job.json"), "processes": job.settings.processes, "change": change}
    parent = _parent()
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write(json.dumps(asked) + "\n")
    parent.stdin.flush()
    codes: list[int] = json.loads(parent.stdout.readline())
    if any(codes) and change is None:
        for number in range(len(codes)):
            print(_log(folder / "job.json", number).read_text(encoding="utf-8"))
    return codes


@cache
def _parent() -> subprocess.Popen[str]:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.train.forked"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "pipeline"), str(ROOT)])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(parent.communicate)  # closes its input, at which it ends
    return parent


def _log(job: Path, number: int) -> Path:
    return own_folder(job, number) / "log.txt"


def _serve() -> None:
    import peft  # noqa: F401 - loaded once here rather than in every process
    import transformers  # noqa: F401
    import trl  # noqa: F401

    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_fork_all(asked)), flush=True)


def _fork_all(asked: Mapping[str, Any]) -> list[int]:
    held = os.pipe()  # what the processes read from; they end when nobody holds its other end
    children = [_fork(asked, number, held[0]) for number in range(asked["processes"])]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    for end in held:
        os.close(end)
    return codes


def _fork(asked: Mapping[str, Any], number: int, standard_input: int) -> int:
    job = Path(asked["job"])
    own_folder(job, number).mkdir()
    child = os.fork()
    if child:
        return child
    code = BROKEN_OFF
    try:
        os.dup2(standard_input, 0)
        with _log(job, number).open("wb") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        os.environ.update(environment(number, asked["processes"], 1))
        with _changed(asked["change"]):
            code = worker.main([str(job)])
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _changed(change: list[Any] | None) -> contextlib.AbstractContextManager[Any]:
    if change is None:
        return contextlib.nullcontext()
    module, function, argument = change
    found: contextlib.AbstractContextManager[Any] = getattr(importlib.import_module(module), function)(argument)
    return found


if __name__ == "__main__":
    _serve()
