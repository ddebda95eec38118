"""Stewards say yes to a release: here, on a copy that was handed out, or with a file that they sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from commonhold.digests import sha256_bytes
from commonhold.errors import FormError, MissingInputError, Problem, RequestError
from commonhold.files import write_bytes
from commonhold.number_format import listed
from commonhold.publish.verification.attestations import APPROVALS, Attestations, read_attestations
from commonhold.publish.verification.decision import PUBLISH, PublishDecision, read_decision
from commonhold.publish.verification.findings import Trust
from commonhold.publish.verification.inspection import parts_of
from commonhold.publish.verify import Verification, verify
from commonhold.releases.attestations import attestation_folder, attestations_of
from commonhold.releases.model_log import LoggedBundle, add_to_log
from commonhold.releases.versions import bundle_folder, read_releases, refuse_withdrawn
from commonhold.signatures.approvals import Approval, Quorum, approval_bytes, quorum_met, read_approval
from commonhold.signatures.private_key import PrivateKey, approve
from commonhold.stages.workspace import Workspace

GateWords = Mapping[str, str]
"""Name, verdict and reason of a gate."""
NOBODY = (
    "nobody can approve this model: its community names no stewards with keys. "
    "Write GOVERNANCE.yaml beside the datasheet and run: commonhold train RECIPE"
)


@dataclass(frozen=True, slots=True)
class Published:
    """One release with everything about it, checked."""

    workspace: Workspace
    bundle: LoggedBundle
    folder: Path
    verification: Verification
    attestations: Attestations

    @property
    def decision(self) -> PublishDecision | None:
        """What the stewards decide on; none where the community has no GOVERNANCE.yaml."""
        return read_decision(self.attestations.decision) if self.attestations.decision else None

    @property
    def gates(self) -> tuple[GateWords, ...]:
        """What the stewards read of the gates."""
        return self.decision.gates if self.decision else ()

    @property
    def quorum(self) -> Quorum | None:
        """Who has signed."""
        decision = self.decision
        if decision is None or self.attestations.decision is None:
            return None
        digest = sha256_bytes(self.attestations.decision)
        approvals = [read_approval(data) for data in self.attestations.approvals.values()]
        return quorum_met(decision.stewards, decision.quorum, PUBLISH, digest, approvals)


def find_published(workspace: Workspace, model: str, version: int = 0, key: PrivateKey | None = None) -> Published:
    """A release by its version, or the candidate, checked against its digests, its attestations and the log.

    Raises:
        MissingInputError: nothing was published under this name, or its files are gone.
        RequestError: it was withdrawn.
        DigestError: something does not match, or the bundle was signed with another key than `key`.
    """
    releases = read_releases(workspace, model)
    release = releases.version(version or releases.candidate)
    folder = bundle_folder(workspace, model, release)
    refuse_withdrawn(releases, release)
    digest = releases.bundles[release.version]
    attestations = attestations_of(workspace, model, digest)
    trust = Trust(key=key.public if key and attestations.signature is not None else None)
    verification = verify(folder, digest, trust=trust, beside=attestations)
    return Published(workspace, LoggedBundle(model, release.version, digest), folder, verification, attestations)


def approve_release(workspace: Workspace, model: str, key: PrivateKey, version: int = 0) -> tuple[Published, Approval]:
    """A steward's yes to a release in this workspace, stored and logged.

    Raises:
        RequestError: the key is no steward's, or nobody can approve.
        CommonholdError: as `find_published`.
    """
    published = find_published(workspace, model, version)
    return _take(published, _approval(published.decision, published.attestations, key), "the approval")


def add_approval(workspace: Workspace, model: str, file: Path, version: int = 0) -> tuple[Published, Approval]:
    """A steward's yes that was sent as a file, stored and logged.

    Raises:
        MissingInputError: there is no such file.
        FormError: it is no approval.
        RequestError: it does not count: a stranger's, one of another bundle, or one whose signature does not fit.
        CommonholdError: as `find_published`.
    """
    if not file.is_file():
        raise MissingInputError(f"{file}: there is no such file. Give the approval that the steward sent")
    try:
        approval = read_approval(file.read_bytes())
    except ValueError as error:
        raise FormError([Problem(str(file), 0, "", f"it {error}", "Ask the steward to send it again")]) from error
    return _take(find_published(workspace, model, version), approval, str(file))


def approve_copy(target: Path, key: PrivateKey) -> tuple[Approval, tuple[GateWords, ...]]:
    """A steward's yes to a copy that was handed out; the file with it goes back to whoever publishes.

    Raises:
        RequestError: the key is no steward's, or nobody can approve.
        MissingInputError: there is no such folder.
        DigestError: something in the copy does not match.
    """
    verify(target)
    _, folder, _ = parts_of(target)
    attestations = read_attestations(folder) if folder else Attestations()
    decision = read_decision(attestations.decision) if attestations.decision else None
    return _approval(decision, attestations, key), decision.gates if decision else ()


def _approval(decision: PublishDecision | None, attestations: Attestations, key: PrivateKey) -> Approval:
    if decision is None or attestations.decision is None:
        raise RequestError(NOBODY)
    steward = next((each for each in decision.stewards if each.public_key == key.public.text), None)
    if steward is None:
        names = listed([each.name for each in decision.stewards])
        raise RequestError(
            f"this key is none of the stewards'. The decision names {names}; ask for your key to be put into "
            "GOVERNANCE.yaml, and for the model to be published again"
        )
    return approve(key, steward.name, PUBLISH, sha256_bytes(attestations.decision))


def _take(published: Published, approval: Approval, file: str) -> tuple[Published, Approval]:
    """Stores and logs an approval that counts; gives the release as it is then."""
    decision = published.decision
    if decision is None or published.attestations.decision is None:
        raise RequestError(NOBODY)
    digest = sha256_bytes(published.attestations.decision)
    quorum = quorum_met(decision.stewards, decision.quorum, PUBLISH, digest, [approval])
    if quorum.refused:
        raise RequestError(f"{file}: {quorum.refused[0]}")
    (name,) = quorum.approved_by
    if published.quorum and name in published.quorum.approved_by:
        return published, approval
    key = next(each.public_key for each in decision.stewards if each.name == name)
    folder = attestation_folder(published.workspace, published.bundle.sha256) / APPROVALS
    stored = approval_bytes(approval)
    write_bytes(folder / f"{sha256_bytes(key.encode())[:16]}.json", stored)
    details = {"steward": name, "decision_sha256": digest, "approval_sha256": sha256_bytes(stored)}
    add_to_log(published.workspace, published.bundle, "approved", details)
    now = attestations_of(published.workspace, published.bundle.model, published.bundle.sha256)
    return Published(published.workspace, published.bundle, published.folder, published.verification, now), approval
