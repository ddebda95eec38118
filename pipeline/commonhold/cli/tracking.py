"""Commands about MLflow: ui, track."""

import os
import subprocess
from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.options import json_option, workspace_option
from commonhold.errors import RequestError
from commonhold.number_format import count


@command("ui")
@click.option("--port", type=click.INT, default=5000, metavar="PORT", help="port (default: 5000)")
@workspace_option
def ui(port: int, workspace: Path) -> int:
    """Open the runs in the MLflow UI.

    On 127.0.0.1, until Ctrl-C.
    """
    from commonhold.provenance.mlflow_server import ui_command

    server = ui_command(workspace, port)
    console(f"MLflow is starting on http://127.0.0.1:{port} (Ctrl-C ends it)")
    return subprocess.run(server.command, env={**os.environ, **server.environment}, check=False).returncode  # noqa: S603


@command("track")
@click.option("--all", "everything", is_flag=True, help="every run again, for instance into a new database")
@workspace_option
@json_option
def track(everything: bool, workspace: Path, answer: CommandAnswer) -> int:
    """Send the runs on disk to MLflow.

    Only those that are not there yet, as when MLflow could not be reached.
    """
    from commonhold.releases.aliases import mirror_aliases
    from commonhold.releases.tracking import track as track_runs
    from commonhold.stages.workspace import Workspace

    delivery = track_runs(Workspace(workspace), everything=everything)
    sent, pending = delivery.sent, delivery.pending
    answer({"sent": sent, "pending": pending}, f"{count(len(sent), 'run')} sent")
    if warning := delivery.warning or mirror_aliases(Workspace(workspace), everything=everything):
        raise RequestError(warning)
    return 0
