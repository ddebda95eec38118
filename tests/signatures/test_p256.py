"""ECDSA on P-256: agreement with OpenSSL, a signature in one form only, and no number out of its range."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.signatures.p256 import P256_BASE, P256_ORDER, P256_PRIME, p256_fits

PRIVATE = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
KEY = PRIVATE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
MESSAGE = b"exactly these files"
SIGNATURE = PRIVATE.sign(MESSAGE, ec.ECDSA(SHA256()))


@settings(max_examples=30)
@given(number=st.integers(1, P256_ORDER - 1), message=st.binary(max_size=200), bit=st.integers(0, 500))
def test_openssls_signatures_fit_and_changed_ones_do_not(number: int, message: bytes, bit: int) -> None:
    private = ec.derive_private_key(number, ec.SECP256R1())
    key = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    signature = private.sign(message, ec.ECDSA(SHA256()))
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert p256_fits(key, message, signature)
    assert not p256_fits(key, message, bytes(changed))
    assert not p256_fits(key, message + b"x", signature)


def test_a_signature_of_another_key_does_not_fit() -> None:
    other = ec.derive_private_key(0xC0FFEF, ec.SECP256R1())
    assert not p256_fits(KEY, MESSAGE, other.sign(MESSAGE, ec.ECDSA(SHA256())))


def test_the_smallest_private_keys_are_the_base_point_and_its_multiples() -> None:
    # Adding a point to itself and to its negative takes other formulas than adding two points.
    for number in (1, 2, 3, P256_ORDER - 1, P256_ORDER - 2):
        private = ec.derive_private_key(number, ec.SECP256R1())
        key = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        assert p256_fits(key, MESSAGE, private.sign(MESSAGE, ec.ECDSA(SHA256())))
    first = ec.derive_private_key(1, ec.SECP256R1()).public_key().public_numbers()
    assert (first.x, first.y) == P256_BASE[:2]


R, S = decode_dss_signature(SIGNATURE)


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, S), (R, 0), (0, 0), (P256_ORDER, S), (R, P256_ORDER), (R, S + P256_ORDER), (R + P256_ORDER, S)],
    ids=["no r", "no s", "neither", "r is the order", "s is the order", "s above it", "r above it"],
)
def test_numbers_out_of_range_do_not_fit(r: int, s: int) -> None:
    assert not p256_fits(KEY, MESSAGE, encode_dss_signature(r, s))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SIGNATURE + b"\0",
        SIGNATURE[:-1],
        b"\x31" + SIGNATURE[1:],
        b"\x30\x81" + SIGNATURE[1:],
        bytes([0x30, SIGNATURE[1] + 1, 2, SIGNATURE[3] + 1, 0]) + SIGNATURE[4:],
        b"\x30\x08\x02\x02\x00\x01\x02\x02\x00\x01",
        b"\x30\x06\x02\x01\x81\x02\x01\x81",
        b"\x30\x03\x02\x01\x01",
        b"\x30\x09\x02\x01\x01\x02\x01\x01\x02\x01\x01",
    ],
    ids=[
        "empty", "longer", "shorter", "a set", "long form", "leading zero", "zero before one", "negative", "one number",
        "three numbers",
    ],
)  # fmt: skip
def test_another_way_to_write_a_signature_does_not_fit(data: bytes) -> None:
    assert not p256_fits(KEY, MESSAGE, data)


def test_the_other_root_fits_as_in_every_ecdsa() -> None:
    # (r, -s) is valid too: what is published is the digest of the files, never that of a signature.
    assert p256_fits(KEY, MESSAGE, encode_dss_signature(R, P256_ORDER - S))


@pytest.mark.parametrize(
    "key",
    [
        KEY[:-1],
        KEY + b"\0",
        b"\x02" + KEY[1:33],
        bytes([6]) + KEY[1:],
        KEY[:33] + (int.from_bytes(KEY[33:], "big") ^ 1).to_bytes(32, "big"),
        bytes([4]) + bytes(64),
        bytes([4]) + P256_PRIME.to_bytes(32, "big") + KEY[33:],
    ],
    ids=["shorter", "longer", "compressed", "hybrid", "off the curve", "zero", "x is the prime"],
)
def test_what_is_no_point_of_the_curve_is_no_key(key: bytes) -> None:
    assert not p256_fits(key, MESSAGE, SIGNATURE)
