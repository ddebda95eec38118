"""The command fetch."""

from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.options import json_option, workspace_option


@command("fetch", online=True)
@click.argument("model", help="its id; see: commonhold catalog")
@workspace_option
@json_option
def fetch(model: str, workspace: Path, answer: CommandAnswer) -> int:
    """Download a base model of the catalog.

    It is kept in the workspace, at the commit that the catalog pins.
    """
    from commonhold.models.fetch import fetch_base
    from commonhold.stages.workspace import Workspace

    base = fetch_base(model, Workspace(workspace).bases, console)
    answer(
        {
            "id": base.id,
            "revision": base.revision,
            "folder": base.path,
            "files": len(base.files),
            "digest": base.digest,
        },
        f"{base.id} at {base.revision} is in {base.path}: {len(base.files)} files, digest {base.digest}",
    )
    return 0
