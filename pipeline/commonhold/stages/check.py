"""Everything that can be found wrong before a run: recipe, data folder, tasks, base; all the problems of all files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commonhold.curate.datasheet import read_datasheet
from commonhold.curate.method_needs import refuse_if_empty
from commonhold.errors import FormError, Problem, RequestError
from commonhold.models.catalog import find_model
from commonhold.stages.data_files import check_files
from commonhold.stages.rights import refuse_without_right
from commonhold.stages.stage import Context
from commonhold.stages.tasks import recipe_tasks, tell_left_out


@dataclass(frozen=True, slots=True)
class Checked:
    """What a recipe that is in order refers to."""

    data_files: int
    tasks: int
    items: int
    base: str
    licence: str


def check(context: Context) -> Checked:
    """Reads what the recipe names, without making anything; of the rows as many as show what the method learns from.

    Raises:
        FormError: everything that is wrong, at once.
    """
    problems: list[Problem] = []

    def attempt(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except FormError as error:
            problems.extend(error.problems)
        except RequestError as error:
            problems.append(Problem(str(context.loaded.path), 0, "", str(error)))

    folder = context.path(context.recipe.data.folder)
    files = attempt(lambda: check_files(folder))
    if files:
        attempt(lambda: refuse_without_right(context))
        attempt(lambda: refuse_if_empty(folder, read_datasheet(folder), context.recipe.train.objective.method))
    tasks = attempt(lambda: recipe_tasks(context))
    base = attempt(lambda: find_model(context.recipe.base.id))
    if problems:
        raise FormError(problems)
    tell_left_out(context, tasks)
    items = sum(len(task.items) for task in tasks)
    return Checked(files, len(tasks), items, base.title, base.licence)
