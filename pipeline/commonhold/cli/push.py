"""The command push."""

from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.options import json_option, workspace_option
from commonhold.cli.value_types import FILE


@command("push", online=True)
@click.argument("target", type=FILE, help="a recipe, or the folder of a bundle")
@click.option("--to", required=True, metavar="HUB/REPO", help="OWNER/NAME on huggingface.co, or https://HUB/OWNER/NAME")
@click.option(
    "--approve-licence", multiple=True, metavar="LICENCE",
    help="a licence that needs a person's decision, and has it; may be given several times",
)  # fmt: skip
@workspace_option
@json_option
def push(target: Path, to: str, approve_licence: tuple[str, ...], workspace: Path, answer: CommandAnswer) -> int:
    """Upload a published bundle to a model hub.

    Ends with 3 if a gate failed, with 4 if a digest differs; then nothing is sent.
    """
    from commonhold.cli.verify import bundle_of
    from commonhold.publish.push import read_target
    from commonhold.releases.push import push_bundle

    hub = read_target(to)
    bundle, _ = bundle_of(target, workspace)
    address = push_bundle(bundle, hub, approve_licence, console)
    console.end()
    answer({"bundle": bundle, "address": address}, address)
    return 0
