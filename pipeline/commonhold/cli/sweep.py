"""The command sweep."""

from dataclasses import asdict
from pathlib import Path

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
from commonhold.cli.options import json_option, recipe_argument, set_option, workspace_option
from commonhold.cli.value_types import NUMBER


@command("sweep")
@recipe_argument
@set_option
@click.option("--trials", type=NUMBER, default=8, metavar="N", help="settings to train with (default: 8)")
@click.option(
    "--over",
    multiple=True,
    metavar="KEY=VALUES",
    help="another key to vary: train.lora.rank=8,16,32 or train.epochs=1..4; may be given several times",
)
@click.option(
    "--seeds", type=NUMBER, default=1, metavar="N", help="train the best ones and the recipe's with so many seeds"
)
@workspace_option
@json_option
@click.pass_obj
def sweep(
    typed: tuple[str, ...],
    recipe: Path,
    overrides: tuple[str, ...],
    trials: int,
    over: tuple[str, ...],
    seeds: int,
    workspace: Path,
    answer: CommandAnswer,
) -> int:
    """Train with several settings and compare their losses.

    The learning rate is varied, and the keys that --over names. Prints a table by validation loss, and says how much of
    the best one's lead may be chance. An interrupted sweep resumes with the same command.
    """
    from commonhold.cli.recipe_context import context_of
    from commonhold.cli.sweep_text import sweep_text
    from commonhold.releases.tracking import track_if_needed
    from commonhold.stages.check import check_forms
    from commonhold.stages.search_space import search_space
    from commonhold.stages.sweep import Sweeper

    context = context_of(recipe, overrides, workspace)
    space = search_space(context.loaded, over)
    check_forms(context)
    finished = Sweeper(context.loaded, context.workspace, space, console, context.inputs, typed).run(trials, seeds)
    track_if_needed(context.workspace, console)
    console.end()
    answer({**asdict(finished), "gains": finished.gains}, sweep_text(finished))
    return 0
