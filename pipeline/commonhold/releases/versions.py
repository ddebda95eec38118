"""Which bundles were published under a model's name, in order, and which of them is served.

`candidate` is what was published last; `champion`, which the stewards let out, and `withdrawn` are what the model's log
says. The tracker's registry mirrors all three.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from commonhold.errors import MissingInputError, RequestError
from commonhold.files import read_json, write_json
from commonhold.publish.manifest import stated_digest
from commonhold.records.artifact import Artifact
from commonhold.releases.model_log import read_model_log
from commonhold.signatures.chain import Standing, standing
from commonhold.stages.publication import BUNDLE
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


@dataclass(frozen=True, slots=True)
class ModelReleases:
    """All releases of a model, and which of them are candidate, champion or withdrawn."""

    model: str
    releases: tuple[Release, ...]
    candidate: int
    """Version."""
    standing: Standing
    bundles: Mapping[int, str]
    """Digest of the bundle by version, of those whose files are there."""

    def version(self, number: int) -> Release:
        """A release by its version.

        Raises:
            MissingInputError: there is none.
        """
        release = next((each for each in self.releases if each.version == number), None)
        if release is None:
            have = f"1 to {len(self.releases)}" if len(self.releases) > 1 else "1"
            raise MissingInputError(f"{self.model}: there is no version {number}. There are versions {have}")
        return release

    @property
    def champion(self) -> Release | None:
        """The release that was promoted last and not withdrawn since; none where its files are gone too."""
        return next(
            (each for each in self.releases if self.standing.champion == self.bundles.get(each.version, "-")), None
        )

    def withdrawn(self, release: Release) -> str | None:
        """Why a release was withdrawn; none if it was not."""
        return self.standing.withdrawn.get(self.bundles.get(release.version, ""))


def record_release(workspace: Workspace, model: str, artifact: Artifact) -> Release:
    """Makes a bundle the model's candidate; one that was published before keeps its version."""
    path = workspace.releases / f"{model}.json"
    releases = _read(path)
    release = next((each for each in releases if each.digest == artifact.digest), None)
    if release is None:
        artifact_path = artifact.path.relative_to(workspace.root).as_posix()
        # After `clean` the releases are gone and the log is not: a version is never given twice.
        used = [*(each.version for each in releases), *(each.version for each in read_model_log(workspace, model))]
        number = max(used, default=0) + 1
        release = Release(number, artifact.digest, artifact_path, datetime.now(UTC).isoformat(timespec="seconds"))
        releases.append(release)
    state = {"candidate": release.version, "releases": [asdict(each) for each in releases]}
    if not path.is_file() or read_json(path) != state:
        write_json(path, state)
    return release


def read_releases(workspace: Workspace, model: str) -> ModelReleases:
    """The releases of a model.

    Raises:
        MissingInputError: nothing was published under this name.
        DigestError: the model's log was changed.
    """
    path = workspace.releases / f"{model}.json"
    if not path.is_file():
        raise MissingInputError(f"{model}: nothing is published yet. Run: commonhold train RECIPE")
    releases = tuple(_read(path))
    manifests = {each.version: workspace.root / each.path / BUNDLE / "manifest.json" for each in releases}
    bundles = {number: stated_digest(file.parent) for number, file in manifests.items() if file.is_file()}
    return ModelReleases(
        model, releases, read_json(path)["candidate"], standing(read_model_log(workspace, model)), bundles
    )


def refuse_withdrawn(releases: ModelReleases, release: Release) -> None:
    """Stops what would be done with a withdrawn release.

    Raises:
        RequestError: it was withdrawn.
    """
    if (reason := releases.withdrawn(release)) is not None:
        raise RequestError(
            f"{releases.model}, version {release.version}, was withdrawn: {reason}. A withdrawal is permanent; "
            "change what was wrong and run: commonhold train RECIPE"
        )


def bundle_folder(workspace: Workspace, model: str, release: Release) -> Path:
    """Where a release's bundle is.

    Raises:
        MissingInputError: its files are gone.
    """
    folder = workspace.root / release.path / BUNDLE
    if not folder.is_dir():
        raise MissingInputError(f"{folder}: the bundle of {model} is gone. Run: commonhold train RECIPE")
    return folder


def candidate(workspace: Workspace, model: str) -> tuple[Release, Path]:
    """The bundle that was published last: release and folder.

    Raises:
        MissingInputError: nothing was published under this name, or its files are gone.
        RequestError: it was withdrawn.
    """
    releases = read_releases(workspace, model)
    release = releases.version(releases.candidate)
    folder = bundle_folder(workspace, model, release)
    refuse_withdrawn(releases, release)
    return release, folder


def served(workspace: Workspace, model: str) -> tuple[Release, Path]:
    """The bundle that is served: the champion; the candidate where no bundle was ever promoted.

    Raises:
        MissingInputError: nothing was published under this name, or its files are gone.
        RequestError: it was withdrawn, and no other was promoted since.
    """
    releases = read_releases(workspace, model)
    if not releases.standing.ever_promoted:
        return candidate(workspace, model)
    release = releases.champion
    if release is None:
        raise RequestError(
            f"{model}: the version that the stewards released was withdrawn, or its files are gone. "
            f"Run: commonhold promote {model}, when another is approved; --candidate serves one that is not"
        )
    return release, bundle_folder(workspace, model, release)


def _read(path: Path) -> list[Release]:
    return [Release(**row) for row in read_json(path)["releases"]] if path.is_file() else []
