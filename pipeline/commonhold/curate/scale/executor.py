"""Where curation's tasks run: here, in processes of this machine, or on a Ray cluster; what they make is the same.

A task is a picklable argument to a picklable function that writes files and gives a small result. Tasks are
idempotent: one that was cut off is run again and makes the same files (see `shards.once`).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context
from typing import Any, Literal, Protocol, TypeVar

from commonhold.errors import CommonholdError, MissingPackageError

Task = TypeVar("Task")
Made = TypeVar("Made")
ExecutorName = Literal["inline", "processes", "ray"]
IN_FLIGHT = 2
"""Tasks handed out for each worker, so that none waits and results that nobody has taken stay few."""
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
    """A pool of fresh Python processes on this machine."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._new_pool()

    def map(self, function: Callable[[Task], Made], tasks: Iterable[Task]) -> Iterator[Made]:
        """See `Executor.map`; a worker that died takes the tasks in flight with it, which are then run again."""
        todo = list(tasks)
        done, attempts = 0, 0
        while done < len(todo):
            try:
                for made in self._in_order(function, todo[done:]):
                    done, attempts = done + 1, 0
                    yield made
            except BrokenProcessPool as error:
                attempts += 1
                self.close()
                if attempts == ATTEMPTS:
                    raise _died(attempts) from error
                self._pool = self._new_pool()

    def _in_order(self, function: Callable[[Task], Made], tasks: list[Task]) -> Iterator[Made]:
        waiting = deque(tasks)
        running = deque(self._pool.submit(function, waiting.popleft()) for _ in range(min(self._room, len(tasks))))
        while running:
            made = running.popleft().result()
            if waiting:
                running.append(self._pool.submit(function, waiting.popleft()))
            yield made

    @property
    def _room(self) -> int:
        return IN_FLIGHT * self._workers

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self._workers, mp_context=get_context("spawn"), initializer=_quiet)

    def close(self) -> None:
        """Ends the processes."""
        self._pool.shutdown(cancel_futures=True)


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
    from commonhold import surroundings

    surroundings.prepare()


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
