"""The whole check of a folder or an archive, offline, without running anything in it."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from commonhold.publish.allowed_files import Seen, look_through
from commonhold.publish.manifest import FILE_NAME, bundle_digest, read_manifest
from commonhold.publish.verification.attestations import Attestations, read_attestations
from commonhold.publish.verification.attested import BundleFacts, attested, gates_of
from commonhold.publish.verification.findings import Trust, VerificationFindings
from commonhold.publish.verification.names import shown
from commonhold.publish.verification.record_links import RECORD, part, read_plain_record, record_problems
from commonhold.strict_json import JsonObject

BUNDLE_FOLDER, ATTESTATIONS_FOLDER = "bundle", "attestations"
LARGEST_MANIFEST_BYTES = 16 << 20
CLAIMED = (
    "that this recipe, code and data gave these weights: to see for yourself, run the recipe again",
    "the scores, and what training cost",
    "that people agreed to the use of their records, and under which licence",
)


@dataclass(slots=True)
class Inspection:
    """What a check found, problems among it."""

    folder: Path
    model: str = ""
    digest: str = ""
    files: dict[str, Seen] = field(default_factory=dict)
    """The manifest is not among them."""
    record: JsonObject | None = None
    """As plain data; none where it could not be read."""
    findings: VerificationFindings = field(default_factory=VerificationFindings)
    seconds: float = 0.0

    @property
    def bytes(self) -> int:
        """Of all files but the manifest."""
        return sum(seen.bytes for seen in self.files.values())


def parts_of(target: Path) -> tuple[Path, Path | None, list[str]]:
    """Bundle and attestations in what somebody was given, and what else is there."""
    if (target / FILE_NAME).exists() or not (target / BUNDLE_FOLDER).is_dir():
        beside = target.absolute().parent / ATTESTATIONS_FOLDER
        return target, beside if target.name == BUNDLE_FOLDER and beside.is_dir() else None, []
    strays = [
        f"{shown(path.name)}: has no place beside {BUNDLE_FOLDER}/ and {ATTESTATIONS_FOLDER}/"
        for path in sorted(target.iterdir())
        if path.name not in (BUNDLE_FOLDER, ATTESTATIONS_FOLDER) or path.is_symlink()
    ]
    return target / BUNDLE_FOLDER, target / ATTESTATIONS_FOLDER, strays


def inspect(
    target: Path, trust: Trust, made_from_record: frozenset[str], beside: Attestations | None = None
) -> Inspection:
    """Checks a bundle, or a folder with `bundle/` and `attestations/`; `beside` are attestations from elsewhere.

    Raises:
        OSError: a file or folder may not be read.
    """
    started = time.monotonic()
    folder, attestations, strays = parts_of(target)
    inspection = Inspection(folder, findings=VerificationFindings(strays))
    problems = inspection.findings.problems
    listed = _manifest(folder, problems)
    seen = look_through(folder, {path: each.bytes for path, each in (listed or {}).items()})
    problems += seen.problems
    inspection.files = {path: each for path, each in seen.files.items() if path != FILE_NAME}
    if listed is not None:
        problems += _against_manifest(listed, inspection.files)
    inspection.digest = bundle_digest(inspection.files)
    if trust.digest and inspection.digest != trust.digest:
        problems.append(f"the bundle's digest is {inspection.digest}, but {trust.digest} was expected")
    _look_at_record(inspection, made_from_record)
    read = beside or (read_attestations(attestations) if attestations else Attestations())
    files = {path: each.sha256 for path, each in seen.files.items()}
    gates = gates_of(part(inspection.record or {}, "evaluation", "gates"))
    policy = part(inspection.record or {}, "approvals")
    inspection.findings.add(
        attested(read, BundleFacts(inspection.model, inspection.digest, files, gates, policy), trust)
    )
    _sum_up(inspection, trust)
    inspection.seconds = time.monotonic() - started
    return inspection


def _manifest(folder: Path, problems: list[str]) -> dict[str, Seen] | None:
    path = folder / FILE_NAME
    if not path.is_file() or path.is_symlink():
        problems.append(f"{FILE_NAME}: missing")
        return None
    try:
        if path.stat().st_size > LARGEST_MANIFEST_BYTES:
            raise ValueError("is larger than any manifest has to be")
        return read_manifest(path.read_bytes())
    except ValueError as error:
        problems.append(f"{FILE_NAME}: {error}")
        return None


def _against_manifest(listed: Mapping[str, Seen], files: Mapping[str, Seen]) -> Iterator[str]:
    for name in sorted(listed.keys() | files.keys()):
        if name not in files:
            yield f"{shown(name)}: missing"
        elif name not in listed:
            yield f"{shown(name)}: is not in the manifest"
        elif files[name].bytes != listed[name].bytes:
            yield f"{shown(name)}: has {files[name].bytes:,} bytes, but the manifest says {listed[name].bytes:,}"
        elif files[name] != listed[name]:
            was, now = listed[name].sha256[:12], files[name].sha256[:12]
            yield f"{shown(name)}: sha256 is {now}…, but the manifest says {was}…"


def _look_at_record(inspection: Inspection, made_from_record: frozenset[str]) -> None:
    path, problems = inspection.folder / RECORD, inspection.findings.problems
    if not path.is_file() or path.is_symlink():
        problems.append(f"{RECORD}: missing")
        return
    try:
        inspection.record = read_plain_record(path.read_bytes())
    except ValueError as error:
        problems.append(f"{RECORD}: {error}")
        return
    inspection.model = str(part(inspection.record, "identity", "name"))
    problems += record_problems(inspection.folder, inspection.files, inspection.record, made_from_record)


def _sum_up(inspection: Inspection, trust: Trust) -> None:
    proven = [
        f"each of {len(inspection.files)} files has the digest that the manifest gives, and there is no other file",
        "the record names these files, and the adapter's tensors are those it names",
        "it holds weights as safetensors or GGUF, and text; no pickle, archive or program",
    ]
    unseen = []
    if trust.digest:
        proven.append("it is the bundle with the digest that was expected")
    elif not trust.key and not trust.stewards:
        unseen.append("whether it was exchanged as a whole: compare its digest with one from another place")
    if any(path.endswith((".jinja", ".gguf", "tokenizer_config.json")) for path in inspection.files):
        unseen.append("the chat template, which is a program of its own kind: compare it with the base model's")
    base, digest = part(inspection.record or {}, "base", "id"), part(inspection.record or {}, "base", "sha256")
    unseen.append(f"the base model: compare your copy of {str(base)[:80]!a} with {str(digest)[:12]}… in the record")
    inspection.findings.proven[:0] = proven
    inspection.findings.claimed += CLAIMED
    inspection.findings.not_checkable += unseen
