"""The command check."""

from dataclasses import asdict
from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option, recipe_argument, set_option, workspace_option
from commonhold.number_format import count


@command("check")
@recipe_argument
@set_option
@click.option("--without-weights", is_flag=True, help="do not look for the base model: for a machine that only checks")
@workspace_option
@json_option
def check(
    recipe: Path, overrides: tuple[str, ...], without_weights: bool, workspace: Path, answer: CommandAnswer
) -> int:
    """Find problems in a recipe, its data and its tasks.

    Opens every file and tries what curation would do, on 10,000 rows at most; shows rows as they were understood, what
    looks odd, how many rows would be used, and what may be public. Nothing is made. All the problems of all the files
    come at once, each with its line and a remedy.
    """
    from commonhold.cli.check_text import data_text
    from commonhold.cli.recipe_context import context_of
    from commonhold.curate.privacy.public_proposals import datasheet_lines
    from commonhold.stages.check import check as check_recipe

    checked = check_recipe(
        context_of(recipe, overrides, workspace),
        lambda data: answer.early("\n".join(data_text(data)) + "\n"),
        weights=not without_weights,
    )
    data = checked.data
    lines = datasheet_lines(data.proposed, data.listed) if data and data.proposed else []
    answer(
        {"recipe": recipe, **asdict(checked), "public_lines": lines},
        f"{recipe} is in order: {count(checked.data_files, 'data file')}, {count(checked.tasks, 'task')} with "
        f"{count(checked.items, 'item')}, base {checked.base} ({checked.licence})",
    )
    return 0
