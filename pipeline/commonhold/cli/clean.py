"""The command clean."""

import shutil
from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option, workspace_option

REMOVED = ("objects", "work", "runs", "releases", "sweeps", "mlflow")


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

    place = Workspace(workspace)
    sizes = Store(place).sizes()
    total = sum(size for _, size in sizes)
    lines = [f"{size / 1e6:>10.1f} MB  {name}" for name, size in sizes]
    lines.append(f"{total / 1e6:>10.1f} MB  in {place.root}")
    if remove:
        with locked(place.lock, "commonhold clean"):
            for name in REMOVED:
                shutil.rmtree(place.root / name, ignore_errors=True)
        lines.append("removed")
    else:
        lines.append("To remove it all (base models and the workspace's key stay): commonhold clean --remove")
    parts = [{"name": name, "bytes": size} for name, size in sizes]
    answer({"workspace": place.root, "bytes": total, "parts": parts, "removed": remove}, lines)
    return 0
