"""Commands that release a model or take it back: promote, withdraw, export."""

from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.keys import private_key_of
from commonhold.cli.options import json_option, key_option, passphrase_option, version_option, workspace_option
from commonhold.cli.sign import model_argument, named, named_data
from commonhold.cli.value_types import FOLDER
from commonhold.number_format import listed


@command("promote")
@model_argument
@click.option(
    "--despite-undecided", default="", metavar="REASON", help="promote although gates are undecided, and say why"
)
@key_option
@version_option
@passphrase_option
@workspace_option
@json_option
def promote(
    model: str,
    despite_undecided: str,
    key: Path | None,
    version: int,
    passphrase_file: Path | None,
    workspace: Path,
    answer: CommandAnswer,
) -> int:
    """Make an approved bundle the one that is served.

    It takes enough approvals and gates that hold, else the command ends with 3.
    """
    from commonhold.releases import promote as promotion
    from commonhold.releases.tracking import track_standing
    from commonhold.stages.workspace import Workspace

    opened_workspace, signer = Workspace(workspace), private_key_of(key, passphrase_file) if key else None
    promoted = promotion.promote(opened_workspace, model, signer, version, despite_undecided)
    assert promoted.quorum is not None
    approved_by, head = promoted.quorum.approved_by, promotion.log_head(opened_workspace, model)
    answer(
        {**named_data(promoted), "approved_by": approved_by, "log_head": head},
        [
            f"{named(promoted)}, is the champion, approved by {listed(list(approved_by))}. It is what is served",
            f"log head {head}",
        ],
    )
    track_standing(opened_workspace, console)
    return 0


@command("withdraw")
@model_argument
@click.option("--reason", required=True, metavar="REASON", help="for people who use the model")
@key_option
@version_option
@passphrase_option
@workspace_option
@json_option
def withdraw(
    model: str,
    reason: str,
    key: Path | None,
    version: int,
    passphrase_file: Path | None,
    workspace: Path,
    answer: CommandAnswer,
) -> int:
    """Withdraw a bundle permanently, and say why.

    It is served no more, and cannot be promoted again.
    """
    from commonhold.releases import promote as promotion
    from commonhold.releases.tracking import track_standing
    from commonhold.stages.workspace import Workspace

    opened_workspace, signer = Workspace(workspace), private_key_of(key, passphrase_file) if key else None
    bundle = promotion.withdraw(opened_workspace, model, reason, signer, version)
    head = promotion.log_head(opened_workspace, model)
    answer(
        {**bundle._asdict(), "reason": reason, "log_head": head},
        [
            f"{bundle.model}, version {bundle.version}, is withdrawn. Restart every server that runs it",
            f"log head {head}",
        ],
    )
    track_standing(opened_workspace, console)
    return 0


@command("export")
@model_argument
@click.argument("folder", type=FOLDER, help="a new folder")
@version_option
@workspace_option
@json_option
def export(model: str, folder: Path, version: int, workspace: Path, answer: CommandAnswer) -> int:
    """Export a bundle with its signatures and its log.

    Into one folder, for others to download and verify.
    """
    from commonhold.releases import promote as promotion
    from commonhold.stages.workspace import Workspace

    opened_workspace = Workspace(workspace)
    exported = promotion.export_release(opened_workspace, model, folder, version)
    head = promotion.log_head(opened_workspace, model)
    answer(
        {"model": model, "folder": folder, "files": exported.files, "bundle_sha256": exported.digest, "log_head": head},
        [
            f"{folder}: {exported.files} files, bundle digest {exported.digest}",
            f"log head {head}",
            "Publish the digest, your public key and the log head somewhere else than the folder",
        ],
    )
    return 0
