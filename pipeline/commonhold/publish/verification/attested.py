"""Attestations compared with the bundle, with each other, and with what the person who checks trusts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from commonhold.digests import sha256_bytes, short
from commonhold.publish.verification.attestations import Attestations
from commonhold.publish.verification.decision import PUBLISH, PublishDecision, read_decision
from commonhold.publish.verification.findings import Trust, VerificationFindings
from commonhold.publish.verification.model_signature import read_model_signature, signature_problems
from commonhold.publish.verification.names import shown
from commonhold.publish.verification.reproduced import reproductions
from commonhold.signatures.approvals import Approval, Quorum, quorum_met, read_approval
from commonhold.signatures.chain import LogEntry, entry_signed_by, read_log, standing
from commonhold.signatures.public_key import read_public_key

HAVE_TO_BE_SIGNED = ("signed", "promoted", "withdrawn")
"""Lines of the log that the publisher signs where there is a publisher's key."""


class BundleFacts(NamedTuple):
    """What attestations are compared with."""

    model: str
    digest: str
    files: Mapping[str, str]
    """SHA-256 by path, the manifest's too."""
    gates: tuple[Mapping[str, str], ...]
    """As record.json has them."""
    policy: Any = None
    """Who has to agree, as record.json has it."""


def attested(attestations: Attestations, bundle: BundleFacts, trust: Trust) -> VerificationFindings:
    """What the attestations prove about a bundle, and what of them does not fit."""
    findings = VerificationFindings(problems=list(attestations.strays))
    findings.add(_signature(attestations.signature, bundle, trust))
    entries = _log(attestations.log, bundle, trust, findings)
    decision = _decision(attestations.decision, bundle, trust, findings)
    if decision:
        _approvals(attestations, decision, entries, trust, findings)
    elif trust.stewards or attestations.approvals:
        findings.problems.append("decision.json: missing, so that no steward's approval can be checked")
    findings.add(reproductions(attestations, (bundle.model, bundle.digest), entries, trust))
    promoted = standing(entries).champion == bundle.digest
    if trust.promoted and not promoted:
        findings.problems.append("log.jsonl: does not say that this bundle was promoted; it is a candidate only")
    if promoted:
        day = next(each.at[:10] for each in reversed(entries) if each.event == "promoted")
        (findings.proven if trust.key else findings.claimed).append(f"that it was promoted on {day}, as the log says")
    else:
        findings.not_checkable.append("whether the community approved it: no promotion is recorded")
    return findings


def _signature(data: bytes | None, bundle: BundleFacts, trust: Trust) -> VerificationFindings:
    if data is None:
        if trust.key:
            return VerificationFindings(["model.sig: missing, and it should be there with the key that you trust"])
        return VerificationFindings(not_checkable=["who made it: the bundle is not signed"])
    try:
        signature = read_model_signature(data)
    except ValueError as error:
        return VerificationFindings([f"model.sig: {error}"])
    problems = signature_problems(signature, bundle.files, trust.key)
    if trust.key:
        proven = [f"the holder of the key {short(trust.key.fingerprint)}… has signed exactly these files"]
        return VerificationFindings(problems, [] if problems else proven)
    hint = f" {short(signature.key_hint)}…" if signature.key_hint else ""
    return VerificationFindings(
        problems,
        not_checkable=[f"who made it: it is signed with a key{hint}; give the publisher's public key with --key"],
    )


def _log(data: bytes | None, bundle: BundleFacts, trust: Trust, findings: VerificationFindings) -> Sequence[LogEntry]:
    if data is None:
        if trust.log_head:
            findings.problems.append("log.jsonl: missing, and you know an entry of it")
        return ()
    try:
        entries = read_log(data)
    except ValueError as error:
        findings.problems.append(f"log.jsonl: {error}")
        return ()
    findings.problems += [f"log.jsonl: {problem}" for problem in _log_problems(entries, bundle, trust)]
    findings.proven.append(f"the log of {len(entries)} lines is one chain, and no line in it was changed")
    if trust.log_head:
        findings.proven.append("the log still holds the entry that you know")
    else:
        findings.not_checkable.append(
            f"whether the log was cut off after its last line, {entries[-1].digest if entries else ''}: "
            "compare it with one from another place, with --log-head"
        )
    return entries


def _log_problems(entries: Sequence[LogEntry], bundle: BundleFacts, trust: Trust) -> Iterator[str]:
    own = [entry for entry in entries if entry.bundle_sha256 == bundle.digest]
    if not own:
        yield "says nothing of this bundle"
    signings = [entry for entry in own if entry.event == "signed"]
    for entry in own:
        if entry in signings[:-1]:
            continue  # before it was promoted, the publisher may have signed it again, with another key
        where = f"line {entry.place + 1} ({entry.event})"
        if entry.model != bundle.model:
            yield f"{where} is about {entry.model!a}, and the bundle is {bundle.model!a}"
        wants = trust.key and (entry.signature or entry.event in HAVE_TO_BE_SIGNED)
        if trust.key and wants and not entry_signed_by(entry, trust.key):
            yield f"{where} is not signed with the key that you trust"
    if trust.log_head and trust.log_head not in {entry.digest for entry in entries}:
        yield f"the entry {short(trust.log_head)}…, which you know, is not in it; it was cut off or rewritten"
    for entry in own:
        if entry.event == "withdrawn":
            reason = str(entry.details.get("reason", ""))
            yield f"the publisher withdrew this bundle on {entry.at[:10]}: {reason[:300]!a}. Do not use it"


