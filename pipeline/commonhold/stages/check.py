"""Everything that can be found wrong before a run: recipe, data folder, tasks, base; all the problems of all files."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commonhold.curate.datasheet import read_datasheet
from commonhold.errors import FormError, MissingInputError, Problem, RequestError
from commonhold.models.catalog import find_model
from commonhold.stages.evaluation import recipe_tasks
from commonhold.stages.stage import Context


@dataclass(frozen=True, slots=True)
class Checked:
    """What a recipe that is in order refers to."""

    data_files: int
    tasks: int
    items: int
    base: str
    licence: str


def check(context: Context) -> Checked:
    """Reads what the recipe names, without making anything.

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

    datasheet = attempt(lambda: read_datasheet(context.path(context.recipe.data.folder)))
    if datasheet:
        attempt(lambda: _files_exist(context, datasheet.form))
    tasks = attempt(lambda: recipe_tasks(context))
    base = attempt(lambda: find_model(context.recipe.base.id))
    if problems:
        raise FormError(problems)
    items = sum(len(task.items) for task in tasks)
    return Checked(len(datasheet.form.files), len(tasks), items, base.title, base.licence)


def _files_exist(context: Context, datasheet: Any) -> None:
    folder = context.path(context.recipe.data.folder)
    missing = [file.path for file in datasheet.files if not (folder / file.path).is_file()]
    if missing:
        raise MissingInputError(f"{folder / 'datasheet.yaml'} names files that are not there: {', '.join(missing)}")
