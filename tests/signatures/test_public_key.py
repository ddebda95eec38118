"""Public keys are read from a word and from PEM, and only those under which not everybody can sign."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from commonhold.signatures.private_key import make_private_key
from commonhold.signatures.public_key import KeyKind, public_key_bytes, read_public_key

# RFC 8032, section 7.1, test 1.
ANA = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_a_key_reads_back_from_its_word_and_from_its_pem(kind: KeyKind) -> None:
    private = make_private_key(kind)
    assert read_public_key(private.public.text) == read_public_key(f"\n{private.public.pem}\n") == private.public


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_pem_and_fingerprint_are_those_of_the_library(kind: KeyKind) -> None:
    private = make_private_key(kind)
    pem = private.secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert private.public.pem.encode() == pem
    assert private.public.fingerprint == hashlib.sha256(pem).hexdigest()


def test_a_steward_of_the_rfc_is_read() -> None:
    key = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert public_key_bytes(ANA) == key


ZEROS = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", "is written ed25519: and base64, 44 characters"),
        ("rsa:AAAA", "is written ed25519: and base64, 44 characters"),
        ("ed25519:?", "is not base64"),
        ("ed25519:AAAA", "is not the base64 of 32 bytes"),
        (f"ed25519:{ZEROS}", "anybody can sign for it"),
        (ANA + "=", "is not base64"),
        ("p256:" + base64.b64encode(bytes(65)).decode(), "begins with the byte 04"),
        ("p256:AAAA", "is not the base64 of 65 bytes"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "a private key has no place here"),
        ("-----BEGIN PUBLIC KEY-----\n?\n-----END PUBLIC KEY-----", "is not base64"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "neither Ed25519 nor P-256"),
        ("x" * 5000, "too long to be a public key"),
    ],
)
def test_what_is_no_key_is_refused_with_its_reason(text: str, trouble: str) -> None:
    with pytest.raises(ValueError, match=trouble):
        read_public_key(text)


def test_keys_of_other_kinds_are_refused() -> None:
    for private in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())):
        pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        with pytest.raises(ValueError, match="neither Ed25519 nor P-256"):
            read_public_key(pem)


def test_the_point_under_which_anybody_can_sign_is_refused_as_pem_too() -> None:
    body = base64.b64encode(bytes.fromhex("302a300506032b6570032100") + bytes(32)).decode()
    with pytest.raises(ValueError, match="anybody can sign for it"):
        read_public_key(f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----")
