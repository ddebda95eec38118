"""How a run is shown in a tracker.

Everything that two runs are compared by stands on the run itself; its stages hold the curves only, because trackers
show nesting badly. Pure functions of a run and its artifact folders.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from commonhold.provenance.artifacts import Judgement, artifact_file, artifact_folder, curves, evaluation, training_data
from commonhold.provenance.entries import MetricPoint, ModelEntry, RunEntry, StageEntry
from commonhold.provenance.mlflow_views import view_links, view_tags
from commonhold.provenance.runs import COMPARISONS, EVENTS, HEADER, Figure, Run, StageEvent, end_of
from commonhold.strict_json import JsonObject, JsonValue

PREFIXES = {"curate": "data", "evaluate": "eval"}
"""Where a stage's metrics and files are, if not under its own name."""
SHOWN_FILES = {
    "curate": ("summary.json", "report.html"),
    "train": ("summary.json", "log.jsonl", "report.html"),
    "evaluate": ("results.json", "scores.jsonl", "scores.parquet", "report.html"),
    "publish": ("bundle/README.md", "bundle/record.json"),
}
EXPERIMENT_ID = "{experiment_id}"
"""Stands in experiment tags for the number that only the tracker knows."""
HOW_TO_READ = (
    "Each run is one execution of the recipe. `eval/<task>/difference` is tuned − base on the same items, with a "
    "95 % interval in `_ci_low` and `_ci_high`; an interval that contains 0 shows no difference. "
    "Filter `tags.kind = 'recipe-run'` to hide the stages."
)
PARAMETER_SECTIONS = ("seed", "data", "base", "train", "evaluate", "publish")
NOT_COMPARED = (
    "data.masking",
    "data.cleaning",
    "data.balance",
    "data.rephrase",
    "evaluate.undecided",
    "evaluate.memorisation_rows",
    "publish.gguf",
    "publish.recheck_items",
    "publish.recheck_margin",
)
"""Sections of a section that would fill the comparison; `curate.digest` tells that they differ, the recipe how."""


def entry_of(run: Run) -> RunEntry:
    """A run as a tracker shows it.

    Raises:
        LedgerError: a file in an artifact folder is not of the expected form.
    """
    judgement = evaluation(run)
    datasets = (*training_data(run), *judgement.datasets.values())
    tags = {**_tags(run), **judgement.tags}
    return RunEntry(
        experiment=run.recipe.name,
        experiment_tags=_experiment_tags(run, judgement),
        id=run.id,
        name=run.id.replace(f"-{run.recipe.name}-", "-"),
        status=run.status,
        started=run.started,
        ended=run.ended,
        params=params_of(run.recipe.resolved.sections),
        tags=tags,
        metrics=(*_final_metrics(run), *judgement.metrics),
        datasets=datasets,
        files=tuple(_files(run)),
        stages=tuple(_stage(run, event) for event in run.events if event.status != "reused"),
        models=tuple(_models(run, tags, judgement)),
    )


def params_of(recipe: JsonObject) -> dict[str, str]:
    """The settings that runs are compared by, dotted; those that are absent, and lists of sections, are left out."""
    flat: dict[str, str] = {}
    for section in PARAMETER_SECTIONS:
        if section in recipe:
            flat.update(_flatten(section, recipe[section]))
    return flat


def _flatten(key: str, value: JsonValue) -> Iterator[tuple[str, str]]:
    if key in NOT_COMPARED:
        return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flatten(f"{key}.{name}", inner)
    elif isinstance(value, list | tuple):
        if not any(isinstance(item, Mapping) for item in value):
            yield key, ", ".join(map(str, value))
    elif value is not None:
        yield key, str(value).lower() if isinstance(value, bool) else str(value)


def _tags(run: Run) -> dict[str, str]:
    code, environment, machine = run.captured.code, run.captured.environment, run.captured.machine
    tags = {
        "kind": "recipe-run",
        "commonhold.run_id": run.id,
        "recipe.sha256": run.recipe.sha256,
        "recipe.overrides": ", ".join(run.recipe.overrides),
        "base.id": run.recipe.resolved.base_id,
        "code.version": code.version,
        "code.source_sha256": code.source_sha256,
        "code.commit": code.commit,
        "code.dirty": "" if code.dirty is None else str(code.dirty).lower(),
        "environment.python": environment.python,
        "environment.packages_sha256": environment.packages_sha256,
        "machine.processor": machine.processor,
        "machine.instructions": machine.instructions,
        "machine.gpus": ", ".join(machine.gpus),
        "command": " ".join(run.command),
    }
    for event in run.events:
        tags[f"stage.{event.stage}"] = event.status
        tags[f"{event.stage}.digest"] = event.artifact_digest
        tags.update({f"{event.stage}.{name}": text for name, text in _texts(event.figures)})
    tags.update({f"run.{name}": text for name, text in _texts(run.figures)})
    return {name: text for name, text in tags.items() if text}


