"""The command clean."""

import shutil
from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option, workspace_option

REMOVED = ("objects", "refused", "work", "runs", "releases", "sweeps", "mlflow")


@command("clean")
@click.option("--remove", is_flag=True, help="remove artifacts, runs and the tracker's database")
@workspace_option
@json_option
def clean(remove: bool, workspace: Path, answer: CommandAnswer) -> int:
    """List what the workspace holds, or remove it.

    Base models, the workspace's key and what people signed always stay.
    """
    from commonhold.files import locked
    from commonhold.stages.store import Store
    from commonhold.stages.workspace import Workspace

    opened_workspace = Workspace(workspace)
    sizes = Store(opened_workspace).sizes()
    total = sum(size for _, size in sizes)
    lines = [f"{size / 1e6:>10.1f} MB  {name}" for name, size in sizes]
    lines.append(f"{total / 1e6:>10.1f} MB  in {opened_workspace.root}")
    if remove:
        with locked(opened_workspace.lock, "commonhold clean"):
            for name in REMOVED:
                shutil.rmtree(opened_workspace.root / name, ignore_errors=True)
        lines.append("removed")
    else:
        lines.append("To remove it all (base models and the workspace's key stay): commonhold clean --remove")
    parts = [{"name": name, "bytes": size} for name, size in sizes]
    answer({"workspace": opened_workspace.root, "bytes": total, "parts": parts, "removed": remove}, lines)
    return 0
