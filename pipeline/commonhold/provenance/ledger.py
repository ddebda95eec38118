"""What an import of runs needs of whatever shows them."""

from typing import Protocol

from commonhold.errors import CommonholdError
from commonhold.provenance.runs import Run


class LedgerError(CommonholdError):
    """The ledger cannot be reached or refuses; the run is safe on disk and can be sent again."""


class Ledger(Protocol):
    """Shows runs; never the only place where something is known."""

    @property
    def place(self) -> str:
        """Where it keeps what it is sent, without passwords; the same place gives the same text."""
        ...

    def record_run(self, run: Run) -> str:
        """Writes a run, or brings an earlier writing of it up to date; gives the run's id in this ledger.

        Raises:
            LedgerError: it cannot be reached or refuses.
            BusyError: another process has been writing to it for too long.
        """
        ...
