"""Public keys as text: `ed25519:` (RFC 8032), `p256:` (SEC 1) or `x25519:` (RFC 7748) and base64, or a PEM file.

Reading one needs the standard library only, so that the standalone check of a bundle can do it too.
"""

import base64
import hashlib
from typing import Literal, NamedTuple

PREFIX = "ed25519:"
SEALING_PREFIX = "x25519:"
P256_PREFIX = "p256:"
KEY_BYTES = 32
P256_KEY_BYTES = 65
"""An uncompressed point: 04, then 32 bytes for each coordinate."""
PEM_HEAD, PEM_FOOT = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
KEY_INFO = {
    "ed25519": bytes.fromhex("302a300506032b6570032100"),
    "p256": bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200"),
}
"""What comes before the key's own bytes in a SubjectPublicKeyInfo (RFC 5280, RFC 8410, RFC 5480)."""
LONGEST_KEY_TEXT = 4096
SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
"""Points for which anybody can make signatures, without the top bit (libsodium's `ge25519_has_small_order`); among them
the row of zeros that people leave in a copied file."""

KeyKind = Literal["ed25519", "p256"]


class PublicKey(NamedTuple):
    """A key that signatures are checked with."""

    kind: KeyKind
    raw: bytes
    """32 bytes for Ed25519, 65 for P-256."""

    @property
    def text(self) -> str:
        """One word, as GOVERNANCE.yaml and attestations write it."""
        return f"{self.kind}:{base64.b64encode(self.raw).decode()}"

    @property
    def pem(self) -> str:
        """As a file that OpenSSL and the OpenSSF's model-signing read."""
        body = base64.b64encode(KEY_INFO[self.kind] + self.raw).decode()
        lines = [body[start : start + 64] for start in range(0, len(body), 64)]
        return "\n".join([PEM_HEAD, *lines, PEM_FOOT, ""])

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the PEM text: what model-signing writes into a signature as the hint at its key."""
        return hashlib.sha256(self.pem.encode()).hexdigest()


def read_public_key(text: str) -> PublicKey:
    """A public key from one word, or from the text of a PEM file.

    Raises:
        ValueError: it is neither, of another kind, or a key under which everybody's signature fits.
    """
    text = text.strip()
    if len(text) > LONGEST_KEY_TEXT:
        raise ValueError("this is too long to be a public key")
    if text.startswith(P256_PREFIX):
        return PublicKey("p256", _p256_point(_decoded(text, P256_PREFIX, P256_KEY_BYTES)))
    if not text.startswith("-----"):
        return PublicKey("ed25519", public_key_bytes(text))
    if not (text.startswith(PEM_HEAD) and text.endswith(PEM_FOOT)):
        raise ValueError(f"a public key as PEM begins {PEM_HEAD}; a private key has no place here")
    try:
        info = base64.b64decode("".join(text[len(PEM_HEAD) : -len(PEM_FOOT)].split()), validate=True)
    except ValueError as error:
        raise ValueError("what is in the PEM file is not base64") from error
    if info.startswith(KEY_INFO["ed25519"]) and len(info) == len(KEY_INFO["ed25519"]) + KEY_BYTES:
        return PublicKey("ed25519", _large_order(info[len(KEY_INFO["ed25519"]) :]))
    if info.startswith(KEY_INFO["p256"]) and len(info) == len(KEY_INFO["p256"]) + P256_KEY_BYTES:
        return PublicKey("p256", _p256_point(info[len(KEY_INFO["p256"]) :]))
    raise ValueError("this key is neither Ed25519 nor P-256; those are the kinds that are known here")


def public_key_bytes(text: str) -> bytes:
    """The 32 bytes of an Ed25519 key in one word.

    Raises:
        ValueError: it is not written that way, or is a point under which everybody's signature fits.
    """
    return _large_order(_decoded(text, PREFIX, KEY_BYTES))


def sealing_key_bytes(text: str) -> bytes:
    """The 32 bytes of a public key that a map of personal data is sealed for.

    Raises:
        ValueError: it is not written that way.
    """
    return _decoded(text, SEALING_PREFIX, KEY_BYTES)


def _decoded(text: str, prefix: str, size: int) -> bytes:
    if not text.startswith(prefix):
        raise ValueError(f"a public key is written {prefix} and base64, {4 * -(-size // 3)} characters")
    try:
        key = base64.b64decode(text.removeprefix(prefix), validate=True)
    except ValueError as error:
        raise ValueError(f"what follows {prefix} is not base64") from error
    if len(key) != size or prefix + base64.b64encode(key).decode() != text:
        raise ValueError(f"what follows {prefix} is not the base64 of {size} bytes")
    return key


def _large_order(key: bytes) -> bytes:
    if key[:-1] + bytes([key[-1] & 0x7F]) in SMALL_ORDER:
        raise ValueError("this is no steward's key: anybody can sign for it; put in the real one")
    return key


def _p256_point(raw: bytes) -> bytes:
    if raw[0] != 4:
        raise ValueError("a P-256 key is written as an uncompressed point, which begins with the byte 04")
    return raw