def _decision(
    data: bytes | None, bundle: BundleFacts, trust: Trust, findings: VerificationFindings
) -> PublishDecision | None:
    if data is None:
        return None
    try:
        decision = read_decision(data)
    except ValueError as error:
        findings.problems.append(f"decision.json: {error}")
        return None
    if (decision.model, decision.bundle_sha256) != (bundle.model, bundle.digest):
        findings.problems.append("decision.json: is about another bundle")
    if decision.gates != bundle.gates:
        findings.problems.append("decision.json: tells other results of the gates than the record")
    if _policy(decision) != _written_policy(bundle.policy):
        findings.claimed.append(
            "that the community changed its rules since the record was written: decision.json names other people, keys "
            "or another number than record.json"
        )
    if trust.stewards:
        expected = {(each.name.casefold(), each.public_key) for each in trust.stewards}
        if {(each.name.casefold(), each.public_key) for each in decision.stewards} != expected:
            findings.problems.append("decision.json: names other stewards, or other keys, than those that you trust")
        if decision.quorum != trust.quorum:
            findings.problems.append(
                f"decision.json: lets {decision.quorum} stewards decide, and you trust {trust.quorum} and no fewer"
            )
    return decision


def _policy(decision: PublishDecision) -> tuple[Any, list[tuple[str, str]]]:
    keys = [(each.name, read_public_key(each.public_key).fingerprint) for each in decision.stewards]
    return decision.quorum, sorted(keys)


def _written_policy(policy: Any) -> tuple[Any, list[tuple[str, str]]]:
    written = policy if isinstance(policy, Mapping) else {}
    listed = written.get("stewards")
    stewards = [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
    return written.get("needed"), sorted((str(each.get("name")), str(each.get("fingerprint"))) for each in stewards)


def _approvals(
    attestations: Attestations,
    decision: PublishDecision,
    entries: Sequence[LogEntry],
    trust: Trust,
    findings: VerificationFindings,
) -> None:
    digest = sha256_bytes(attestations.decision or b"")
    approvals = dict(_readable(attestations.approvals, findings))
    quorum = quorum_met(decision.stewards, decision.quorum, PUBLISH, digest, list(approvals.values()))
    findings.problems += [f"approvals: {sentence}" for sentence in quorum.refused]
    findings.problems += [f"approvals: {problem}" for problem in _against_log(attestations, decision, digest, entries)]
    champion = standing(entries).champion == decision.bundle_sha256
    who = f"{len(quorum.approved_by)} of {len(decision.stewards)} stewards"
    if not quorum.met and (trust.stewards or champion or trust.promoted):
        findings.problems.append(f"approvals: {who} have signed, and {decision.quorum} have to")
    _say(quorum, who, champion, trust, findings)


def _say(quorum: Quorum, who: str, champion: bool, trust: Trust, findings: VerificationFindings) -> None:
    names = ", ".join(shown_person(name) for name in quorum.approved_by)
    if not quorum.approved_by:
        findings.not_checkable.append("what the stewards think of it: none has signed")
    elif trust.stewards or (trust.key and champion):
        findings.proven.append(f"{who} approved it, as they were told of the gates: {names}; {quorum.needed} have to")
    else:
        findings.claimed.append(
            f"that {names} are the stewards whose {len(quorum.approved_by)} signatures fit: compare their keys with "
            "the community's own list, with --stewards"
        )


def shown_person(name: str) -> str:
    """A person's name as it can be printed."""
    return name if name.isprintable() else ascii(name)


def _readable(approvals: Mapping[str, bytes], findings: VerificationFindings) -> Iterator[tuple[str, Approval]]:
    for name, data in sorted(approvals.items()):
        try:
            yield name, read_approval(data)
        except ValueError as error:
            findings.problems.append(f"approvals/{shown(name)}: {error}")


def _against_log(
    attestations: Attestations, decision: PublishDecision, digest: str, entries: Sequence[LogEntry]
) -> Iterator[str]:
    """Approvals that the log knows and are not here, those that it does not know, and another decision than its own."""
    present = {sha256_bytes(data) for data in attestations.approvals.values()}
    logged: dict[str, str] = {}
    decided = ""
    for entry in entries:
        if entry.bundle_sha256 != decision.bundle_sha256:
            continue
        decided = str(entry.details.get("decision_sha256") or decided)
        if entry.event == "approved" and entry.details.get("decision_sha256") == digest:
            logged[str(entry.details.get("approval_sha256"))] = str(entry.details.get("steward"))
        approvals = entry.details.get("approvals")
        if entry.event == "promoted" and isinstance(approvals, Mapping):
            logged.update({str(sha): str(steward) for steward, sha in approvals.items()})
    if decided != digest:
        yield f"the log knows the decision {short(decided) or 'none'}…, and decision.json is {short(digest)}…"
    for sha256, steward in sorted(logged.items()):
        if sha256 not in present:
            yield f"the log has one of {shown_person(steward)} that is not here; it was taken out or changed"
    for name, data in sorted(attestations.approvals.items()):
        if sha256_bytes(data) not in logged:
            yield f"the log does not know {shown(name)}"


def gates_of(record_gates: object) -> tuple[Mapping[str, str], ...]:
    """Name, verdict and reason of each gate of a record, as decisions list them."""
    listed = record_gates if isinstance(record_gates, list) else []
    keys = ("name", "verdict", "reason")
    return tuple({key: str(gate.get(key)) for key in keys} for gate in listed if isinstance(gate, Mapping))
