"""Commands that use what was made: serve, ui, verify, push, track, clean."""

import argparse
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from commonhold.cli.dispatch import talk
from commonhold.errors import DigestError, MissingInputError, RequestError
from commonhold.files import write_text
from commonhold.stages.workspace import Workspace

if TYPE_CHECKING:
    from commonhold.publish.verification.attestations import Attestations


def serve(arguments: argparse.Namespace) -> int:
    """The champion on 127.0.0.1, or the candidate, until Ctrl-C."""
    from commonhold.cli.making import context_of
    from commonhold.stages.serving import serve_published

    serve_published(context_of(arguments), talk, arguments.port, as_candidate=arguments.candidate)
    return 0


def ui(arguments: argparse.Namespace) -> int:
    """MLflow's own UI, until Ctrl-C."""
    from commonhold.provenance.mlflow_server import ui_command

    command = ui_command(arguments.workspace, arguments.port)
    talk(f"MLflow is starting on http://127.0.0.1:{arguments.port} (Ctrl-C ends it)")
    return subprocess.run(command.command, env={**os.environ, **command.environment}, check=False).returncode  # noqa: S603


def verify(arguments: argparse.Namespace) -> int:
    """Every file of a bundle against its digest, and every signature; exit code 4 if one does not fit."""
    from commonhold.cli.trusting import trust_of
    from commonhold.digests import sha256_file
    from commonhold.publish.standalone import standalone_text
    from commonhold.publish.verification.verdict import verdict_data, verdict_lines
    from commonhold.publish.verify import inspect_fully, refusal

    if arguments.standalone_to:
        write_text(arguments.standalone_to, standalone_text())
        print(f"{arguments.standalone_to}: sha256 {sha256_file(arguments.standalone_to)}")
        return 0
    if not arguments.target:
        raise RequestError("verify what? Give a recipe, the folder of a bundle, or an archive")
    target, beside = _bundle(arguments.target, Workspace(arguments.workspace))
    found = inspect_fully(target, trust_of(arguments), beside)
    problems = found.findings.problems
    if arguments.json:
        print(json.dumps(verdict_data(found), indent=2))
    if problems:
        raise DigestError(refusal(target, problems))
    if not arguments.json:
        print(*verdict_lines(found), sep="\n")
    return 0


def push(arguments: argparse.Namespace) -> int:
    """A bundle to a hub; exit code 3 if a gate failed, 4 if a digest differs."""
    from commonhold.publish.push import read_target
    from commonhold.stages.pushing import push_bundle

    target = read_target(arguments.to)
    bundle, _ = _bundle(arguments.target, Workspace(arguments.workspace))
    address = push_bundle(bundle, target, arguments.approve_licence, talk)
    print(address)
    return 0


def _bundle(target: Path, workspace: Workspace) -> "tuple[Path, Attestations | None]":
    """What is to be checked, and its attestations where they do not lie beside it."""
    from commonhold.recipe.load import load_recipe
    from commonhold.stages.attestations import attestations_of
    from commonhold.stages.releases import candidate, stated_digest

    if target.suffix not in {".yaml", ".yml"}:
        if not target.exists():
            raise MissingInputError(f"{target}: neither a recipe nor a folder. Give one of the two, or an archive")
        return target, None
    model = load_recipe(target).recipe.publish.model
    folder = candidate(workspace, model)[1]
    return folder, attestations_of(workspace, model, stated_digest(folder))


def track(arguments: argparse.Namespace) -> int:
    """Runs on disk into MLflow."""
    from commonhold.stages.aliases import mirror_aliases
    from commonhold.stages.tracking import track as track_runs

    workspace = Workspace(arguments.workspace)
    delivery = track_runs(workspace, everything=arguments.all)
    print(f"{len(delivery.sent)} runs sent")
    if warning := delivery.warning or mirror_aliases(workspace, everything=arguments.all):
        raise RequestError(warning)
    return 0


def clean(arguments: argparse.Namespace) -> int:
    """What the workspace holds, by size; `--remove` leaves base models, the key and what people signed."""
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
