"""Finished curations in a workspace, by the names that people have for them."""

from pathlib import Path

from commonhold.errors import RequestError
from commonhold.files import read_json
from commonhold.provenance.runs import list_runs
from commonhold.stages.store import MANIFEST
from commonhold.stages.workspace import Workspace


def finished_curations(workspace: Workspace) -> list[Path]:
    """The folders of all curations, the newest last."""
    return sorted(
        (path.parent for path in workspace.objects.glob(f"curate/*/{MANIFEST}")),
        key=lambda folder: (folder / MANIFEST).stat().st_mtime,
    )


def find_curation(workspace: Workspace, name: str = "") -> Path:
    """The folder of a curation: by its folder, a run's id, or the first digits of its digest; the newest for no name.

    Raises:
        RequestError: there is none, or several go by that name.
    """
    if name and (Path(name) / MANIFEST).is_file():
        return Path(name)
    finished = finished_curations(workspace)
    if not finished:
        raise RequestError(f"{workspace.root} holds no curation. Make one: commonhold curate RECIPE")
    if not name:
        return finished[-1]
    of_runs = [
        workspace.root / event.artifact_path
        for run in list_runs(workspace.root)
        if run.id.startswith(name)
        for event in run.events
        if event.stage == "curate" and event.artifact_path
    ]
    named = [
        folder
        for folder in finished
        if folder in of_runs or folder.name.startswith(name) or read_json(folder / MANIFEST)["digest"].startswith(name)
    ]
    if len(named) != 1:
        digests = ", ".join(read_json(folder / MANIFEST)["digest"][:12] for folder in finished[-10:])
        many = "several curations go" if named else "no curation goes"
        raise RequestError(f"{many} by the name {name!r}. Name a run (commonhold runs) or one of {digests}")
    return named[0]
