"""The command train."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.console import console
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

if TYPE_CHECKING:
    from commonhold.stages.stage import Context, StageName


@command("train")
@recipe_argument
@set_option
@force_option
@executor_option
@workers_option
@ray_address_option
@workspace_option
@json_option
@click.pass_obj
def train(
    typed: tuple[str, ...],
    recipe: Path,
    overrides: tuple[str, ...],
    force: tuple[str, ...],
    workspace: Path,
    answer: CommandAnswer,
    **where: Unpack[WorkerOptions],
) -> int:
    """Curate, train, evaluate and publish.

    A stage runs only if something that it depends on has changed. An interrupted run resumes where it stopped, with the
    same command. Ends with 3 if a gate says no.
    """
    from commonhold.cli.curate import curation_data
    from commonhold.cli.train_text import evaluated_data, published_data, published_text, scores_text
    from commonhold.errors import CommonholdError, GateError
    from commonhold.releases.release import run_and_release
    from commonhold.releases.tracking import track_if_needed
    from commonhold.stages.check import check_forms
    from commonhold.stages.pipeline import RunOptions

    context = context_of(recipe, overrides, workspace, **where)
    check_forms(context)
    scores: dict[str, object] = {}

    def show(stage: "StageName", context: "Context") -> None:
        if stage == "evaluate":
            console.end()
            scores.update(evaluated_data(context.artifacts))
            answer.early(scores_text(context.artifacts))

    try:
        outcome = run_and_release(
            context.loaded,
            context.workspace,
            console,
            asked=RunOptions(force, typed),
            workers=context.workers,
            inputs=context.inputs,
            done=show,
        )
    except CommonholdError as error:
        if isinstance(error, GateError):
            track_if_needed(context.workspace, console)  # its evaluation is worth comparing; other failures can wait
        refused = {"curation": curation_data(error.attempt)} if error.attempt else {}
        if answer.as_json and (scores or refused):
            answer({"published": None, **scores, **refused}, "")
        raise
    track_if_needed(context.workspace, console)
    console.end()
    answer({"published": published_data(context, outcome), **scores}, published_text(context, outcome))
    return 0
