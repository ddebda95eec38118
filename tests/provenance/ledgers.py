"""Ledgers for tests, a workspace's own or a group's, and what they know."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.provenance.team_server import TeamServer

from commonhold.provenance.mlflow_ledger import MlflowLedger
from commonhold.provenance.mlflow_server import URI_VARIABLE
from commonhold.provenance.runs import Run

PLACES = ["own", pytest.param("server", marks=pytest.mark.slow)]
"""For fixtures: what holds for the one has to hold for the other."""


class MemoryLedger:
    """What it was told last about each run, by run id."""

    place = "memory"

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}

    def record_run(self, run: Run) -> str:
        """Keeps the run."""
        self.runs[run.id] = run
        return run.id


class Told(NamedTuple):
    """A run that a ledger was told about; tests that share it only look."""

    run: Run
    ledger: MlflowLedger
    id: str
    client: Any


def own_ledger_in(workspace: Path, empty_database: Path) -> MlflowLedger:
    """A workspace's own ledger, which knows nothing yet."""
    (workspace / "mlflow").mkdir(parents=True)
    shutil.copy(empty_database, workspace / "mlflow" / "mlflow.db")
    return MlflowLedger(workspace)


def ledger_on(server: TeamServer, workspace: Path, patch: pytest.MonkeyPatch) -> MlflowLedger:
    """A group's ledger, which knows nothing any more."""
    server.forget_everything()
    patch.setenv(URI_VARIABLE, server.uri)
    return MlflowLedger(workspace)


def all_runs(ledger: MlflowLedger, condition: str = "") -> list[Any]:
    """Runs and stages of all experiments."""
    client = ledger.client()
    return list(client.search_runs([each.experiment_id for each in client.search_experiments()], condition))


def aliases_of(ledger: MlflowLedger) -> dict[str, int]:
    """Versions of the toy model by alias; a server gives numbers as text."""
    aliases = ledger.client().get_registered_model("water.desk").aliases
    return {alias: int(version) for alias, version in aliases.items()}
