"""Everything that can be found wrong before a run: recipe, data folder, tasks, base; all the problems of all files."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from commonhold.curate.dry_run import DryRun, dry_run
from commonhold.curate.rows.method_needs import refuse_if_empty
from commonhold.curate.run import CurationJob
from commonhold.errors import ChangedInputError, FormError, NothingLeftError, Problem, RequestError
from commonhold.models.catalog import find_model
from commonhold.models.fetch import require_weights
from commonhold.seeds import named_seed
from commonhold.stages.curation import curation_settings
from commonhold.stages.extra_steps import extra_steps
from commonhold.stages.inputs import problems_of
from commonhold.stages.rights import refuse_without_right, rights_problems
from commonhold.stages.stage import Context

KEY = b"of a dry run, from which nothing is kept"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a recipe that is in order refers to."""

    data_files: int
    tasks: int
    items: int
    base: str
    licence: str
    data: DryRun | None
    """What is in the data files, and what curation would make of it; absent when that was not asked."""


def check_forms(context: Context) -> Checked:
    """Reads what the recipe names, as far as a run does not read it first thing anyhow.

    Raises:
        FormError: everything that is wrong, at once.
    """
    return _checked(context, lambda: _has_what_the_method_needs(context), weights=True)


def check(context: Context, tell: Callable[[DryRun], None] = lambda _: None, *, weights: bool = True) -> Checked:
    """Reads what the recipe names, and tries what curation would make of the data; nothing of that is kept.

    `tell` is called with what the data files hold before an error is raised about it. The base's weights are not
    looked for without `weights`.

    Raises:
        FormError: everything that is wrong, at once.
    """
    try:
        return _checked(context, lambda: _dry_run(context, tell), weights)
    finally:
        if context.read:
            context.read.snapshot.close()


def _checked(context: Context, look: Callable[[], DryRun | None], weights: bool) -> Checked:
    problems: list[Problem] = []

    def attempt(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ChangedInputError:
            raise
        except RequestError as error:
            problems.extend(problems_of(error, context.loaded))

    inputs, data = attempt(lambda: context.inputs), None
    found = attempt(lambda: (extra_steps(context.loaded), context.names))
    if inputs:
        attempt(lambda: refuse_without_right(context))
        attempt(inputs.judged_by)
        data = attempt(look) if found else None
    base = attempt(lambda: find_model(context.recipe.base.id))
    if base and weights:
        attempt(lambda: require_weights(base.id, context.workspace.bases))
    if problems:
        raise FormError(list(dict.fromkeys(problems)))
    inputs.tell_left_out(context.say)
    items = sum(len(task.items) for task in inputs.tasks)
    return Checked(len(inputs.data.record_files), len(inputs.tasks), items, base.title, base.licence, data)


def _has_what_the_method_needs(context: Context) -> None:
    """Reads rows until it has seen enough.

    Raises:
        FormError: the data folder has problems, or no row has what the method learns from.
    """
    data = context.inputs.data
    if data.problems:
        raise FormError(data.problems)
    refuse_if_empty(data, context.recipe.train.objective.method)


def _dry_run(context: Context, tell: Callable[[DryRun], None]) -> DryRun:
    """In a folder beside the copies of the files, which goes with them at the latest."""
    inputs = context.inputs
    folder = inputs.snapshot.folder / "dry-run"
    folder.mkdir()
    job = CurationJob(
        data=inputs.data,
        settings=curation_settings(context),
        key=KEY,
        seed=named_seed(context.recipe.seed, "curate"),
        work=folder,
        forbids=lambda licences: rights_problems(context, licences),
    )
    try:
        return dry_run(job, folder, tell)
    except NothingLeftError:
        _has_what_the_method_needs(context)  # says with the datasheet's line what no row has
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
