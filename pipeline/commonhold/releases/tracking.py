"""Tells the tracker what the runs on disk say; a tracker that is down costs a warning, never a run."""

from collections.abc import Callable

from commonhold.provenance.mlflow_ledger import MlflowLedger, rebuild
from commonhold.provenance.pending_runs import Delivery, deliver, deliver_pending, pending_runs
from commonhold.releases.aliases import mirror_aliases
from commonhold.stages.workspace import Workspace


def track(workspace: Workspace, *, everything: bool = False) -> Delivery:
    """Sends the runs that the tracker has not heard of, or all of them."""
    if everything:
        return rebuild(workspace.root)
    return deliver_pending(workspace.root, MlflowLedger(workspace.root))


def track_if_needed(workspace: Workspace, say: Callable[[str], None]) -> None:
    """Sends pending runs that did some work; says so if the tracker did not take them.

    A run that found everything in the store has nothing to compare, and loading the tracker takes seconds: it goes
    along with the next one.
    """
    ledger = MlflowLedger(workspace.root)
    pending = pending_runs(workspace.root, ledger.place)
    if not any(run.worked for run in pending):
        return
    say("telling MLflow")
    # An import moves `candidate` to what the run published; the model's log has the last word.
    if warning := deliver(pending, ledger).warning or mirror_aliases(workspace, everything=True):
        say(f"note: {warning}")


def track_standing(workspace: Workspace, say: Callable[[str], None]) -> None:
    """Sends what a promotion or withdrawal changed, and the runs that it needs to be known before."""
    say("telling MLflow")
    if warning := deliver_pending(workspace.root, MlflowLedger(workspace.root)).warning or mirror_aliases(workspace):
        say(f"note: {warning}")
