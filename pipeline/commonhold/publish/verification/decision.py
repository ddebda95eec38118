"""The decision that stewards sign: this bundle, with these results of its gates, and who has to agree."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from commonhold.digests import canonical_json
from commonhold.publish.verification.model_signature import STATEMENT_TYPE
from commonhold.signatures.approvals import HEX_DIGEST, Signatory
from commonhold.signatures.public_key import public_key_bytes
from commonhold.strict_json import parse_json

DECISION_PREDICATE = "urn:commonhold:decision:1"
PUBLISH = "publish"
"""The word that stewards sign before the decision's digest."""
GATE_KEYS = frozenset({"name", "verdict", "reason"})
MOST_STEWARDS = 1000


class PublishDecision(NamedTuple):
    """What is decided on."""

    model: str
    bundle_sha256: str
    gates: tuple[Mapping[str, str], ...]
    """Name, verdict and reason, as record.json has them."""
    stewards: tuple[Signatory, ...]
    quorum: int


def decision_bytes(decision: PublishDecision) -> bytes:
    """decision.json: an in-toto statement, in the one form that it can have."""
    predicate = {
        "decision": PUBLISH,
        "gates": [dict(gate) for gate in decision.gates],
        "stewards": [steward._asdict() for steward in decision.stewards],
        "quorum": decision.quorum,
    }
    subject = [{"name": decision.model, "digest": {"sha256": decision.bundle_sha256}}]
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": subject,
        "predicateType": DECISION_PREDICATE,
        "predicate": predicate,
    }
    return canonical_json(statement)


def read_decision(data: bytes) -> PublishDecision:
    """A decision from its bytes.

    Raises:
        ValueError: it is not of that form, or a steward's key is none.
    """
    value = parse_json(data)
    try:
        (subject,), predicate = value["subject"], value["predicate"]
        gates = tuple(_gate(gate) for gate in predicate["gates"])
        stewards = tuple(Signatory(**steward) for steward in predicate["stewards"])
        decision = PublishDecision(
            str(subject["name"]), str(subject["digest"]["sha256"]), gates, stewards, predicate["quorum"]
        )
        same = decision_bytes(decision) == data
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError("is no decision of this kind") from error
    if not same:
        raise ValueError("is not written in the one form that a decision has")
    check_stewards(decision.stewards, decision.quorum)
    if not HEX_DIGEST.fullmatch(decision.bundle_sha256):
        raise ValueError("names no digest of a bundle")
    return decision


def check_stewards(stewards: Sequence[Signatory], quorum: Any) -> None:
    """Whether this can be a community's list of those who decide.

    Raises:
        ValueError: nobody is on it, two are one, a key is none, or the number needed cannot be met.
    """
    if not 1 <= len(stewards) <= MOST_STEWARDS or not all(isinstance(text, str) for each in stewards for text in each):
        raise ValueError("names no stewards")
    for steward in stewards:
        public_key_bytes(steward.public_key)
    names, keys = {each.name.casefold() for each in stewards}, {each.public_key for each in stewards}
    if len(names) < len(stewards) or len(keys) < len(stewards):
        raise ValueError("has two stewards with one name or one key")
    if type(quorum) is not int or not 1 <= quorum <= len(stewards):
        raise ValueError(f"asks for a number of signatures that {len(stewards)} stewards cannot give")


def read_stewards(data: bytes) -> tuple[tuple[Signatory, ...], int]:
    """Stewards and quorum from a JSON file that a person trusts: `{"quorum": 2, "stewards": [{"name", "public_key"}]}`.

    Raises:
        ValueError: it is not of that form.
    """
    value = parse_json(data)
    try:
        stewards, quorum = tuple(Signatory(**steward) for steward in value["stewards"]), value["quorum"]
    except (KeyError, TypeError) as error:
        raise ValueError("is no list of stewards with name and public_key, and a quorum") from error
    check_stewards(stewards, quorum)
    return stewards, quorum


def _gate(gate: Mapping[str, Any]) -> dict[str, str]:
    if gate.keys() != GATE_KEYS or not all(isinstance(text, str) for text in gate.values()):
        raise ValueError("is a gate of another form")
    return dict(gate)
