"""Which bundles were published under a model's name, in order; the tracker's registry mirrors it."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from commonhold.errors import MissingInputError
from commonhold.files import read_json, write_json
from commonhold.records.artifact import Artifact
from commonhold.stages.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Release:
    """One published bundle."""

    version: int
    digest: str
    """Of the publish artifact."""
    path: str
    """Relative to the workspace."""
    published: str
    """ISO 8601, UTC."""


def record_release(workspace: Workspace, model: str, artifact: Artifact) -> Release:
    """Makes a bundle the model's candidate; one that was published before keeps its version."""
    path = workspace.releases / f"{model}.json"
    releases = _read(path)
    release = next((known for known in releases if known.digest == artifact.digest), None)
    if release is None:
        place = artifact.path.relative_to(workspace.root).as_posix()
        release = Release(len(releases) + 1, artifact.digest, place, datetime.now(UTC).isoformat(timespec="seconds"))
        releases.append(release)
    state = {"candidate": release.version, "releases": [asdict(known) for known in releases]}
    if not path.is_file() or read_json(path) != state:
        write_json(path, state)
    return release


def candidate(workspace: Workspace, model: str) -> tuple[Release, Path]:
    """The bundle that is served: release and folder.

    Raises:
        MissingInputError: nothing was published under this name, or its files are gone.
    """
    path = workspace.releases / f"{model}.json"
    if not path.is_file():
        raise MissingInputError(f"{model}: nothing is published yet. Run: commonhold train RECIPE")
    wanted = read_json(path)["candidate"]
    release = next(known for known in _read(path) if known.version == wanted)
    folder = workspace.root / release.path / "bundle"
    if not folder.is_dir():
        raise MissingInputError(f"{folder}: the bundle of {model} is gone. Run: commonhold train RECIPE")
    return release, folder


def released(workspace: Workspace, model: str, version: str) -> Path:
    """The bundle of one release: `version` is its number, or `candidate`.

    Raises:
        MissingInputError: there is no such release, or its files are gone.
    """
    if version == "candidate":
        return candidate(workspace, model)[1]
    releases = _read(workspace.releases / f"{model}.json")
    found = next((each for each in releases if str(each.version) == version), None)
    if found is None:
        known = ", ".join(f"{model}@{each.version}" for each in releases)
        raise MissingInputError(f"{model}@{version}: there is no such release. Known: {known or 'none of this model'}")
    folder = workspace.root / found.path / "bundle"
    if not folder.is_dir():
        raise MissingInputError(f"{folder}: the bundle of {model}@{version} is gone. Train it again, or take another")
    return folder


def _read(path: Path) -> list[Release]:
    return [Release(**row) for row in read_json(path)["releases"]] if path.is_file() else []
