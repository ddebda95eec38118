"""A workspace with a published toy model, made without training: what promotion needs and no more."""

import shutil
from pathlib import Path

from tests.publish.verification.handing_out import QUORUM, Keys

from commonhold.digests import sha256_bytes
from commonhold.files import read_json, write_bytes
from commonhold.publish.manifest import stated_digest
from commonhold.publish.verification.attestations import DECISION
from commonhold.publish.verification.attested import gates_of
from commonhold.publish.verification.decision import PublishDecision, decision_bytes
from commonhold.records.artifact import Artifact
from commonhold.releases.attestations import attestation_folder
from commonhold.releases.model_log import LoggedBundle, add_to_log
from commonhold.releases.versions import record_release
from commonhold.stages.workspace import Workspace

MODEL = "water-desk"


def release(workspace: Workspace, bundle: Path, keys: Keys | None, key: str = "first") -> str:
    """Puts a bundle where the publish stage would, with its decision if there are stewards; gives its digest."""
    folder = workspace.objects / "publish" / key
    shutil.copytree(bundle, folder / "bundle")
    version = record_release(workspace, MODEL, Artifact("publish", key, sha256_bytes(key.encode()), folder)).version
    digest = stated_digest(folder / "bundle")
    details = {}
    if keys:
        gates = gates_of(read_json(bundle / "record.json")["evaluation"]["gates"])
        decision = decision_bytes(PublishDecision(MODEL, digest, gates, keys.signatories, QUORUM))
        write_bytes(attestation_folder(workspace, digest) / DECISION, decision)
        details = {"decision_sha256": sha256_bytes(decision)}
    add_to_log(workspace, LoggedBundle(MODEL, version, digest), "published", details)
    return digest
