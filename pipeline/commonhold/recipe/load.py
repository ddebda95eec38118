"""A recipe from its file, with what was set on the command line put in; every problem at once."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commonhold.errors import FormError, Problem
from commonhold.forms import MAX_FORM_BYTES, Document, parse_yaml, read_text, validate
from commonhold.recipe.overrides import Override, apply_overrides, blame_overrides, parse_overrides
from commonhold.recipe.sections import Recipe

HELP_COMMAND = "commonhold explain"


@dataclass(frozen=True, slots=True)
class LoadedRecipe:
    """A recipe that passed every check, and where it came from."""

    recipe: Recipe
    path: Path
    source: str
    """The file as it was read; overrides are not in it."""
    overrides: tuple[str, ...]
    """What was set on the command line, as typed: `train.epochs=1`."""
    folder: Path
    """Folder of the recipe, against which its paths are read; see `resolve_path`."""


def load_recipe(path: Path, overrides: Sequence[str] = ()) -> LoadedRecipe:
    """Reads and checks a recipe; an override is `dotted.key=value`, the value in YAML, the last one wins.

    Raises:
        MissingInputError: there is no such file.
        FormError: the file or an override has problems; one in an override is placed at `--set …`.
    """
    return _loaded(path, read_text(path, max_bytes=MAX_FORM_BYTES), overrides)


def with_overrides(loaded: LoadedRecipe, more: Sequence[str]) -> LoadedRecipe:
    """The same recipe, as it was read, with further overrides.

    Raises:
        FormError: an override has problems.
    """
    return _loaded(loaded.path, loaded.source, (*loaded.overrides, *more))


def _loaded(path: Path, source: str, overrides: Sequence[str]) -> LoadedRecipe:
    parsed, problems = parse_overrides(overrides)
    try:
        recipe = _checked(parse_yaml(source, str(path)), parsed, str(path))
    except FormError as error:
        raise FormError([*problems, *error.problems]) from error
    if problems:
        raise FormError(problems)
    return LoadedRecipe(recipe, path, source, tuple(overrides), path.parent)


def _checked(document: Document, overrides: Sequence[Override], file: str) -> Recipe:
    document, problems = apply_overrides(document, overrides)
    try:
        recipe = validate(Recipe, document, file, HELP_COMMAND)
    except FormError as error:
        problems += [blame_overrides(problem, overrides) for problem in error.problems]
    if problems:
        raise FormError(problems)
    return recipe


def problem_at(loaded: LoadedRecipe, keys: tuple[str | int, ...], message: str, remedy: str) -> Problem:
    """What is wrong with a value of a recipe, when that is found later: at its line, or at the override it is from."""
    parsed, _ = parse_overrides(loaded.overrides)
    lines = apply_overrides(parse_yaml(loaded.source, str(loaded.path)), parsed)[0].lines
    above = (keys[:length] for length in range(len(keys), -1, -1))
    line = next((lines[path] for path in above if path in lines), 0)
    return blame_overrides(Problem(str(loaded.path), line, ".".join(map(str, keys)), message, remedy), parsed)


def resolve_path(folder: Path, written: str) -> Path:
    """A path as written in a recipe, seen from where the program runs; `..` is folded where no link is in the way."""
    joined = folder / written
    folded = Path(os.path.normpath(joined))
    return folded if folded.resolve() == joined.resolve() else joined
