"""Which runs a ledger does not have, and sending them; a ledger that is down costs a warning, never a run.

`tracked.json` in a run's folder says where the run was sent and a digest of what was sent. A run is pending while that
file is missing, names another place, or the run has more to send.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from commonhold.digests import digest_of, sha256_file
from commonhold.errors import BusyError, NoSpaceError
from commonhold.files import read_json, write_json
from commonhold.provenance.ledger import Ledger, LedgerError
from commonhold.provenance.runs import COMPARISONS, EVENTS, HEADER, Run, list_runs, read_run

MARKER = "tracked.json"
RETRY_COMMAND = "commonhold track"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of an attempt to send runs to a ledger."""

    sent: tuple[str, ...]
    """Ids of the runs that arrived."""
    pending: tuple[str, ...]
    """Ids of the runs that did not; the first refusal ends the attempt."""
    cause: str = ""

    @property
    def warning(self) -> str:
        """For the person, with the command that tries again; empty when everything arrived."""
        if not self.pending:
            return ""
        runs = "1 run is" if len(self.pending) == 1 else f"{len(self.pending)} runs are"
        return f"{runs} on disk but not in the tracker: {self.cause}. To try again, run: {RETRY_COMMAND}"


def content_digest(run: Run) -> str:
    """Digest of all that a run's folder holds at this moment, and of whether it continues."""
    files = [sha256_file(run.folder / name) for name in (HEADER, EVENTS)]
    pages = [sha256_file(path) for path in sorted((run.folder / COMPARISONS).glob("*.*"))]
    return digest_of([*files, run.status, *pages])


def was_sent(run: Run, address: str) -> bool:
    """Whether the ledger at `address` was sent a run, be it of an earlier state."""
    try:
        return bool(read_json(run.folder / MARKER)["place"] == address)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def pending_runs(workspace: Path, address: str) -> tuple[Run, ...]:
    """The runs that the ledger at `address` does not have, or not to the end; oldest first."""
    return tuple(run for run in list_runs(workspace) if _is_pending(run, address))


def _is_pending(run: Run, address: str) -> bool:
    try:
        marker = read_json(run.folder / MARKER)
        return bool(marker["place"] != address or marker["digest"] != content_digest(run))
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
    ):  # no marker, or one that says nothing: sending twice is harmless
        return True


def deliver(runs: Iterable[Run], ledger: Ledger) -> Delivery:
    """Sends runs to a ledger, in the order given, and marks those that arrived."""
    waiting = list(runs)
    sent: list[str] = []
    while waiting:
        run = waiting[0]
        digest = content_digest(run)  # before reading: a line that is added in between makes the run pending once more
        try:
            ledger_id = ledger.record_run(read_run(run.folder))
            write_json(run.folder / MARKER, {"place": ledger.place, "digest": digest, "ledger_id": ledger_id})
        except (LedgerError, BusyError, NoSpaceError) as error:
            return Delivery(tuple(sent), tuple(run.id for run in waiting), str(error).rstrip("."))
        sent.append(run.id)
        del waiting[0]
    return Delivery(tuple(sent), ())


def deliver_pending(workspace: Path, ledger: Ledger) -> Delivery:
    """Sends a ledger every run that it does not have yet."""
    return deliver(pending_runs(workspace, ledger.place), ledger)


def deliver_all(workspace: Path, ledger: Ledger) -> Delivery:
    """Sends every run to a ledger, markers or not; for a ledger that was lost or is new. Deletes nothing."""
    return deliver(list_runs(workspace), ledger)
