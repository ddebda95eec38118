"""From a recipe on the command line to what the stages take."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from commonhold.cli.console import console

if TYPE_CHECKING:
    from commonhold.curate.engine.executor import ExecutorName
    from commonhold.stages.stage import Context


class WorkerOptions(TypedDict, total=False):
    """Where curation works."""

    executor: "ExecutorName | None"
    workers: int
    ray_address: str | None


def context_of(recipe: Path, overrides: Sequence[str], workspace: Path, **where: Unpack[WorkerOptions]) -> "Context":
    """The recipe and workspace that a command names; several workers without an executor are processes."""
    from commonhold.recipe.load import load_recipe
    from commonhold.stages.stage import Context, Workers
    from commonhold.stages.workspace import Workspace

    number, address = where.get("workers", 0), where.get("ray_address")
    likely: ExecutorName = "ray" if address else "processes" if number > 1 else "inline"
    workers = Workers(where.get("executor") or likely, number or os.cpu_count() or 1, address)
    return Context(load_recipe(recipe, overrides), Workspace(workspace), console, workers=workers)
