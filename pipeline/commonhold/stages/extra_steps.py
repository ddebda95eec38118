"""Curation steps of other packages, as a recipe names them: where they come from, and what is wrong with the naming."""

from collections.abc import Iterator, Mapping

from commonhold.curate.settings import NamedStep
from commonhold.curate.steps.step import STEPS, PerRecordStep
from commonhold.errors import FormError, Problem
from commonhold.forms import Document, validate
from commonhold.recipe import sections
from commonhold.recipe.load import LoadedRecipe, problem_at

PLACE = ("data", "cleaning", "extra_steps")


def extra_steps(loaded: LoadedRecipe) -> tuple[NamedStep, ...]:
    """The steps of other packages that a recipe names, with the settings that it gives them.

    Raises:
        FormError: a step is unknown or one of commonhold itself, or its settings are not what it asks for.
        RequestError: an installed package cannot be used.
    """
    named = loaded.recipe.data.cleaning.extra_steps
    if problems := [problem for number, extra in enumerate(named) for problem in _problems(loaded, number, extra)]:
        raise FormError(problems)
    return tuple(NamedStep(extra.step, extra.settings) for extra in named)


def packages(loaded: LoadedRecipe) -> Mapping[str, str]:
    """Name and version of the package that each of them comes from, by step.

    Raises:
        RequestError: see `extra_steps`.
    """
    return {extra.step: str(STEPS.package_of(extra.step)) for extra in extra_steps(loaded)}


def _problems(loaded: LoadedRecipe, number: int, extra: sections.ExtraStep) -> Iterator[Problem]:
    entry: tuple[str | int, ...] = (*PLACE, number)
    if extra.step not in STEPS:
        yield problem_at(loaded, (*entry, "step"), STEPS.unknown(extra.step), STEPS.remedy)
        return
    step = STEPS.get(extra.step)
    if STEPS.package_of(extra.step) is None or not isinstance(step, PerRecordStep):
        message = f"{extra.step} is a step of commonhold itself, and part of curation without being named"
        yield problem_at(loaded, (*entry, "step"), message, "Remove it from the list")
        return
    try:
        validate(step.settings, Document(dict(extra.settings), {(key,): 0 for key in extra.settings}), "")
    except FormError as error:
        keys = ", ".join(step.settings.model_fields) or "none"
        for problem in error.problems:
            path = (*entry, "settings", *filter(None, problem.place.split(".")))
            yield problem_at(loaded, path, problem.message, f"Settings of {extra.step}: {keys}")
