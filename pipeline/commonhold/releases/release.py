"""The whole way: the stages of a recipe, and the bundle that they end in as the model's new candidate."""

from collections.abc import Callable

from commonhold.recipe.load import LoadedRecipe
from commonhold.releases.attestations import record_publication
from commonhold.releases.versions import record_release
from commonhold.stages.inputs import RunInputs
from commonhold.stages.pipeline import Done, RunOptions, RunOutcome, run_pipeline
from commonhold.stages.stage import Context, StageName, Workers
from commonhold.stages.workspace import Workspace


def run_and_release(
    loaded: LoadedRecipe,
    workspace: Workspace,
    say: Callable[[str], None],
    *,
    asked: RunOptions = RunOptions(),  # noqa: B008 - frozen
    workers: Workers = Workers(),  # noqa: B008 - frozen
    inputs: RunInputs | None = None,
    done: Done = lambda _stage, _context: None,
) -> RunOutcome:
    """Runs every stage and makes the bundle the candidate, under one lock: a kill between the two is made good.

    Raises:
        CommonholdError: as `run_pipeline`.
        DigestError: the model's log was changed.
    """

    def after(stage: StageName, context: Context) -> None:
        done(stage, context)
        if stage == "publish":
            bundle = context.artifacts["publish"]
            record_publication(context, record_release(workspace, loaded.recipe.publish.model, bundle), bundle)

    return run_pipeline(loaded, workspace, say, asked=asked, workers=workers, inputs=inputs, done=after)
