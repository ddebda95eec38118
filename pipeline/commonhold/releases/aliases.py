"""Where `candidate`, `champion` and `withdrawn` are in the tracker: a mirror of the models' logs."""

from commonhold.errors import BusyError
from commonhold.files import read_json, write_json
from commonhold.provenance.entries import AliasEntry
from commonhold.provenance.ledger import LedgerError
from commonhold.provenance.mlflow_ledger import MlflowLedger
from commonhold.releases.model_log import log_path, read_model_log
from commonhold.releases.versions import read_releases
from commonhold.signatures.chain import LogEntry
from commonhold.stages.workspace import Workspace

MOVES = ("promoted", "withdrawn")
RETRY = "To try again, run: commonhold track"


def alias_entry(workspace: Workspace, model: str) -> AliasEntry:
    """The aliases of a model: the newest publication and promotion that were not withdrawn, and the newest withdrawal.

    Raises:
        CommonholdError: nothing was published, or the log was changed.
    """
    releases = read_releases(workspace, model)
    withdrawn = releases.standing.withdrawn
    newest = releases.bundles.get(releases.candidate, "")
    aliases = {
        "candidate": "" if newest in withdrawn else newest,
        "champion": releases.standing.champion,
        "withdrawn": next(reversed(tuple(withdrawn)), ""),
    }
    return AliasEntry(model, aliases, withdrawn)


def mirror_aliases(workspace: Workspace, *, everything: bool = False) -> str:
    """Tells the tracker of promotions and withdrawals that it has not heard of; gives a warning if that fails."""
    ledger = MlflowLedger(workspace.root)
    for log in sorted(workspace.logs.glob("*.jsonl")):
        model = log.stem
        entries = read_model_log(workspace, model)
        if not any(each.event in MOVES for each in entries):
            continue
        if not everything and _marker(workspace, model) == {"place": ledger.place, "head": entries[-1].digest}:
            continue
        try:
            missing = ledger.record_aliases(alias_entry(workspace, model))
        except (LedgerError, BusyError) as error:
            return f"the aliases of {model} are not in the tracker: {str(error).rstrip('.')}. {RETRY}"
        if missing:
            return f"the aliases of {model} are not in the tracker, which does not know its bundle yet. {RETRY} --all"
        _mark(workspace, model, ledger.place, entries)
    return ""


def _marker(workspace: Workspace, model: str) -> object:
    path = log_path(workspace, model).with_suffix(".tracked.json")
    return read_json(path) if path.is_file() else None


def _mark(workspace: Workspace, model: str, address: str, entries: tuple[LogEntry, ...]) -> None:
    write_json(log_path(workspace, model).with_suffix(".tracked.json"), {"place": address, "head": entries[-1].digest})
