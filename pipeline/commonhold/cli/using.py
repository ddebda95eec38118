"""Commands that use what was made: serve, ui, verify, push, track, clean."""

import argparse
import os
import shutil
import subprocess
from pathlib import Path

from commonhold.cli.dispatch import talk
from commonhold.errors import MissingInputError, RequestError
from commonhold.stages.workspace import Workspace


def serve(arguments: argparse.Namespace) -> int:
    """The candidate on 127.0.0.1, until Ctrl-C."""
    from commonhold.cli.making import context_of
    from commonhold.stages.serving import serve_candidate

    serve_candidate(context_of(arguments), talk, arguments.port)
    return 0


def ui(arguments: argparse.Namespace) -> int:
    """MLflow's own UI, until Ctrl-C."""
    from commonhold.provenance.mlflow_server import ui_command

    command = ui_command(arguments.workspace, arguments.port)
    talk(f"MLflow is starting on http://127.0.0.1:{arguments.port} (Ctrl-C ends it)")
    return subprocess.run(command.command, env={**os.environ, **command.environment}, check=False).returncode  # noqa: S603


def verify(arguments: argparse.Namespace) -> int:
    """Every file of a bundle against its digest; exit code 4 if one differs."""
    from commonhold.publish.verify import verify as verify_bundle

    verification = verify_bundle(_bundle(arguments.target, Workspace(arguments.workspace)))
    print(f"{verification.files} files match, bundle digest {verification.digest}")
    for title, lines in (
        ("proven", verification.proven),
        ("claimed by the publisher", verification.claimed),
        ("cannot be checked here", verification.not_checkable),
    ):
        print(f"\n{title}:", *(f"  {line}" for line in lines), sep="\n")
    return 0


def push(arguments: argparse.Namespace) -> int:
    """A bundle to a hub; exit code 3 if a gate failed, 4 if a digest differs."""
    from commonhold.publish.push import read_target
    from commonhold.stages.pushing import push_bundle

    target = read_target(arguments.to)
    bundle = _bundle(arguments.target, Workspace(arguments.workspace))
    address = push_bundle(bundle, target, arguments.approve_licence, talk)
    print(address)
    return 0


def _bundle(target: Path, workspace: Workspace) -> Path:
    from commonhold.recipe.load import load_recipe
    from commonhold.stages.releases import candidate

    if target.is_dir():
        return target
    if target.suffix not in {".yaml", ".yml"}:
        raise MissingInputError(f"{target}: neither a recipe nor a folder. Give one of the two")
    return candidate(workspace, load_recipe(target).recipe.publish.model)[1]


def track(arguments: argparse.Namespace) -> int:
    """Runs on disk into MLflow."""
    from commonhold.stages.tracking import track as track_runs

    delivery = track_runs(Workspace(arguments.workspace), everything=arguments.all)
    print(f"{len(delivery.sent)} runs sent")
    if delivery.warning:
        raise RequestError(delivery.warning)
    return 0


def clean(arguments: argparse.Namespace) -> int:
    """What the workspace holds, by size; with `--remove`, it goes, but for base models and the key."""
    from commonhold.files import locked
    from commonhold.stages.store import Store

    workspace = Workspace(arguments.workspace)
    sizes = Store(workspace).sizes()
    for name, size in sizes:
        print(f"{size / 1e6:>10.1f} MB  {name}")
    print(f"{sum(size for _, size in sizes) / 1e6:>10.1f} MB  in {workspace.root}")
    if not arguments.remove:
        print("To remove it all (base models and the workspace's key stay): commonhold clean --remove")
        return 0
    with locked(workspace.lock, "commonhold clean"):
        for name in ("objects", "work", "runs", "releases", "sweeps", "mlflow"):
            shutil.rmtree(workspace.root / name, ignore_errors=True)
    print("removed")
    return 0
