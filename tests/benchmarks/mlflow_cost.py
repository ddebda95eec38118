"""What showing runs in MLflow costs: in a workspace's own SQLite, and on a group's server with PostgreSQL.

    python -m tests.benchmarks.mlflow_cost --workspace .commonhold
    python -m tests.benchmarks.mlflow_cost --runs 200

The first tells the newest run of a workspace that made a bundle, in a process of its own for each line, from copies:
the workspace stays as it is. The second makes many small runs with 500 points of training curves each, and asks for
what the pages ask for.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from tests.provenance.conftest import NOON, Workplace
from tests.provenance.team_server import WHAT_TO_INSTALL, TeamServer, postgresql_programs, team_server

from commonhold.provenance.mapping import entry_of
from commonhold.provenance.mlflow_ledger import MlflowLedger
from commonhold.provenance.mlflow_server import QUIET, URI_VARIABLE
from commonhold.provenance.runs import Run, list_runs, read_run

POINTS = 500
STEPS = POINTS // 4
"""Of four curves: loss, learning rate, gradient norm, tokens a second."""


def main() -> None:
    """Prints seconds, a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        tell(read_run(arguments.one))
        return
    programs = postgresql_programs()
    if programs is None:
        sys.exit(WHAT_TO_INSTALL)
    with tempfile.TemporaryDirectory() as folder, team_server(programs) as server:
        if arguments.workspace:
            one_run(arguments.workspace.resolve(), Path(folder), server)
        if arguments.runs:
            many_runs(arguments.runs, Path(folder) / "many", server)


def one_run(workspace: Path, copies: Path, server: TeamServer) -> None:
    """A real run, into a new database, one that exists, one that knows the run, and a server."""
    run = next(run for run in reversed(list_runs(workspace)) if entry_of(run).models and entry_of(run).stages)
    entry = entry_of(run)
    curves = sum(len(stage.metrics) for stage in entry.stages)
    size = sum(path.stat().st_size for model in entry.models for path in model.folder.rglob("*") if path.is_file())
    print(
        f"{len(entry.params)} params, {len(entry.tags)} tags, {len(entry.metrics)} metrics, {curves} points of curves, "
        f"{len(entry.files)} files, a bundle of {size / 1e6:.0f} MB"
    )
    own = copy_of(run, copies / "own")
    for place in ("new SQLite", "SQLite, first run", "SQLite, the same run again"):
        if place == "SQLite, first run":
            shutil.rmtree(own.workspace / "mlflow" / "artifacts")
            own = copy_of(run, copies / "first")
            ledger = MlflowLedger(own.workspace)
            ledger.client().search_experiments()
        in_a_process(place, own, {})
    server.forget_everything()
    for place in ("server, first run", "server, the same run again"):
        in_a_process(place, own, {URI_VARIABLE: server.uri})


def copy_of(run: Run, workspace: Path) -> Run:
    """The run in a workspace without any other; what its stages made is linked."""
    shutil.copytree(run.folder, workspace / "runs" / run.id)
    (workspace / "objects").symlink_to(run.workspace / "objects")
    return read_run(workspace / "runs" / run.id)


def in_a_process(place: str, run: Run, environment: dict[str, str]) -> None:
    """Has a fresh process tell one run, as at the end of a training."""
    command = [sys.executable, "-m", "tests.benchmarks.mlflow_cost", "--one", str(run.folder)]
    inherited = {name: value for name, value in os.environ.items() if name != URI_VARIABLE}
    done = subprocess.run(command, check=True, env=inherited | environment, stdout=subprocess.PIPE, text=True)
    imported, opened, told, processor = json.loads(done.stdout)
    print(
        f"{place:<28} import {imported:5.1f} s, open {opened:5.2f} s, tell {told:5.2f} s, {processor:5.2f} of processor"
    )


def tell(run: Run) -> None:
    """Prints the seconds of loading MLflow, of opening its store, which loads more, and of telling a run.

    The last figure is the processor's, in this process, for the second and the third.
    """
    os.environ.update(QUIET)
    begun = time.perf_counter()
    import mlflow

    assert mlflow.__version__
    loaded, processor = time.perf_counter(), time.process_time()
    ledger = MlflowLedger(run.workspace)
    ledger.client().get_experiment_by_name(run.recipe.name)
    opened = time.perf_counter()
    ledger.record_run(run)
    told = time.perf_counter()
    print(json.dumps([loaded - begun, opened - loaded, told - opened, time.process_time() - processor]))


def many_runs(count: int, workspace: Path, server: TeamServer) -> None:
    """Small runs with long curves: seconds to write them, and to ask for what the pages show."""
    lines = [
        {"step": step, "loss": 2 / step, "learning_rate": 0.1, "grad_norm": 0.5, "tokens": 100 * step, "seconds": step}
        for step in range(1, STEPS + 1)
    ]
    log = "".join(json.dumps(line) + "\n" for line in lines)
    for number in range(count):
        start = NOON + timedelta(minutes=10 * number)
        Workplace(workspace).whole_run(bundle=f"b{number}", start=start, changed={"train": {"log.jsonl": log}})
    own = MlflowLedger(workspace)
    own.client().search_experiments()
    fill("SQLite", own, lambda: (workspace / "mlflow" / "mlflow.db").stat().st_size)
    server.forget_everything()
    os.environ[URI_VARIABLE] = server.uri
    fill("server", MlflowLedger(workspace), lambda: database_size(server))


def fill(place: str, ledger: MlflowLedger, size: Callable[[], int]) -> None:
    """Tells a ledger all the runs of its workspace, then asks it as MLflow's pages do."""
    before = size()
    runs = list_runs(ledger.folder.parent)
    seconds = timed(lambda: [ledger.record_run(run) for run in runs])
    print(
        f"{place}: {len(runs)} runs of {POINTS} points in {seconds:.0f} s, {seconds / len(runs):.2f} s each; "
        f"the database grew by {(size() - before) / 1e6:.1f} MB to {size() / 1e6:.1f} MB"
    )
    client = ledger.client()
    ids = [each.experiment_id for each in client.search_experiments()]
    kind = "tags.kind = 'recipe-run'"
    stage: Any = client.search_runs(ids, "tags.stage = 'train'", max_results=1)[0]
    asked: dict[str, Callable[[], Any]] = {
        "first page of the table (100 runs)": lambda: client.search_runs(ids, kind, max_results=100),
        "all of them": lambda: client.search_runs(ids, kind, max_results=1000),
        "runs with a score above 0.7": lambda: client.search_runs(ids, f"{kind} and metrics.`eval/desk/tuned` > 0.7"),
        "one curve of one run": lambda: client.get_metric_history(stage.info.run_id, "train/loss"),
        "versions of the model": lambda: client.search_model_versions("name = 'water.desk'"),
    }
    for name, question in asked.items():
        print(f"  {name:<36} {min(timed(question) for _ in range(3)):6.3f} s, {len(question())} answers")


def timed(ask: Callable[[], Any]) -> float:
    """Seconds of one call."""
    begun = time.perf_counter()
    ask()
    return time.perf_counter() - begun


def database_size(server: TeamServer) -> int:
    """Bytes that PostgreSQL takes for the runs."""
    with create_engine(server.database_uri).connect() as connection:
        return int(connection.execute(text("SELECT pg_database_size('mlflow')")).scalar_one())


if __name__ == "__main__":
    main()
