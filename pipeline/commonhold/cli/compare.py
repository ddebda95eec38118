"""The command compare."""

from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.options import json_option, workspace_option
from commonhold.cli.value_types import FILE


@command("compare")
@click.argument("old", help="a run's id or a part of it, a release such as my-model@1, or a bundle's folder")
@click.argument("new", help="the later one")
@click.option("--html", type=FILE, metavar="FILE", help="write it as a page too")
@workspace_option
@json_option
def compare(old: str, new: str, html: Path | None, workspace: Path, answer: CommandAnswer) -> int:
    """Compare two versions: recipe, data and scores."""
    from commonhold.cli.compare_text import comparison_text
    from commonhold.evaluate.comparison.pages import comparison_data, comparison_html
    from commonhold.files import write_text
    from commonhold.releases.compare import compare as compare_names
    from commonhold.releases.compare import require_folder, tell
    from commonhold.stages.workspace import Workspace

    if html:
        require_folder(html)
    comparison, newer = compare_names(Workspace(workspace), old, new)
    if html:
        write_text(html, comparison_html(comparison))
    answer(comparison_data(comparison), comparison_text(comparison))
    if html:
        console(f"the page: {html}")
    if newer:
        tell(Workspace(workspace), newer, console)
    return 0
