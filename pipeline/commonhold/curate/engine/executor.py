"""Where curation's tasks run: here, in processes of this machine, or on a Ray cluster; what they make is the same.

A task is a picklable argument to a picklable function that writes files and gives a small result. Tasks are
idempotent: one that was cut off is run again and makes the same files (see `shards.once`).
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context
from typing import Any, Literal, Protocol, TypeVar

from commonhold.errors import CommonholdError, MissingPackageError

Task = TypeVar("Task")
Made = TypeVar("Made")
ExecutorName = Literal["inline", "processes", "ray"]
IN_FLIGHT = 2
"""Tasks handed out or made for each worker ahead of the one awaited, so that results that nobody has taken stay few."""
ATTEMPTS = 3
"""How often a task whose worker died is tried: a worker that the system ended for its memory dies again."""


class Executor(Protocol):
    """Runs a function over tasks."""

    def map(self, function: Callable[[Task], Made], tasks: Iterable[Task]) -> Iterator[Made]:
        """Results in the order of the tasks.

        Raises:
            CommonholdError: the task's own, or a worker died again and again.
        """
        ...


class Inline:
    """One task after the other, in this process."""

    def map(self, function: Callable[[Task], Made], tasks: Iterable[Task]) -> Iterator[Made]:
        """See `Executor.map`."""
        return map(function, tasks)


class Processes:
    """Fresh Python processes on this machine.

    Each worker is a pool of one: one that dies takes no other task with it. (A pool that starts its second process
    while its first one dies waits for ever in Python 3.11.)
    """

    def __init__(self, workers: int) -> None:
        self._pools = [_pool_of_one() for _ in range(workers)]

    def map(self, function: Callable[[Task], Made], tasks: Iterable[Task]) -> Iterator[Made]:
        """See `Executor.map`; a task whose worker died is run again."""
        todo = list(tasks)
        waiting = deque(range(len(todo)))
        deaths: Counter[int] = Counter()
        free = list(range(len(self._pools)))
        running: dict[Future[Made], tuple[int, int]] = {}
        ready: dict[int, Future[Made]] = {}
        for number in range(len(todo)):
            while number not in ready:
                while free and waiting and waiting[0] < number + IN_FLIGHT * len(self._pools):
                    task, worker = waiting.popleft(), free.pop()
                    running[self._submit(worker, function, todo[task])] = task, worker
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    task, worker = running.pop(future)
                    free.append(worker)
                    if isinstance(future.exception(), BrokenProcessPool):
                        self._replace(worker)
                        deaths[task] += 1
                        if deaths[task] == ATTEMPTS:
                            raise _died(ATTEMPTS) from future.exception()
                        waiting.appendleft(task)
                    else:
                        ready[task] = future
            yield ready.pop(number).result()

    def _submit(self, worker: int, function: Callable[[Task], Made], task: Task) -> Future[Made]:
        try:
            return self._pools[worker].submit(function, task)
        except BrokenProcessPool:  # it died while it had nothing to do
            self._replace(worker)
            return self._pools[worker].submit(function, task)

    def _replace(self, worker: int) -> None:
        self._pools[worker].shutdown()
        self._pools[worker] = _pool_of_one()

    def close(self) -> None:
        """Ends the processes."""
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)


def _pool_of_one() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_quiet)


class Ray:
    """Tasks on a Ray cluster: the one at `address`, or a local one for as long as this lives.

    Workers read and write the same folder as the driver, so on several machines it lies on a shared disk.
    """

    def __init__(self, workers: int, address: str | None = None) -> None:
        try:
            import ray
        except ImportError as error:
            raise MissingPackageError(
                "curation on a Ray cluster needs Ray. Install it: pip install 'commonhold[ray]'"
            ) from error
        self._ray = ray
        self._room = IN_FLIGHT * workers
        self._ours = not ray.is_initialized()
        if self._ours:
            ray.init(
                address=address,
                num_cpus=None if address else workers,
                include_dashboard=None if address else False,
                log_to_driver=False,
                logging_level="ERROR",
            )

    def map(self, function: Callable[[Task], Made], tasks: Iterable[Task]) -> Iterator[Made]:
        """See `Executor.map`; Ray runs a task again when its worker died."""
        remote = self._ray.remote(max_retries=ATTEMPTS - 1)(function)
        waiting = deque(tasks)
        running = deque(remote.remote(waiting.popleft()) for _ in range(min(self._room, len(waiting))))
        while running:
            made = self._take(running.popleft())
            if waiting:
                running.append(remote.remote(waiting.popleft()))
            yield made

    def _take(self, reference: Any) -> Any:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            raise error.as_instanceof_cause() from error
        except self._ray.exceptions.WorkerCrashedError as error:
            raise _died(ATTEMPTS) from error

    def close(self) -> None:
        """Leaves the cluster, unless this process was in it before; a local one ends."""
        if self._ours:
            self._ray.shutdown()


def _died(attempts: int) -> CommonholdError:
    return CommonholdError(
        f"a worker of curation died {attempts} times, mostly for want of memory. "
        "Nothing is lost: start again with fewer workers (--workers 1); finished parts are kept"
    )


def _quiet() -> None:
    from commonhold import environment

    environment.prepare()


@contextmanager
def _closing(executor: "Processes | Ray") -> Iterator[Executor]:
    try:
        yield executor
    finally:
        executor.close()


@contextmanager
def _inline() -> Iterator[Executor]:
    yield Inline()


def open_executor(name: ExecutorName, workers: int, address: str | None = None) -> AbstractContextManager[Executor]:
    """An executor for a block; its processes end with it."""
    if name == "processes":
        return _closing(Processes(workers))
    return _closing(Ray(workers, address)) if name == "ray" else _inline()
