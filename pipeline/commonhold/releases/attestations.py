"""What publisher and stewards sign about a bundle, kept in the workspace and handed out beside it."""

from pathlib import Path

from commonhold.digests import sha256_bytes
from commonhold.files import write_bytes
from commonhold.publish.manifest import stated_digest
from commonhold.publish.record import FILE_NAME as RECORD
from commonhold.publish.record import read_record
from commonhold.publish.verification.attestations import (
    APPROVALS,
    DECISION,
    LOG,
    REPRODUCTIONS,
    REPRODUCTIONS_PAGE,
    SIGNATURE,
    Attestations,
    read_attestations,
)
from commonhold.publish.verification.attested import gates_of
from commonhold.publish.verification.decision import PublishDecision, decision_bytes
from commonhold.publish.verification.reproduced import own_keys, reproductions_page
from commonhold.records.artifact import Artifact
from commonhold.releases.model_log import LoggedBundle, add_to_log, log_path, read_model_log
from commonhold.releases.versions import Release
from commonhold.signatures.approvals import Signatory
from commonhold.stages.publication import BUNDLE
from commonhold.stages.stage import Context
from commonhold.stages.workspace import Workspace


def attestation_folder(workspace: Workspace, bundle_sha256: str) -> Path:
    """Where the attestations of a bundle are."""
    return workspace.attestations / bundle_sha256


def attestations_of(workspace: Workspace, model: str, bundle_sha256: str) -> Attestations:
    """Everything that is beside a bundle when it is handed out."""
    log = log_path(workspace, model)
    attestations = read_attestations(attestation_folder(workspace, bundle_sha256))
    attestations = attestations._replace(log=log.read_bytes() if log.is_file() else None)
    page = reproductions_page(model, bundle_sha256, attestations.reproductions, own_keys(attestations, bundle_sha256))
    return attestations._replace(reproductions_page=page)


def record_publication(context: Context, release: Release, artifact: Artifact) -> None:
    """Writes into the log that a bundle was published, and what its stewards would have to sign.

    A community without GOVERNANCE.yaml has nobody who could sign: its bundles stay candidates. A bundle that was
    promoted keeps the decision that was signed.
    """
    workspace, model = context.workspace, context.recipe.publish.model
    bundle_sha256 = stated_digest(artifact.path / BUNDLE)
    own = [each for each in read_model_log(workspace, model) if each.bundle_sha256 == bundle_sha256]
    if any(each.event in ("promoted", "withdrawn") for each in own):
        return
    decision = _decision(context, artifact.path / BUNDLE, bundle_sha256)
    folder, digest = attestation_folder(workspace, bundle_sha256), sha256_bytes(decision) if decision else ""
    published = [each.details.get("decision_sha256", "") for each in own if each.event == "published"]
    if not published or published[-1] != digest:
        # Approvals of an earlier decision count no longer; that they were given stays in the log.
        for old in (folder / APPROVALS).glob("*.json"):
            old.unlink()
        bundle = LoggedBundle(model, release.version, bundle_sha256)
        add_to_log(workspace, bundle, "published", {"decision_sha256": digest} if digest else {})
    if decision:
        write_bytes(folder / DECISION, decision)
    else:
        (folder / DECISION).unlink(missing_ok=True)


def _decision(context: Context, bundle: Path, bundle_sha256: str) -> bytes | None:
    governance = context.inputs.data.governance
    if governance is None:
        return None
    record = read_record((bundle / RECORD).read_bytes())
    stewards = tuple(Signatory(each.name, each.public_key) for each in governance.form.stewards)
    gates = gates_of([gate.model_dump() for gate in record.evaluation.gates])
    return decision_bytes(PublishDecision(record.identity.name, bundle_sha256, gates, stewards, governance.form.quorum))


def write_attestations(attestations: Attestations, folder: Path) -> None:
    """Writes attestations into a folder that is handed out."""
    for name, data in (
        (SIGNATURE, attestations.signature),
        (DECISION, attestations.decision),
        (LOG, attestations.log),
        (REPRODUCTIONS_PAGE, attestations.reproductions_page),
    ):
        if data is not None:
            write_bytes(folder / name, data)
    for part, files in ((APPROVALS, attestations.approvals), (REPRODUCTIONS, attestations.reproductions)):
        for name, data in files.items():
            write_bytes(folder / part / name, data)
