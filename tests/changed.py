"""Checks what a change touches: recipes, the recipes that name a data folder, and tasks.

    python -m tests.changed FILE...

Run by pre-commit from the repository's folder. A changed recipe goes through `commonhold check`, and so does every
recipe whose data folder holds a changed file; the task of a changed file goes through `commonhold eval check`. Other
files are passed over.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from commonhold.cli import main as commonhold
from commonhold.errors import CommonholdError
from commonhold.recipe.load import load_recipe, resolve_path


def commands_for(files: Iterable[Path], root: Path) -> list[tuple[str, ...]]:
    """The checks that changed files ask for, each once, recipes first; paths of files are seen from the root."""
    changed = [root / file for file in files]
    recipes, tasks = sorted(set(_recipes(changed, root))), sorted(set(_tasks(changed, root)))
    return [
        *(("check", str(recipe), "--without-weights") for recipe in recipes),
        *(("eval", "check", str(task)) for task in tasks),
    ]


def _recipes(changed: Sequence[Path], root: Path) -> Iterator[Path]:
    for recipe in sorted((root / "recipes").glob("*.yaml")):
        folder = _data_folder(recipe)
        if recipe in changed or any(file.resolve().is_relative_to(folder.resolve()) for file in changed if folder):
            yield recipe


def _data_folder(recipe: Path) -> Path | None:
    """Where a recipe's rows are; None for a recipe that cannot be read, which is checked when it is changed itself."""
    try:
        loaded = load_recipe(recipe)
    except CommonholdError:
        return None
    return resolve_path(loaded.folder, loaded.recipe.data.folder)


def _tasks(changed: Sequence[Path], root: Path) -> Iterator[Path]:
    for file in changed:
        above = [folder for folder in file.parents if folder.is_relative_to(root / "eval")]
        yield from [folder for folder in above if (folder / "task.yaml").is_file()][:1]


def main(files: Sequence[str], root: Path) -> int:
    """Runs the checks, all of them also after one has failed; the highest exit code."""
    return max((commonhold(list(command)) for command in commands_for(map(Path, files), root)), default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path()))
