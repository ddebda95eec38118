"""Commands that make something: check, plan, curate, train, fetch."""

import argparse
import json
import os
from collections.abc import Mapping
from dataclasses import asdict

from commonhold.cli.dispatch import talk
from commonhold.curate.engine.executor import ExecutorName
from commonhold.errors import GateError, NoMemoryError
from commonhold.figures import count
from commonhold.recipe.load import load_recipe
from commonhold.records.artifact import Artifact
from commonhold.stages.stage import Context, StageName, Workers
from commonhold.stages.workspace import Workspace


def context_of(arguments: argparse.Namespace) -> Context:
    """The recipe and workspace that a command names."""
    loaded = load_recipe(arguments.recipe, arguments.overrides)
    return Context(loaded, Workspace(arguments.workspace), talk, workers=_workers(arguments))


def _workers(arguments: argparse.Namespace) -> Workers:
    """Where curation works; several workers without a word on where are processes of this machine."""
    number, address = getattr(arguments, "workers", 0), getattr(arguments, "ray_address", None)
    asked: ExecutorName | None = getattr(arguments, "executor", None)
    likely: ExecutorName = "ray" if address else "processes" if number > 1 else "inline"
    return Workers(asked or likely, number or os.cpu_count() or 1, address)


def check(arguments: argparse.Namespace) -> int:
    """Everything that is wrong, or a line that all is well."""
    from commonhold.stages.check import check as check_recipe

    found = check_recipe(context_of(arguments))
    print(
        f"{arguments.recipe} is in order: {count(found.data_files, 'data file')}, {count(found.tasks, 'task')} with "
        f"{count(found.items, 'item')}, "
        f"base {found.base} ({found.licence})"
    )
    return 0


def plan(arguments: argparse.Namespace) -> int:
    """The stages with reasons, memory by part, time, energy and what of the data does not fit."""
    from commonhold.cli.plan_text import plan_text
    from commonhold.stages.foretell import GIB
    from commonhold.stages.plan import Asked, make_plan

    asked = Asked(round(arguments.gpu * GIB), arguments.price_per_kwh, arguments.price_per_hour)
    made = make_plan(context_of(arguments), asked)
    print(json.dumps(asdict(made), indent=2) if arguments.json else plan_text(made))
    return 0 if made.fits else NoMemoryError.exit_code


def curate(arguments: argparse.Namespace) -> int:
    """Curation alone, with its report."""
    from commonhold.stages.pipeline import Asked, run_pipeline

    context = context_of(arguments)
    outcome = run_pipeline(
        context.loaded, context.workspace, talk, until="curate", asked=Asked(arguments.force, arguments.command),
        workers=context.workers,
    )  # fmt: skip
    folder = outcome.artifacts["curate"].path
    beginning = (folder / "report.md").read_text(encoding="utf-8").split("\n## ")[:2]
    print("\n## ".join(beginning))
    print(f"\nThe whole report: {folder / 'report.html'}")
    return 0


def train(arguments: argparse.Namespace) -> int:
    """The whole way: the scores as soon as they are there, then what came of it and what can be done next."""
    from commonhold.cli.result import published_text, scores_text
    from commonhold.models.fetch import require_weights
    from commonhold.stages.check import check as check_recipe
    from commonhold.stages.pipeline import Asked, run_pipeline
    from commonhold.stages.tracking import track_if_needed

    context = context_of(arguments)
    check_recipe(context)
    require_weights(context.recipe.base.id, context.workspace.bases)

    def show(stage: StageName, artifacts: Mapping[str, Artifact]) -> None:
        if stage == "evaluate":
            talk.end()
            print(scores_text(artifacts), flush=True)

    try:
        outcome = run_pipeline(
            context.loaded, context.workspace, talk, asked=Asked(arguments.force, arguments.command),
            workers=context.workers, inputs=context.inputs, done=show,
        )  # fmt: skip
    except GateError:
        track_if_needed(context.workspace, talk)  # its evaluation is worth comparing; other failures can wait
        raise
    track_if_needed(context.workspace, talk)
    talk.end()
    print(published_text(context, outcome))
    return 0


def fetch(arguments: argparse.Namespace) -> int:
    """A base model, downloaded and pinned."""
    from commonhold.models.fetch import fetch_base

    base = fetch_base(arguments.model, Workspace(arguments.workspace).bases, talk)
    print(f"{base.id} at {base.revision} is in {base.path}: {len(base.files)} files, digest {base.digest}")
    return 0