def _number(value: Figure) -> float | None:
    if isinstance(value, str):
        return float(value) if value in ("nan", "inf", "-inf") else None
    return float(value)


def _texts(figures: Mapping[str, Figure]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in figures.items() if isinstance(value, str) and _number(value) is None)


def _numbers(figures: Mapping[str, Figure]) -> Iterator[tuple[str, float]]:
    return ((name, number) for name, value in figures.items() if (number := _number(value)) is not None)


def _prefix(stage: str) -> str:
    return PREFIXES.get(stage, stage)


def _final_metrics(run: Run) -> Iterator[MetricPoint]:
    for event in run.events:
        yield from _event_metrics(event)
    for name, value in _numbers(run.figures):
        yield MetricPoint(f"run/{name}", value, run.ended or run.started)


def _event_metrics(event: StageEvent) -> Iterator[MetricPoint]:
    """A stage's figures at its end, with the time it took unless it was reused."""
    seconds = {} if event.status == "reused" else {"seconds": event.seconds}
    for name, value in _numbers({**seconds, **event.figures}):
        yield MetricPoint(f"{_prefix(event.stage)}/{name}", value, end_of(event))


def _experiment_tags(run: Run, judgement: Judgement) -> dict[str, str]:
    tags = {
        # The links first: the page shows one line until somebody unfolds it.
        "mlflow.note.content": f"{view_links(EXPERIMENT_ID)} {_purpose(run)}\n\n{HOW_TO_READ}",
        "mlflow.experimentKind": "custom_model_development",
        **view_tags(judgement.tasks),
    }
    if judgement.tasks:
        tags["mlflow.experiment.primaryMetric.name"] = f"eval/{judgement.tasks[0]}/tuned"
        tags["mlflow.experiment.primaryMetric.greaterIsBetter"] = "True"
    return tags


def _files(run: Run) -> Iterator[tuple[str, Path]]:
    yield from (("", run.folder / name) for name in (HEADER, EVENTS))
    yield from ((COMPARISONS, path) for path in sorted((run.folder / COMPARISONS).glob("*.*")))
    for stage, names in SHOWN_FILES.items():
        for name in names:
            if artifact := artifact_file(run, stage, name):
                yield _prefix(stage), artifact[1]


def _stage(run: Run, event: StageEvent) -> StageEntry:
    points = tuple(curves(run, event)) if event.stage == "train" else ()
    drawn = {point.key for point in points}
    figures = (point for point in _event_metrics(event) if point.key not in drawn)  # at step 0 they would bend a curve
    tags = {"kind": "stage", "stage": event.stage, "commonhold.stage_of": run.id, "key": event.key}
    return StageEntry(event.stage, event.status, event.started, end_of(event), tags, (*points, *figures))


def _models(run: Run, tags: Mapping[str, str], judgement: Judgement) -> Iterator[ModelEntry]:
    """The bundles that stages of this run made or found made; `alias` among the figures names the alias to move."""
    kept = ("gate", "base.id", "recipe.sha256", "code.commit", "code.dirty")
    for event in run.events:
        folder = artifact_folder(run, event)
        if folder is None or not (folder / "bundle").is_dir() or event.status not in ("done", "reused"):
            continue
        sha256 = str(event.figures.get("bundle_sha256", event.artifact_digest))
        model_tags = {name: tags[name] for name in kept if name in tags}
        model_tags |= {"bundle.sha256": sha256, "bundle.path": f"{event.artifact_path}/bundle"}
        name, alias = run.recipe.resolved.model, str(event.figures.get("alias", ""))
        description = _scores_in_words(judgement)
        yield ModelEntry(name, folder / "bundle", sha256, alias, event.started, model_tags, _purpose(run), description)


def _purpose(run: Run) -> str:
    return run.recipe.resolved.purpose


def _scores_in_words(judgement: Judgement) -> str:
    """A line by which versions of a model can be told apart in the registry."""
    tuned = {point.key: point.value for point in judgement.metrics}
    return ", ".join(f"{task} {tuned[f'eval/{task}/tuned']:.2f}" for task in judgement.tasks)
