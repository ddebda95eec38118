"""Runs the stages of a recipe in order, each only if its key is not in the store, and writes down what happened."""

import shlex
import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from commonhold.digests import digest_of, short
from commonhold.errors import CommonholdError
from commonhold.files import locked
from commonhold.provenance.capture import capture
from commonhold.provenance.runs import RecipeState, RunFolder, StageStatus
from commonhold.publish.manifest import stated_digest
from commonhold.recipe.load import LoadedRecipe
from commonhold.records.artifact import Artifact
from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.stages.curation import CurationStage
from commonhold.stages.evaluation import EvaluationStage, refuse_failed_gates
from commonhold.stages.inputs import RunInputs
from commonhold.stages.publication import BUNDLE, PublicationStage
from commonhold.stages.rights import refuse_without_right, row_licences
from commonhold.stages.stage import STAGES, Context, Stage, StageName, Workers
from commonhold.stages.store import Store
from commonhold.stages.training import TrainingStage
from commonhold.stages.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a person asked of a run beside its recipe."""

    force: Collection[str] = ()
    """Stages to make again."""
    command: Sequence[str] = ()
    """What was typed."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Tags of the run."""


Done = Callable[[StageName, Context], None]
"""Hears of a stage that is done, with the artifacts so far in its context."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run of the pipeline came to."""

    run_id: str
    artifacts: dict[str, Artifact]
    ran: tuple[str, ...]
    """Stages that did work; the others were in the store."""
    seconds: float


def all_stages() -> tuple[Stage, ...]:
    """The stages in their order."""
    return (CurationStage(), TrainingStage(), EvaluationStage(), PublicationStage())


def run_pipeline(
    loaded: LoadedRecipe,
    workspace: Workspace,
    say: Callable[[str], None],
    *,
    until: StageName = "publish",
    asked: RunOptions = RunOptions(),
    workers: Workers = Workers(),  # noqa: B008 - frozen
    inputs: RunInputs | None = None,
    done: Done = lambda _stage, _context: None,
) -> RunOutcome:
    """Makes everything up to a stage; what is in the store under the same key is taken from there.

    After a kill at any moment the same call resumes where it stopped. `done` hears of each stage, made or found, before
    the next one starts and while the workspace is locked. `inputs` are what the
    recipe names, where the command has read it already.

    Raises:
        BusyError: another run works in this workspace.
        ChangedInputError: a file changed while it was read, at the beginning.
        GateError: the evaluation was made, but a gate says no; nothing is published.
        CommonholdError: whatever a stage raises; what earlier stages made stays.
    """
    started = time.monotonic()
    context = Context(loaded, workspace, say, workers=workers, read=inputs if inputs and inputs.serve(loaded) else None)
    with (
        locked(workspace.lock, f"commonhold train {loaded.path}"),
        context.inputs.kept_open(unless=inputs),
        _open_run(context, asked.command) as run,
    ):
        if until != "curate":
            context.inputs.judged_by()
        run.labels.update(asked.labels)
        ran = []
        for stage in all_stages()[: STAGES.index(until) + 1]:
            if stage.name == "publish":
                refuse_failed_gates(context.artifacts["evaluate"], loaded.recipe.evaluate.undecided)
                refuse_without_right(context, row_licences(context.artifacts["curate"]))
            if _advance(stage, context, run, forced=stage.name in asked.force):
                ran.append(stage.name)
            done(stage.name, context)
    return RunOutcome(run.id, dict(context.artifacts), tuple(ran), time.monotonic() - started)


def _open_run(context: Context, command: Sequence[str]) -> RunFolder:
    loaded = context.loaded
    resolved = ResolvedRecipe(loaded.recipe.model_dump(mode="json"))
    recipe = RecipeState(loaded.recipe.name, digest_of(loaded.source), resolved, loaded.overrides)
    return RunFolder.create(context.workspace.root, recipe, command, capture())


def _advance(stage: Stage, context: Context, run: RunFolder, *, forced: bool) -> bool:
    """Puts the stage's artifact into the context; true if it had to be made."""
    store = Store(context.workspace)
    started, clock = datetime.now(UTC), time.monotonic()
    key = digest_of(stage.inputs(context))
    if forced:
        store.discard(stage.name, key)
    stored = store.find(stage.name, key)
    if stored:
        context.artifacts[stage.name] = stored
        store.forget_refused(stage.name, context.recipe.name)
        context.say(f"{stage.name}: nothing changed, taken from the store ({short(stored.digest)})")
        seconds = time.monotonic() - clock
        run.record(
            stage.name, key, "reused", started=started, seconds=seconds, artifact=stored, figures=_alias(stage, stored)
        )
        return False
    context.say(f"{stage.name}: started")
    try:
        artifact, figures = _make(stage, context, store, key, run.id)
    except BaseException as error:
        status: StageStatus = "failed" if isinstance(error, Exception) else "interrupted"
        run.record(stage.name, key, status, started=started, seconds=time.monotonic() - clock)
        raise
    context.artifacts[stage.name] = artifact
    store.forget_refused(stage.name, context.recipe.name)
    seconds = time.monotonic() - clock
    run.record(
        stage.name,
        key,
        "done",
        started=started,
        seconds=seconds,
        artifact=artifact,
        figures={**figures, **_alias(stage, artifact)},
    )
    context.say(f"{stage.name}: done in {seconds:.0f} s ({short(artifact.digest)})")
    return True


def _make(
    stage: Stage, context: Context, store: Store, key: str, run_id: str
) -> tuple[Artifact, dict[str, float | int | str]]:
    work = store.work_folder(stage.name, key) / "work"
    with store.draft(stage.name, key) as draft:
        try:
            figures = dict(stage.make(context, draft, work))
        except BaseException as error:
            if isinstance(error, CommonholdError) and error.attempt:
                about = {"run": run_id, "key": key, "why": str(error)}
                error.attempt = store.set_aside(stage.name, context.recipe.name, draft, about)
                error.add_note(_where(error.attempt))
            if not stage.resumable:
                shutil.rmtree(work.parent, ignore_errors=True)
            raise
        return store.commit(stage.name, key, draft, stage.logs), figures


def _where(attempt: Path) -> str:
    """Where a person finds what became of the rows."""
    repair = f"The rows to correct: {attempt / 'repair'}\n" if (attempt / "repair").is_dir() else ""
    looking = f"commonhold curate why-dropped --of {shlex.quote(str(attempt))}"
    return f"The report: {attempt / 'report.html'}\n{repair}What became of the rows, one by one: {looking}"


def _alias(stage: Stage, artifact: Artifact) -> dict[str, str]:
    """What the tracker knows a bundle by: a bundle that was found made is the same version as before."""
    if stage.name != "publish":
        return {}
    return {"alias": "candidate", "bundle_sha256": stated_digest(artifact.path / BUNDLE)}
