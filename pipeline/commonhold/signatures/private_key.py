"""Private keys: made, kept in a file that only its owner can read, with a passphrase if wished, and signed with."""

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from commonhold.errors import MissingInputError, RequestError
from commonhold.files import space_needed
from commonhold.signatures.approvals import Approval, approval_line
from commonhold.signatures.public_key import KeyKind, PublicKey, read_public_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LARGEST_KEY_BYTES = 1 << 16


class PrivateKey(NamedTuple):
    """A key that signs; its text does not show it."""

    secret: "Ed25519PrivateKey | EllipticCurvePrivateKey"
    public: PublicKey

    def __repr__(self) -> str:
        return f"PrivateKey(of {self.public.fingerprint[:12]})"

    def sign(self, message: bytes) -> bytes:
        """A signature over a message: 64 bytes of Ed25519, or DER of ECDSA with SHA-256."""
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256

        if isinstance(self.secret, EllipticCurvePrivateKey):
            return self.secret.sign(message, ECDSA(SHA256()))
        return self.secret.sign(message)


def make_private_key(kind: KeyKind) -> PrivateKey:
    """A new key, from the operating system's randomness."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return _with_public(Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(SECP256R1()))


def write_private_key(path: Path, key: PrivateKey, passphrase: str = "") -> None:
    """Writes a key as PEM (PKCS #8), encrypted if there is a passphrase; nobody but its owner may read the file.

    Raises:
        RequestError: there is such a file already; a key is never written over.
        NoSpaceError: the disk is full.
    """
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    closing = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    pem = key.secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closing)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with space_needed(path), open(path, "xb", opener=_for_its_owner) as stream:
            stream.write(pem)
            os.fsync(stream.fileno())
    except FileExistsError as error:
        raise RequestError(f"{path}: there is such a file, and a key is never written over. Name another") from error


def read_private_key(path: Path, passphrase: str = "") -> PrivateKey:
    """A key from its file.

    Raises:
        MissingInputError: there is no such file.
        RequestError: others may read it, it is no Ed25519 or P-256 key, or the passphrase is wrong.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if not path.is_file():
        raise MissingInputError(f"{path}: there is no such key. Make one with: commonhold keygen {path} --for steward")
    if path.stat().st_mode & OTHERS:
        raise RequestError(f"{path}: others on this machine may read this key. Run: chmod 600 {path}")
    try:
        with path.open("rb") as stream:
            loaded = load_pem_private_key(stream.read(LARGEST_KEY_BYTES), passphrase.encode() or None)
    except TypeError as error:
        remedy = "It has none" if passphrase else "Give it with --passphrase-file, or type it when asked"
        raise RequestError(f"{path}: this is not how the key is locked with a passphrase. {remedy}") from error
    except ValueError as error:
        raise RequestError(f"{path}: the passphrase is wrong, or this is no private key as PEM. Try again") from error
    if not isinstance(loaded, Ed25519PrivateKey | EllipticCurvePrivateKey):
        raise RequestError(f"{path}: a key of another kind than Ed25519 or P-256. Make one with: commonhold keygen")
    try:
        return _with_public(loaded)
    except ValueError as error:
        raise RequestError(f"{path}: {error}. Make one with: commonhold keygen") from error


def is_locked(path: Path) -> bool:
    """Whether a key's file asks for a passphrase."""
    return path.is_file() and b"BEGIN ENCRYPTED PRIVATE KEY" in path.read_bytes()[:100]


def approve(key: PrivateKey, steward: str, decision: str, digest: str) -> Approval:
    """A steward's approval.

    Raises:
        RequestError: the key is not an Ed25519 key.
    """
    import base64

    if key.public.kind != "ed25519":
        raise RequestError("stewards sign with Ed25519 keys. Make one with: commonhold keygen FILE --for steward")
    return Approval(steward, decision, digest, base64.b64encode(key.sign(approval_line(decision, digest))).decode())


def _with_public(secret: "Ed25519PrivateKey | EllipticCurvePrivateKey") -> PrivateKey:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = secret.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return PrivateKey(secret, read_public_key(pem.decode()))


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
