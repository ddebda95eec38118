"""The command curate, and the commands that look into what it made."""

from pathlib import Path
from typing import Unpack

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import CommandSection, GroupWithDefault, command
from commonhold.cli.console import console
from commonhold.cli.contributors import about, consent, receipt
from commonhold.cli.inspect_data import diff, identifier, show, unseal, why_dropped
from commonhold.cli.options import (
    executor_option,
    force_option,
    json_option,
    ray_address_option,
    recipe_argument,
    set_option,
    workers_option,
    workspace_option,
)
from commonhold.cli.recipe_context import WorkerOptions, context_of
from commonhold.errors import RequestError


def curation_data(folder: Path) -> dict[str, object]:
    """What a program gets of a curation, finished or refused."""
    from commonhold.records.curation_summary import read_curation_summary

    return {"folder": folder, "report": folder / "report.html", "summary": read_curation_summary(folder)}


@command("curate")
@recipe_argument
@set_option
@force_option
@executor_option
@workers_option
@ray_address_option
@workspace_option
@json_option
@click.pass_obj
def curate_recipe(
    typed: tuple[str, ...],
    recipe: Path,
    overrides: tuple[str, ...],
    force: tuple[str, ...],
    workspace: Path,
    answer: CommandAnswer,
    **where: Unpack[WorkerOptions],
) -> int:
    """Clean the data and report on it, without training.

    Report and decisions are written even where nothing can be learnt from the rows. Give a recipe, or one of the
    commands below, which look into a curation that was made. A recipe that is called like one of them is written
    ./show.
    """
    from commonhold.stages.pipeline import RunOptions, run_pipeline

    context = context_of(recipe, overrides, workspace, **where)
    try:
        outcome = run_pipeline(
            context.loaded,
            context.workspace,
            console,
            until="curate",
            asked=RunOptions(force, typed),
            workers=context.workers,
        )
    except RequestError as error:
        if error.attempt:
            answer(curation_data(error.attempt), ())
        raise
    made = outcome.artifacts["curate"]
    opening = (made.path / "report.md").read_text(encoding="utf-8").split("\n## ")[:2]
    console.end()
    answer(
        {"run": outcome.run_id, "digest": made.digest, **curation_data(made.path)},
        ["\n## ".join(opening), f"\nThe whole report: {made.path / 'report.html'}"],
    )
    return 0


curate = GroupWithDefault(
    curate_recipe, [CommandSection("Commands", (show, why_dropped, diff, receipt, consent, about, identifier, unseal))]
)
