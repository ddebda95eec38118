"""The check of a bundle, offline and without running anything in it: is every file what it is said to be?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commonhold.digests import digest_of, short
from commonhold.errors import DigestError, FormError, MissingInputError
from commonhold.publish import manifest, record
from commonhold.publish.contents import Seen, look_through
from commonhold.publish.record_form import Record
from commonhold.publish.tensors import tensors_digest
from commonhold.publish.views.catalogue import PATHS, views_of

ADAPTER = "adapter/adapter_model.safetensors"
CLAIMED = (
    "that this recipe, code and data gave these weights: to see for yourself, run the recipe again",
    "the scores, and what training cost",
    "that people agreed to the use of their records, and under which licence",
)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of a bundle found; there is one only where nothing was wrong."""

    model: str
    digest: str
    """Of the whole bundle."""
    files: int
    bytes: int
    proven: tuple[str, ...]
    """What follows from the bytes alone."""
    claimed: tuple[str, ...]
    """What the publisher says and nobody can see from here."""
    not_checkable: tuple[str, ...]
    """What was not compared, and what it takes."""


def verify(folder: Path, expected_digest: str = "") -> Verification:
    """Checks every file of a bundle against its manifest and its record.

    `expected_digest` is the bundle's digest from another place than the bundle, such as the community's page.

    Raises:
        MissingInputError: there is no such folder.
        DigestError: something does not match; the message lists everything.
    """
    if not folder.is_dir():
        raise MissingInputError(f"{folder}: there is no such folder. Give the folder that holds manifest.json")
    try:
        seen = look_through(folder)
    except OSError as error:
        raise DigestError(f"{error.filename}: cannot be read ({error.strerror}). Check who may read it") from error
    files = {path: found for path, found in seen.files.items() if path != manifest.FILE_NAME}
    problems = [*seen.problems, *_against_manifest(folder, files)]
    digest = manifest.bundle_digest(files)
    if expected_digest and digest != expected_digest:
        problems.append(f"the bundle's digest is {digest}, but {expected_digest} was expected")
    found = _read_record(folder, problems)
    if found:
        problems += _against_record(folder, files, found)
    if problems or not found:
        raise DigestError(_refusal(folder, problems))
    return Verification(
        model=found.identity.name,
        digest=digest,
        files=len(files),
        bytes=sum(file.bytes for file in files.values()),
        proven=tuple(_proven(folder, found, len(files), expected_digest)),
        claimed=CLAIMED,
        not_checkable=tuple(_not_checkable(folder, found, expected_digest)),
    )


def _against_manifest(folder: Path, files: dict[str, Seen]) -> Iterator[str]:
    path = folder / manifest.FILE_NAME
    if not path.is_file() or path.is_symlink():
        yield f"{manifest.FILE_NAME}: missing"
        return
    try:
        listed = manifest.read_manifest(path.read_bytes())
    except ValueError as error:
        yield f"{manifest.FILE_NAME}: {error}"
        return
    for name in sorted(listed.keys() | files.keys()):
        if name not in files:
            yield f"{_shown(name)}: missing"
        elif name not in listed:
            yield f"{_shown(name)}: is not in the manifest"
        elif files[name] != listed[name]:
            was, now = short(listed[name].sha256), short(files[name].sha256)
            yield f"{_shown(name)}: sha256 is {now}…, but the manifest says {was}…"


def _read_record(folder: Path, problems: list[str]) -> Record | None:
    path = folder / record.FILE_NAME
    if not path.is_file() or path.is_symlink():
        problems.append(f"{record.FILE_NAME}: missing")
        return None
    try:
        return record.read_record(path.read_bytes())
    except FormError as error:
        problems += map(str, error.problems)
        return None


def _against_record(folder: Path, files: dict[str, Seen], found: Record) -> Iterator[str]:
    named = {path: Seen(*ref) for path, ref in record.file_refs(found).items()}
    for path in sorted(named.keys() | files.keys() - {record.FILE_NAME} - PATHS):
        if files.get(path) != named.get(path):
            yield f"{_shown(path)}: is not the file that the record names"
    if digest_of(found.base.files) != found.base.sha256:
        yield "record.json base: its digest is not the one that its list of files gives"
    if found.outputs.adapter.tensors_sha256 != _tensors(folder / ADAPTER):
        yield f"{ADAPTER}: its tensors are not those that the record names"
    if (merged := found.outputs.merged) and merged.tensors_sha256 != _tensors(
        *sorted((folder / "merged").rglob("*.safetensors"))
    ):
        yield "merged: its tensors are not those that the record names"


def _tensors(*paths: Path) -> str:
    try:
        return tensors_digest(paths)
    except (OSError, ValueError):
        return ""


def _proven(folder: Path, found: Record, files: int, expected_digest: str) -> Iterator[str]:
    yield f"each of {files} files has the digest that the manifest gives, and there is no other file"
    yield "the record names these files, and the adapter's tensors are those it names"
    yield "it holds weights as safetensors, and text; no pickle, archive or program"
    if not _other_views(folder, found):
        yield "the model card, the label and the other views say what the record says"
    if expected_digest:
        yield "it is the bundle with the digest that was expected"


def _not_checkable(folder: Path, found: Record, expected_digest: str) -> Iterator[str]:
    yield "who made it: the bundle is not signed"
    if not expected_digest:
        yield "whether it was exchanged as a whole: compare its digest with one from another place"
    if other := _other_views(folder, found):
        names = ", ".join(other)
        yield f"{names}: this version of commonhold would write it differently; record.json is what counts"
    if "merged/chat_template.jinja" in record.file_refs(found):
        yield "the chat template, which is a program of its own kind: compare it with the base model's"
    yield f"the base model: compare your copy of {found.base.id} with {short(found.base.sha256)}… in the record"


def _other_views(folder: Path, found: Record) -> list[str]:
    """Views that are not what this version makes of the record."""
    expected = views_of(found)
    there = {path: (folder / path).read_bytes() for path in PATHS if (folder / path).is_file()}
    return sorted(path for path in PATHS if there.get(path) != expected.get(path))


def _refusal(folder: Path, problems: list[str]) -> str:
    lines = "\n".join(f"  {problem}" for problem in problems)
    return (
        f"{folder}: not the bundle that was published, {len(problems)} problem{'s' if len(problems) > 1 else ''}:\n"
        f"{lines}\nDo not use it; take it again from where it was published"
    )


def _shown(name: str) -> str:
    return name if name.isascii() and name.isprintable() else ascii(name)
