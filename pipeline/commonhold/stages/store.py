"""Finished artifacts by key: each is there whole, with every byte known, or not at all."""

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from commonhold.digests import digest_of, digests_below, same_digests, short
from commonhold.errors import DigestError
from commonhold.files import commit_folder, read_json, write_json
from commonhold.records.artifact import Artifact
from commonhold.stages.workspace import Workspace

MANIFEST = "manifest.json"
DRAFT = "draft"


class Store:
    """The artifacts of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def find(self, stage: str, key: str) -> Artifact | None:
        """The artifact under a key, every file checked against the manifest.

        Raises:
            DigestError: a file was changed, added or lost since the artifact was made.
        """
        folder = self.folder(stage, key)
        if not (folder / MANIFEST).is_file():
            return None
        manifest = read_json(folder / MANIFEST)
        actual = digests_below(folder)
        del actual[MANIFEST]
        if wrong := same_digests(manifest["files"], actual):
            raise DigestError(
                f"{folder}: {', '.join(wrong[:5])} changed after the {stage} stage made it. "
                f"Run the stage again: commonhold train RECIPE --force {stage}"
            )
        return Artifact(stage, key, manifest["digest"], folder)

    def folder(self, stage: str, key: str) -> Path:
        """Where the artifact under a key is, or would be."""
        return self._workspace.objects / stage / key[:32]

    def work_folder(self, stage: str, key: str) -> Path:
        """What an unfinished stage leaves for its next attempt."""
        return self._workspace.work / f"{stage}-{key[:32]}"

    @contextmanager
    def draft(self, stage: str, key: str) -> Iterator[Path]:
        """An empty folder to fill; it is gone after the block unless committed."""
        folder = self.work_folder(stage, key) / DRAFT
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def commit(self, stage: str, key: str, draft: Path, logs: Collection[str]) -> Artifact:
        """Makes a draft an artifact: manifest last, then one rename, then the leftovers of the work are removed.

        `logs` are files with timings: they are kept and checked, but equal work with other timings is equal work.
        """
        files = digests_below(draft)
        digest = digest_of({name: sha for name, sha in files.items() if name not in logs})
        write_json(draft / MANIFEST, {"stage": stage, "key": key, "digest": digest, "files": files})
        final = self.folder(stage, key)
        commit_folder(draft, final)
        shutil.rmtree(self.work_folder(stage, key), ignore_errors=True)
        return Artifact(stage, key, digest, final)

    def set_aside(self, stage: str, name: str, draft: Path, refused: Mapping[str, str]) -> Path:
        """Keeps a draft that nothing may be made of, for people to look into, in place of the last of that name.

        `refused` goes into its manifest. No stage finds it: it is not among the artifacts.
        """
        write_json(draft / MANIFEST, {"stage": stage, "files": digests_below(draft), "refused": dict(refused)})
        final = self._workspace.refused / stage / name
        commit_folder(draft, final)
        return final

    def forget_refused(self, stage: str, name: str) -> None:
        """Removes what was set aside under a name, now that the stage has come to an end."""
        shutil.rmtree(self._workspace.refused / stage / name, ignore_errors=True)

    def discard(self, stage: str, key: str) -> None:
        """Removes an artifact and the unfinished work for it."""
        shutil.rmtree(self.folder(stage, key), ignore_errors=True)
        shutil.rmtree(self.work_folder(stage, key), ignore_errors=True)

    def sizes(self) -> list[tuple[str, int]]:
        """Bytes of everything in the workspace that can be removed, by name."""
        folders: list[Path] = [*self._workspace.objects.glob("*/*"), *self._workspace.work.glob("*")]
        parts = [(f"{folder.parent.name}/{short(folder.name)}", _bytes_below(folder)) for folder in sorted(folders)]
        refused = sorted(self._workspace.refused.glob("*/*"))
        return [*parts, *((f"refused/{folder.name}", _bytes_below(folder)) for folder in refused)]


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
