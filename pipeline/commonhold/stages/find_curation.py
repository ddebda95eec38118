"""Curations in a workspace, by the names that people have for them; refused ones, too, since people look into them."""

from pathlib import Path

from commonhold.errors import RequestError
from commonhold.files import read_json
from commonhold.provenance.runs import list_runs
from commonhold.stages.store import MANIFEST
from commonhold.stages.workspace import Workspace


def is_refused(folder: Path) -> bool:
    """Whether nothing is learnt from a curation."""
    return "refused" in read_json(folder / MANIFEST)


def finished_curations(workspace: Workspace) -> list[Path]:
    """The folders of all curations that rows can be learnt from, the newest last."""
    return _made(workspace.objects)


def _made(*kept: Path) -> list[Path]:
    """The folders of curations, the newest last."""
    return sorted(
        (path.parent for folder in kept for path in folder.glob(f"curate/[!.]*/{MANIFEST}")),
        key=lambda folder: (folder / MANIFEST).stat().st_mtime_ns,
    )


def find_curation(workspace: Workspace, name: str = "", *, refused_too: bool = True) -> Path:
    """The folder of a curation: by its folder, a run's id, or the first digits of its digest; the newest for no name.

    One that was refused is found by its folder, its run or its recipe's name, and as the newest.

    Raises:
        RequestError: there is none, or several go by that name; or it was refused, and that one is not wanted.
    """
    folder = _named(workspace, name, refused_too or bool(name))
    if not refused_too and is_refused(folder):
        raise RequestError(
            f"nothing is learnt from this curation; {folder / 'report.html'} says why. Put it right and curate again, "
            "or name another curation with --of"
        )
    return folder


def _named(workspace: Workspace, name: str, refused_too: bool) -> Path:
    if name and (Path(name) / MANIFEST).is_file():
        return Path(name)
    made = _made(workspace.objects, workspace.refused)
    if not made:
        raise RequestError(f"{workspace.root} holds no curation. Make one: commonhold curate RECIPE")
    if not name:
        finished = [folder for folder in made if refused_too or not is_refused(folder)]
        return [*made[-1:], *finished][-1]
    of_runs = [
        workspace.root / event.artifact_path
        for run in list_runs(workspace.root)
        if run.id.startswith(name)
        for event in run.events
        if event.stage == "curate" and event.artifact_path
    ]
    named = [
        folder
        for folder in made
        if folder in of_runs or folder.name.startswith(name) or _id_of(folder).startswith(name)
    ]
    if len(named) != 1:
        ids = ", ".join(folder.name if is_refused(folder) else _id_of(folder)[:12] for folder in made[-10:])
        many = "several curations go" if named else "no curation goes"
        raise RequestError(f"{many} by the name {name!r}. Name a run (commonhold runs) or one of {ids}")
    return named[0]


def _id_of(folder: Path) -> str:
    """The digest of a finished curation, the run of a refused one."""
    manifest = read_json(folder / MANIFEST)
    return str(manifest["refused"]["run"] if "refused" in manifest else manifest["digest"])
