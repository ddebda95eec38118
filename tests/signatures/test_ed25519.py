"""Ed25519 as RFC 8032 has it: the RFC's own examples, agreement with OpenSSL, and no signature in two forms."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.signatures.ed25519 import ED_ORDER, ED_PRIME, ed25519_fits

# Section 7.1: public key, message, signature of TEST 1, 2, 3 and SHA(abc).
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
        "55141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
        "2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17a"
        "d9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_examples_of_the_rfc_fit(key: str, message: str, signature: str) -> None:
    assert ed25519_fits(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_examples_of_the_rfc_fit_no_other_message(key: str, message: str, signature: str) -> None:
    assert not ed25519_fits(bytes.fromhex(key), bytes.fromhex(message) + b"x", bytes.fromhex(signature))


@settings(max_examples=40)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200), bit=st.integers(0, 511))
def test_it_agrees_with_openssl_on_true_and_changed_signatures(seed: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = private.public_key().public_bytes_raw(), private.sign(message)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert ed25519_fits(key, message, signature)
    assert ed25519_fits(key, message, bytes(changed)) is openssl_says(key, message, bytes(changed)) is False


def openssl_says(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_the_second_number_has_one_form() -> None:
    key, message, signature = map(bytes.fromhex, RFC_8032[1])
    larger = int.from_bytes(signature[32:], "little") + ED_ORDER
    assert not ed25519_fits(key, message, signature[:32] + larger.to_bytes(32, "little"))


@pytest.mark.parametrize("y", [ED_PRIME, ED_PRIME + 1, (1 << 255) - 1])
def test_a_point_has_one_form(y: int) -> None:
    _, message, signature = map(bytes.fromhex, RFC_8032[1])
    assert not ed25519_fits(y.to_bytes(32, "little"), message, signature)
    assert not ed25519_fits(bytes.fromhex(RFC_8032[1][0]), message, y.to_bytes(32, "little") + signature[32:])


def test_minus_zero_is_no_point() -> None:
    minus = (1 | 1 << 255).to_bytes(32, "little")
    assert not ed25519_fits(minus, b"", minus + bytes(32))


@pytest.mark.parametrize(("keys", "signed"), [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)])
def test_other_lengths_do_not_fit(keys: int, signed: int) -> None:
    assert not ed25519_fits(bytes(keys), b"", bytes(signed))
