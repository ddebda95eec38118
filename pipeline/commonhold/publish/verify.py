"""The check of a bundle, offline and without running anything in it: is every file what it is said to be?

The check itself needs Python's standard library only (`publish/verification`, which is also the standalone verifier).
This adds what takes the rest of commonhold: the whole form of the record, and the views that are made from it.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commonhold.errors import DigestError, FormError, MissingInputError
from commonhold.publish import record
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.verification.archives import only_folder, unpacked
from commonhold.publish.verification.attestations import Attestations
from commonhold.publish.verification.findings import Trust
from commonhold.publish.verification.inspection import Inspection, inspect
from commonhold.publish.verification.unpacking import HostileArchiveError
from commonhold.publish.verification.verdict import counted_problems
from commonhold.publish.verification.views import MADE_FROM_RECORD
from commonhold.publish.views.catalogue import PATHS, views_of


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
    record: ModelRecord
    seconds: float


def verify(
    target: Path, expected_digest: str = "", *, trust: Trust | None = None, beside: Attestations | None = None
) -> Verification:
    """Checks every file of a bundle against its manifest and its record, and the attestations beside it.

    `target` is a bundle, a folder with `bundle/` and `attestations/`, or an archive of either. `expected_digest` is the
    bundle's digest from another place than the bundle, such as the community's page; `trust` has more of that kind.
    `beside` are attestations that lie elsewhere.

    Raises:
        MissingInputError: there is no such folder or file.
        DigestError: something does not match; the message lists everything.
    """
    inspection = inspect_fully(
        target, (trust or Trust())._replace(digest=expected_digest or (trust or Trust()).digest), beside
    )
    if inspection.findings.problems:
        raise DigestError(refusal(target, inspection.findings.problems))
    assert inspection.record is not None
    return Verification(
        model=inspection.model,
        digest=inspection.digest,
        files=len(inspection.files),
        bytes=inspection.bytes,
        proven=tuple(inspection.findings.proven),
        claimed=tuple(inspection.findings.claimed),
        not_checkable=tuple(inspection.findings.not_checkable),
        record=record.check_record(dict(inspection.record)),
        seconds=inspection.seconds,
    )


def inspect_fully(target: Path, trust: Trust, beside: Attestations | None = None) -> Inspection:
    """What a check finds, problems among it.

    Raises:
        MissingInputError: there is no such folder or file.
        DigestError: a file may not be read.
    """
    if not target.exists():
        raise MissingInputError(f"{target}: there is no such folder. Give the folder that holds manifest.json")
    try:
        with _folder_of(target) as folder:
            inspection = inspect(folder, trust, MADE_FROM_RECORD, beside)
            _add_form_and_views(inspection)
            return inspection
    except HostileArchiveError as error:
        inspection = Inspection(target)
        inspection.findings.problems.append(str(error))
        return inspection
    except OSError as error:
        raise DigestError(f"{error.filename}: cannot be read ({error.strerror}). Check who may read it") from error


@contextlib.contextmanager
def _folder_of(target: Path) -> Iterator[Path]:
    if target.is_dir():
        yield target
        return
    with unpacked(target) as folder:
        yield only_folder(folder)


def _add_form_and_views(inspection: Inspection) -> None:
    if inspection.record is None:
        return
    try:
        checked = record.check_record(dict(inspection.record))
    except FormError as error:
        inspection.findings.problems += map(str, error.problems)
        return
    expected = views_of(checked)
    there = {path: (inspection.folder / path).read_bytes() for path in PATHS if path in inspection.files}
    if other := sorted(path for path in PATHS if there.get(path) != expected.get(path)):
        inspection.findings.not_checkable.append(
            f"{', '.join(other)}: this version of commonhold would write it differently; record.json is what counts"
        )
    else:
        inspection.findings.proven.insert(3, "the model card, the label and the other views say what the record says")


def refusal(target: Path, problems: list[str]) -> str:
    """Everything that is wrong with a bundle, for the person who wants to use it."""
    lines = "\n".join(f"  {problem}" for problem in problems)
    return (
        f"{target}: not the bundle that was published, {counted_problems(len(problems))}:\n"
        f"{lines}\nDo not use it; take it again from where it was published"
    )
