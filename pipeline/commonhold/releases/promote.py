"""The publisher signs a release, lets it out once enough stewards approved it, takes it back, and hands it out."""

import shutil
from pathlib import Path

from commonhold.digests import sha256_bytes, sha256_file, short
from commonhold.errors import DigestError, GateError, MissingInputError, RequestError
from commonhold.files import space_needed, write_bytes
from commonhold.number_format import count, listed
from commonhold.publish.sign import sign_files
from commonhold.publish.verification.attestations import SIGNATURE
from commonhold.publish.verification.inspection import ATTESTATIONS_FOLDER, BUNDLE_FOLDER
from commonhold.publish.verification.model_signature import read_model_signature
from commonhold.publish.verify import Verification, verify
from commonhold.releases.approve import NOBODY, Published, find_published
from commonhold.releases.attestations import attestation_folder, attestations_of, write_attestations
from commonhold.releases.model_log import LoggedBundle, add_to_log, read_model_log
from commonhold.releases.versions import read_releases, refuse_withdrawn
from commonhold.signatures.approvals import read_approval
from commonhold.signatures.chain import NO_ENTRY
from commonhold.signatures.envelope import envelope_signed_by
from commonhold.signatures.private_key import PrivateKey
from commonhold.stages.workspace import Workspace
from commonhold.strict_json import JsonObject


def sign(workspace: Workspace, model: str, key: PrivateKey, version: int = 0) -> Published:
    """Signs every file of a bundle as its publisher; before anybody has promoted it, another key may sign it again.

    Raises:
        RequestError: it was promoted already.
        CommonholdError: as `find_published`.
    """
    published = find_published(workspace, model, version)
    log = read_model_log(workspace, model)
    if any(each.event == "promoted" and each.bundle_sha256 == published.bundle.sha256 for each in log):
        raise RequestError(
            f"{model}, version {published.bundle.version}, was promoted as it was signed then, which its log holds. "
            "Sign the next version"
        )
    files = {
        path.relative_to(published.folder).as_posix(): sha256_file(path)
        for path in sorted(published.folder.rglob("*"))
        if path.is_file()
    }
    signature = sign_files(model, files, key)
    write_bytes(attestation_folder(workspace, published.bundle.sha256) / SIGNATURE, signature)
    details = {"signature_sha256": sha256_bytes(signature), "key": key.public.text}
    add_to_log(workspace, published.bundle, "signed", details, key)
    return published


def promote(
    workspace: Workspace, model: str, key: PrivateKey | None = None, version: int = 0, despite_undecided: str = ""
) -> Published:
    """Makes a release the champion, which is what is served from now on.

    Raises:
        GateError: a gate does not hold, or too few stewards have signed.
        RequestError: nobody can approve, it was withdrawn, or the publisher's key is needed.
        CommonholdError: as `find_published`.
    """
    published = find_published(workspace, model, version, key)
    _refuse_gates(published, despite_undecided)
    quorum, decision = published.quorum, published.decision
    if quorum is None or decision is None or published.attestations.decision is None:
        raise RequestError(NOBODY)
    if not quorum.met:
        have = f": {listed(list(quorum.approved_by))}" if quorum.approved_by else ""
        missing = [each.name for each in decision.stewards if each.name not in quorum.approved_by]
        raise GateError(
            f"not promoted, because {quorum.needed} stewards have to sign and {len(quorum.approved_by)} have{have}. "
            f"Still to ask: {listed(missing)}. They run: commonhold approve {model} --key FILE"
        )
    if published.attestations.signature is not None and key is None:
        raise RequestError(
            f"{model}: this bundle is signed by its publisher, so its log has to be too. Give the key with --key"
        )
    approvals = {read_approval(data).steward: sha256_bytes(data) for data in published.attestations.approvals.values()}
    why = {"despite_undecided": despite_undecided.strip()} if despite_undecided.strip() else {}
    details: JsonObject = {
        "decision_sha256": sha256_bytes(published.attestations.decision),
        "approvals": approvals,
        **why,
    }
    add_to_log(workspace, published.bundle, "promoted", details, key)
    return published


def _refuse_gates(published: Published, despite_undecided: str) -> None:
    gates = published.verification.record.evaluation.gates
    wrong = [gate for gate in gates if gate.verdict not in ("pass", "inconclusive")]
    unsure = [gate for gate in gates if gate.verdict == "inconclusive" and not despite_undecided.strip()]
    if not wrong and not unsure:
        return
    lines = "\n".join(f"  {gate.name}: {gate.verdict}, {gate.reason}" for gate in (*wrong, *unsure))
    remedy = "Better rows, or another recipe, make it hold"
    if not wrong:
        remedy = "More items decide it; if the stewards take the risk, say why with --despite-undecided"
    verb = "does" if len(wrong) + len(unsure) == 1 else "do"
    raise GateError(
        f"not promoted, because {count(len(wrong) + len(unsure), 'gate')} of {len(gates)} {verb} not hold:\n"
        f"{lines}\n{remedy}"
    )


def withdraw(
    workspace: Workspace, model: str, reason: str, key: PrivateKey | None = None, version: int = 0
) -> LoggedBundle:
    """Withdraws a release permanently: it is no longer served, and its log says why.

    Without a version, the champion is meant, or else the candidate. The bundle need not be sound.

    Raises:
        MissingInputError: there is no such release, or its files are gone.
        RequestError: it was withdrawn before, no reason is given, or the publisher's key is needed.
        DigestError: the bundle was signed with another key, or the log was changed.
    """
    if not reason.strip():
        raise RequestError("a withdrawal needs a reason that people can read. Give it with --reason")
    releases = read_releases(workspace, model)
    release = releases.version(version) if version else releases.champion or releases.version(releases.candidate)
    refuse_withdrawn(releases, release)
    digest = releases.bundles.get(release.version)
    if not digest:
        raise MissingInputError(
            f"{model}, version {release.version}: its bundle is gone, and its digest with it. "
            "Put it back, or withdraw on the page where you publish"
        )
    signature = attestations_of(workspace, model, digest).signature
    if signature is not None:
        _check_key(signature, key, model)
    bundle = LoggedBundle(model, release.version, digest)
    add_to_log(workspace, bundle, "withdrawn", {"reason": reason.strip()}, key)
    return bundle


def _check_key(signature: bytes, key: PrivateKey | None, model: str) -> None:
    if key is None:
        raise RequestError(f"{model}: this bundle is signed by its publisher. Give the publisher's key with --key")
    if not envelope_signed_by(read_model_signature(signature).envelope, key.public):
        raise DigestError(
            f"{model}: it was signed with another key than {short(key.public.fingerprint)}…. Give that one with --key"
        )


def export_release(workspace: Workspace, model: str, out: Path, version: int = 0) -> Verification:
    """Copies a bundle and its attestations into a new folder, which is all that a stranger needs.

    Raises:
        RequestError: `out` holds something already.
        CommonholdError: as `find_published`.
    """
    if out.exists() and any(out.iterdir()):
        raise RequestError(f"{out}: a model is exported into an empty folder. Remove what is in it, or name another")
    published = find_published(workspace, model, version)
    with space_needed(out):
        shutil.copytree(published.folder, out / BUNDLE_FOLDER)
        write_attestations(published.attestations, out / ATTESTATIONS_FOLDER)
    return verify(out, published.bundle.sha256)


def log_head(workspace: Workspace, model: str) -> str:
    """Digest of the newest line of a model's log, to be published beside the model."""
    entries = read_model_log(workspace, model)
    return entries[-1].digest if entries else NO_ENTRY
