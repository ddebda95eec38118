"""Tasks give the same results wherever they run, in order, also when a worker dies on the way."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from commonhold.curate.engine.executor import Executor, ExecutorName, open_executor
from commonhold.errors import CommonholdError, RequestError


@pytest.fixture(scope="module", params=["inline", "processes", pytest.param("ray", marks=pytest.mark.slow)])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    if request.param == "ray":
        pytest.importorskip("ray")
    name: ExecutorName = request.param
    with open_executor(name, 2) as opened:
        yield opened


def double(number: int) -> int:
    return 2 * number


def refuse(number: int) -> int:
    raise RequestError(f"task {number} has a problem. Mend it")


def die_once(mark: Path) -> str:
    """Ends its own process at the first call, without a word."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return "made"
    os.kill(os.getpid(), signal.SIGKILL)
    return "never"


def own_process(_: int) -> int:
    return os.getpid()


def die(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_results_come_in_the_order_of_the_tasks(executor: Executor) -> None:
    assert list(executor.map(double, range(50))) == [2 * number for number in range(50)]


def test_no_task_gives_no_result(executor: Executor) -> None:
    assert list(executor.map(double, [])) == []


def test_a_tasks_error_reaches_the_caller_as_it_is(executor: Executor) -> None:
    with pytest.raises(RequestError, match="task 3 has a problem"):
        list(executor.map(refuse, [3]))


@pytest.mark.parametrize("name", ["processes", pytest.param("ray", marks=pytest.mark.slow)])
def test_a_worker_that_dies_loses_nothing(name: ExecutorName, tmp_path: Path) -> None:
    if name == "ray":
        pytest.importorskip("ray")
    marks = [tmp_path / str(number) for number in range(6)]
    with open_executor(name, 2) as executor:
        assert list(executor.map(die_once, marks)) == ["made"] * 6


def test_a_worker_that_dies_while_it_waits_is_replaced() -> None:
    with open_executor("processes", 1) as executor:
        (first,) = executor.map(own_process, [0])
        os.kill(first, signal.SIGKILL)
        (second,) = executor.map(own_process, [0])
    assert second != first


def test_workers_that_always_die_end_with_a_remedy() -> None:
    with open_executor("processes", 1) as executor, pytest.raises(CommonholdError, match="--workers 1"):
        list(executor.map(die, [1]))
