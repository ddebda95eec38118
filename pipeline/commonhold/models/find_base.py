"""Finds the base weights that an adapter was trained on, by their digests, wherever they lie on this machine."""

from collections.abc import Iterable
from pathlib import Path

from commonhold.digests import same_digests, sha256_file
from commonhold.errors import DigestError, MissingModelError
from commonhold.files import read_json
from commonhold.models.fetch import LOCK_NAME
from commonhold.records.weights import BaseWeights


def find_base(base: BaseWeights, folders: Iterable[Path]) -> BaseWeights:
    """The weights of `base` in one of the folders `bases` of workspaces, every file compared; its path is not used.

    Raises:
        MissingModelError: no workspace has them.
        DigestError: a file was changed since it was prepared.
    """
    looked = list(folders)
    for bases in looked:
        for lock in sorted(bases.glob(f"*/{LOCK_NAME}")):
            if not same_digests(base.files, read_json(lock)["files"]):
                return base_in(base, lock.parent)
    where = ", ".join(map(str, looked)) or "no workspace, since none is near"
    raise MissingModelError(
        f"{base.id} at {base.revision}: the weights that the model changes are not on this machine (looked in "
        f"{where}). Run: commonhold fetch {base.id}"
    )


def base_in(base: BaseWeights, folder: Path) -> BaseWeights:
    """The weights of `base` in a folder that somebody named, every file compared; others may lie beside them.

    Raises:
        MissingModelError: the folder has none of the files.
        DigestError: a file is missing, or is not the one that the adapter was trained on.
    """
    digests = {name: sha256_file(folder / name) for name in base.files if (folder / name).is_file()}
    if not digests:
        raise MissingModelError(
            f"{folder}: {base.id} is not here. Name the folder with its {', '.join(sorted(base.files))}"
        )
    if wrong := same_digests(base.files, digests):
        raise DigestError(
            f"{folder / wrong[0]}: sha256 is {digests.get(wrong[0], 'missing')}, but the model was trained on "
            f"{base.id} at {base.revision}, whose file has {base.files[wrong[0]]}. Name the folder with that "
            "revision, or delete this one and run the command again that prepared it"
        )
    return BaseWeights(base.id, base.revision, base.licence, folder, base.files, base.digest)
