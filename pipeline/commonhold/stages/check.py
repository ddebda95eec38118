"""Everything that can be found wrong before a run: recipe, data folder, tasks, base; all the problems of all files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commonhold.curate.privacy.public_proposals import PublicProposal
from commonhold.curate.rows.method_needs import refuse_if_empty
from commonhold.errors import ChangedInputError, FormError, Problem, RequestError
from commonhold.models.catalog import find_model
from commonhold.stages.extra_steps import extra_steps
from commonhold.stages.inputs import problems_of
from commonhold.stages.names_model import labelled_names, names_model
from commonhold.stages.public_values import proposed_public
from commonhold.stages.rights import refuse_without_right
from commonhold.stages.stage import Context


@dataclass(frozen=True, slots=True)
class Checked:
    """What a recipe that is in order refers to."""

    data_files: int
    tasks: int
    items: int
    base: str
    licence: str
    proposed: tuple[PublicProposal, ...]
    """Values that many replies have, and that may be public."""
    listed: tuple[str, ...]
    """Those that the datasheet lists already."""


def check(context: Context) -> Checked:
    """Reads what the recipe names, without making anything; of the rows as many as show what the method learns from.

    Raises:
        FormError: everything that is wrong, at once.
    """
    problems: list[Problem] = []

    def attempt(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ChangedInputError:
            raise
        except RequestError as error:
            problems.extend(problems_of(error, context.loaded))

    inputs = attempt(lambda: context.inputs)
    if inputs:
        problems += inputs.data.problems
        attempt(lambda: refuse_without_right(context))
        if not inputs.data.problems:
            attempt(lambda: refuse_if_empty(inputs.data, context.recipe.train.objective.method))
        attempt(inputs.judged_by)
    attempt(lambda: extra_steps(context.loaded))
    attempt(lambda: names_model(context))
    attempt(lambda: labelled_names(context))
    base = attempt(lambda: find_model(context.recipe.base.id))
    proposed = [] if problems else attempt(lambda: proposed_public(context))
    if problems:
        raise FormError(problems)
    inputs.tell_left_out(context.say)
    items = sum(len(task.items) for task in inputs.tasks)
    return Checked(
        len(inputs.data.record_files),
        len(inputs.tasks),
        items,
        base.title,
        base.licence,
        tuple(proposed),
        inputs.data.form.public,
    )
