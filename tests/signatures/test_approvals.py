"""Enough stewards have signed, or not; nobody counts twice, and nobody signs for somebody else."""

import base64
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.errors import RequestError
from commonhold.signatures.approvals import (
    Approval,
    Quorum,
    Signatory,
    approval_bytes,
    approval_line,
    quorum_met,
    read_approval,
)
from commonhold.signatures.private_key import PrivateKey, approve, make_private_key
from commonhold.signatures.public_key import PublicKey

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

STEWARDS = tuple(Signatory(name, f"ed25519:{key}") for name, (_, key) in KEYS.items())
"""Ana, Ben and Cai; two of them decide."""


def count(approvals: Sequence[Approval], digest: str = DIGEST) -> Quorum:
    return quorum_met(STEWARDS, 2, "publish", digest, approvals)


def signed(name: str, key: str = "", decision: str = "publish", digest: str = DIGEST) -> Approval:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(KEYS[key or name][0]))
    public = PublicKey("ed25519", private.public_key().public_bytes_raw())
    return approve(PrivateKey(private, public), name, decision, digest)


def test_two_of_three_are_a_quorum_and_one_is_none() -> None:
    one = count([signed("Cai")])
    two = count([signed("Cai"), signed("Ana")])
    assert (one.met, one.approved_by, one.needed) == (False, ("Cai",), 2)
    assert (two.met, two.approved_by, two.refused) == (True, ("Ana", "Cai"), ())


def test_nobody_has_signed_at_first() -> None:
    assert count([]).met is False


def test_a_steward_counts_once() -> None:
    again = replace(signed("Ana"), steward="ANA")
    quorum = count([signed("Ana"), again, signed("Ana")])
    assert quorum.approved_by == ("Ana",)
    assert quorum.refused == ("Ana signed twice; that counts once",) * 2


def test_a_stranger_does_not_count() -> None:
    stranger = replace(signed("Ana"), steward="Dov")
    quorum = count([stranger])
    assert quorum.approved_by == ()
    assert quorum.refused == ("Dov is no steward of this community; the signature does not count",)


def test_nobody_signs_for_somebody_else() -> None:
    quorum = count([signed("Ben", key="Ana")])
    assert quorum.approved_by == ()
    assert quorum.refused == ("the signature of Ben does not fit their public_key; ask for a new one",)


def test_a_false_signature_does_not_use_up_the_true_one() -> None:
    assert count([signed("Ben", key="Ana"), signed("Ben")]).approved_by == ("Ben",)


def test_a_signature_under_something_else_does_not_count() -> None:
    approvals = [signed("Ana", digest=OTHER), signed("Ben", decision="train")]
    quorum = count(approvals)
    assert quorum.approved_by == ()
    assert quorum.refused == (
        "Ana signed publish bbbbbbbbbbbb, not publish aaaaaaaaaaaa; ask for a new signature",
        "Ben signed train aaaaaaaaaaaa, not publish aaaaaaaaaaaa; ask for a new signature",
    )


def test_a_signature_moved_to_another_decision_does_not_count() -> None:
    moved = replace(signed("Ana", decision="train", digest=OTHER), digest=DIGEST, decision="publish")
    assert count([moved]).approved_by == ()


@pytest.mark.parametrize("text", ["?", "AAAA", "", "ünreadable"])
def test_an_unreadable_signature_is_refused_and_breaks_nothing(text: str) -> None:
    approval = replace(signed("Ana"), signature=text)
    assert len(count([approval]).refused) == 1


def test_the_line_that_is_signed_can_be_read() -> None:
    assert approval_line("publish", DIGEST) == b"commonhold-approval/1 publish " + b"a" * 64 + b"\n"


@settings(max_examples=40)
@given(st.integers(0, 511))
def test_no_bit_of_a_signature_can_be_changed(bit: int) -> None:
    approval = signed("Ana")
    raw = bytearray(base64.b64decode(approval.signature))
    raw[bit // 8] ^= 1 << bit % 8
    changed = replace(approval, signature=base64.b64encode(bytes(raw)).decode())
    assert count([changed]).approved_by == ()


def test_an_approval_reads_back_as_it_was_written() -> None:
    assert read_approval(approval_bytes(signed("Ana"))) == signed("Ana")


@pytest.mark.parametrize(
    ("old", "new", "trouble"),
    [
        (b'"approval": 1', b'"approval": 2', "is no approval"),
        (b'"steward"', b'"name"', "is no approval"),
        (b'"Ana"', b'""', "something else than a short text"),
        (b'"Ana"', b'"A\\u0007"', "something else than a short text"),
        (b'"Ana"', b"7", "something else than a short text"),
        (b'"publish"', b'"publish twice"', "is written wrongly"),
        (b"aaaa", b"AAAA", "is written wrongly"),
        (b"{", b'{"approval": 1,', "the key 'approval' twice"),
        (b"}", b"", "is not JSON"),
    ],
)
def test_a_file_that_is_no_approval_is_refused(old: bytes, new: bytes, trouble: str) -> None:
    with pytest.raises(ValueError, match=trouble):
        read_approval(approval_bytes(signed("Ana")).replace(old, new, 1))


def test_a_publisher_cannot_approve_with_the_publishers_key() -> None:
    with pytest.raises(RequestError, match="stewards sign with Ed25519 keys"):
        approve(make_private_key("p256"), "Ana", "publish", DIGEST)
