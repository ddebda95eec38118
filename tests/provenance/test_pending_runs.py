"""What the ledger has not heard of is known, and telling it again does no harm."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.provenance.ledgers import MemoryLedger

from commonhold.errors import BusyError
from commonhold.provenance.ledger import LedgerError
from commonhold.provenance.pending_runs import (
    MARKER,
    Delivery,
    content_digest,
    deliver,
    deliver_all,
    deliver_pending,
    pending_runs,
)
from commonhold.provenance.runs import Run, RunFolder, read_run

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
Begin = Callable[..., RunFolder]


class BrokenLedger(MemoryLedger):
    """Takes `runs_before_it_breaks` runs and then refuses."""

    def __init__(self, runs_before_it_breaks: int, error: Exception) -> None:
        super().__init__()
        self.left = runs_before_it_breaks
        self.error = error

    def record_run(self, run: Run) -> str:
        if self.left == 0:
            raise self.error
        self.left -= 1
        return super().record_run(run)


def _finished(begin: Begin) -> str:
    with begin() as run:
        run.record("curate", "k", "done", started=NOON, seconds=0.0)
    return run.id


def test_new_run_is_pending_until_it_is_delivered(begin: Begin, workspace: Path) -> None:
    run_id = _finished(begin)
    assert [run.id for run in pending_runs(workspace, "memory")] == [run_id]
    ledger = MemoryLedger()
    assert deliver_pending(workspace, ledger) == Delivery((run_id,), ())
    assert pending_runs(workspace, "memory") == ()
    assert list(ledger.runs) == [run_id]


def test_run_that_went_on_is_pending_again(begin: Begin, workspace: Path) -> None:
    ledger = MemoryLedger()
    with begin() as run:
        run.record("curate", "k", "done", started=NOON, seconds=0.0)
        deliver_pending(workspace, ledger)
        assert pending_runs(workspace, "memory") == ()
        run.record("train", "k", "done", started=NOON, seconds=0.0)
        assert len(pending_runs(workspace, "memory")) == 1
    deliver_pending(workspace, ledger)
    assert len(ledger.runs[run.id].events) == 2
    assert ledger.runs[run.id].status == "done"


def test_run_that_was_cut_off_after_delivery_is_pending_again(begin: Begin, workspace: Path) -> None:
    run = begin()
    deliver_pending(workspace, MemoryLedger())
    run._events.close()  # what the operating system does when the process dies
    assert [pending.status for pending in pending_runs(workspace, "memory")] == ["interrupted"]


def test_line_that_comes_while_a_run_is_sent_makes_it_pending_once_more(begin: Begin, workspace: Path) -> None:
    run = begin()

    class SlowLedger(MemoryLedger):
        def record_run(self, told: Run) -> str:
            run.record("train", "k", "done", started=NOON, seconds=0.0)
            return super().record_run(told)

    deliver_pending(workspace, SlowLedger())
    assert [pending.id for pending in pending_runs(workspace, "memory")] == [run.id]
    run.finish("done")


def test_run_is_pending_for_another_place(begin: Begin, workspace: Path) -> None:
    run_id = _finished(begin)
    deliver_pending(workspace, MemoryLedger())
    assert [run.id for run in pending_runs(workspace, "elsewhere")] == [run_id]


@pytest.mark.parametrize("marker", ["", "[]", "{}", "nonsense", '{"place": "memory"}'])
def test_marker_that_tells_nothing_leaves_the_run_pending(begin: Begin, workspace: Path, marker: str) -> None:
    run_id = _finished(begin)
    (workspace / "runs" / run_id / MARKER).write_text(marker)
    assert [run.id for run in pending_runs(workspace, "memory")] == [run_id]


def test_copied_marker_of_another_run_does_not_count(begin: Begin, workspace: Path) -> None:
    first, second = _finished(begin), _finished(begin)
    deliver_pending(workspace, MemoryLedger())
    marker = (workspace / "runs" / first / MARKER).read_text()
    (workspace / "runs" / second / MARKER).write_text(marker)
    assert [run.id for run in pending_runs(workspace, "memory")] == [second]


@pytest.mark.parametrize("error", [LedgerError("no route to host."), BusyError("process 7 is at work here")])
def test_refusal_keeps_this_run_and_all_after_it_pending(begin: Begin, workspace: Path, error: Exception) -> None:
    first, second, third = (_finished(begin) for _ in range(3))
    delivery = deliver_pending(workspace, BrokenLedger(1, error))
    assert (delivery.sent, delivery.pending) == ((first,), (second, third))
    assert [run.id for run in pending_runs(workspace, "memory")] == [second, third]


def test_warning_has_the_cause_and_the_command_that_tries_again(begin: Begin, workspace: Path) -> None:
    _finished(begin)
    delivery = deliver_pending(workspace, BrokenLedger(0, LedgerError("no route to host.")))
    assert delivery.warning == (
        "1 run is on disk but not in the tracker: no route to host. To try again, run: commonhold track"
    )


def test_delivery_of_everything_has_no_warning(begin: Begin, workspace: Path) -> None:
    _finished(begin)
    assert deliver_pending(workspace, MemoryLedger()).warning == ""


def test_bug_in_a_ledger_is_not_swallowed(begin: Begin, workspace: Path) -> None:
    _finished(begin)
    with pytest.raises(ZeroDivisionError):
        deliver_pending(workspace, BrokenLedger(0, ZeroDivisionError()))


def test_everything_is_told_to_a_new_ledger_oldest_first(begin: Begin, workspace: Path) -> None:
    ids = [_finished(begin) for _ in range(3)]
    deliver_pending(workspace, MemoryLedger())
    ledger = MemoryLedger()
    assert deliver_all(workspace, ledger).sent == tuple(ids)
    assert list(ledger.runs) == ids


def test_chosen_runs_only_are_delivered(begin: Begin, workspace: Path) -> None:
    first, second = _finished(begin), _finished(begin)
    deliver([read_run(workspace / "runs" / second)], MemoryLedger())
    assert [run.id for run in pending_runs(workspace, "memory")] == [first]


def test_marker_does_not_change_what_a_run_tells(begin: Begin, workspace: Path) -> None:
    run = read_run(workspace / "runs" / _finished(begin))
    before = content_digest(run)
    deliver_pending(workspace, MemoryLedger())
    assert content_digest(read_run(run.folder)) == before
