"""The command serve."""

from pathlib import Path

import click

from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.options import recipe_argument, set_option, workspace_option


@command("serve")
@recipe_argument
@set_option
@click.option("--port", type=click.INT, metavar="PORT", help="another port than the recipe's")
@click.option("--candidate", is_flag=True, help="the newest version, although another was promoted")
@workspace_option
def serve(recipe: Path, overrides: tuple[str, ...], port: int | None, candidate: bool, workspace: Path) -> int:
    """Serve the model on this machine, with a chat page.

    The promoted version, or else the newest, on 127.0.0.1 until Ctrl-C: a chat page, and an API like OpenAI's.
    """
    from commonhold.cli.recipe_context import context_of
    from commonhold.releases.serve import serve_published

    serve_published(context_of(recipe, overrides, workspace), console, port, as_candidate=candidate)
    return 0
