import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.rights.approvals import Approval, approval_line, approve, quorum_met
from commonhold.curate.rights.governance import Governance

DIGEST, OTHER = "a" * 64, "b" * 64
# Private and public keys of RFC 8032, section 7.1, tests 1 to 3.
KEYS = {
    "Ana": (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    ),
    "Ben": (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
    ),
    "Cai": (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=",
    ),
}

RULES = {
    "governance": 1,
    "quorum": 2,
    "purposes": ["train"],
    "publication_licences": ["CC0-1.0"],
    "redress": "x",
    "reviewed": "2026-01-01",
    "review_days": 365,
}


@pytest.fixture
def governance() -> Governance:
    """Ana, Ben and Cai; two of them decide."""
    return two_of_three()


def two_of_three() -> Governance:
    stewards = [{"name": name, "contact": "x", "public_key": f"ed25519:{key}"} for name, (_, key) in KEYS.items()]
    return Governance.model_validate_json(json.dumps({"stewards": stewards, **RULES}))


def signed(name: str, key: str = "", decision: str = "publish", digest: str = DIGEST) -> Approval:
    return approve(bytes.fromhex(KEYS[key or name][0]), name, decision, digest)


def test_two_of_three_are_a_quorum_and_one_is_none(governance: Governance) -> None:
    one = quorum_met(governance, "publish", DIGEST, [signed("Cai")])
    two = quorum_met(governance, "publish", DIGEST, [signed("Cai"), signed("Ana")])
    assert (one.met, one.approved_by, one.needed) == (False, ("Cai",), 2)
    assert (two.met, two.approved_by, two.refused) == (True, ("Ana", "Cai"), ())


def test_nobody_has_signed_at_first(governance: Governance) -> None:
    assert quorum_met(governance, "publish", DIGEST, []).met is False


def test_a_steward_counts_once(governance: Governance) -> None:
    again = signed("Ana").model_copy(update={"steward": "ANA"})
    quorum = quorum_met(governance, "publish", DIGEST, [signed("Ana"), again, signed("Ana")])
    assert quorum.approved_by == ("Ana",)
    assert quorum.refused == ("Ana signed twice; that counts once",) * 2


def test_a_stranger_does_not_count(governance: Governance) -> None:
    stranger = signed("Ana").model_copy(update={"steward": "Dov"})
    quorum = quorum_met(governance, "publish", DIGEST, [stranger])
    assert quorum.approved_by == ()
    assert quorum.refused == ("Dov is no steward in GOVERNANCE.yaml; the signature does not count",)


def test_nobody_signs_for_somebody_else(governance: Governance) -> None:
    quorum = quorum_met(governance, "publish", DIGEST, [signed("Ben", key="Ana")])
    assert quorum.approved_by == ()
    assert quorum.refused == ("the signature of Ben does not fit their public_key; ask for a new one",)


def test_a_false_signature_does_not_use_up_the_true_one(governance: Governance) -> None:
    assert quorum_met(governance, "publish", DIGEST, [signed("Ben", key="Ana"), signed("Ben")]).approved_by == ("Ben",)


def test_a_signature_under_something_else_does_not_count(governance: Governance) -> None:
    approvals = [signed("Ana", digest=OTHER), signed("Ben", decision="train")]
    quorum = quorum_met(governance, "publish", DIGEST, approvals)
    assert quorum.approved_by == ()
    assert quorum.refused == (
        "Ana signed publish bbbbbbbbbbbb, not publish aaaaaaaaaaaa; ask for a new signature",
        "Ben signed train aaaaaaaaaaaa, not publish aaaaaaaaaaaa; ask for a new signature",
    )


def test_a_signature_moved_to_another_decision_does_not_count(governance: Governance) -> None:
    moved = signed("Ana", decision="train", digest=OTHER).model_copy(update={"digest": DIGEST, "decision": "publish"})
    assert quorum_met(governance, "publish", DIGEST, [moved]).approved_by == ()


@pytest.mark.parametrize("text", ["?", "AAAA", "", "ünreadable"])
def test_an_unreadable_signature_is_refused_and_breaks_nothing(governance: Governance, text: str) -> None:
    approval = signed("Ana").model_copy(update={"signature": text})
    assert len(quorum_met(governance, "publish", DIGEST, [approval]).refused) == 1


def test_the_line_that_is_signed_can_be_read() -> None:
    assert approval_line("publish", DIGEST) == b"commonhold-approval/1 publish " + b"a" * 64 + b"\n"


@given(st.integers(0, 511))
def test_no_bit_of_a_signature_can_be_changed(bit: int) -> None:
    approval = signed("Ana")
    raw = bytearray(base64.b64decode(approval.signature))
    raw[bit // 8] ^= 1 << bit % 8
    changed = approval.model_copy(update={"signature": base64.b64encode(bytes(raw)).decode()})
    assert quorum_met(two_of_three(), "publish", DIGEST, [changed]).approved_by == ()
