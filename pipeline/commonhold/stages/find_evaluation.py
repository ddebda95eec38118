"""Finished evaluations in a workspace, by the names that people have for them."""

from pathlib import Path

from commonhold.errors import RequestError
from commonhold.evaluate.result_files import SCORES
from commonhold.provenance.runs import list_runs
from commonhold.records.score import RESULTS
from commonhold.stages.workspace import Workspace


def find_evaluation(workspace: Workspace, name: str) -> Path:
    """The folder of an evaluation: itself, or by a run's id or the first digits of one.

    Raises:
        RequestError: there is none, or several go by that name.
    """
    if all((Path(name) / file).is_file() for file in (SCORES, RESULTS)):
        return Path(name)
    folders = {
        workspace.root / event.artifact_path
        for run in list_runs(workspace.root)
        if run.id.startswith(name)
        for event in run.events
        if event.stage == "evaluate" and event.artifact_path
    }
    if len(folders) != 1:
        many = "several evaluations go" if folders else "no evaluation goes"
        raise RequestError(
            f"{many} by the name {name!r}. Name a run (commonhold runs), or a folder with {SCORES} and {RESULTS}"
        )
    return folders.pop()
