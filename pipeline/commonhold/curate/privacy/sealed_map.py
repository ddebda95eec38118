"""Which value a placeholder stands for, for the stewards' eyes only: written encrypted, or not at all.

Everybody who curates can seal, with public keys; only a steward's private key opens. So every process seals what it
masked, and no plain list travels or rests anywhere. Without stewards' keys there is no map.

The file, in bytes; it follows the age format (age-encryption.org/v1) in its construction, not in its encoding::

    16        "commonhold-map/1"
    2         number of stewards n, big-endian
    n x 80    for each: 32 ephemeral X25519 public key, 48 file key wrapped with ChaCha20-Poly1305
    16        salt of the payload
    rest      payload: ChaCha20-Poly1305 of canonical JSON, a list of entries; everything before it is authenticated

The file key is 32 random bytes. It is wrapped under HKDF-SHA-256 (RFC 5869) of the X25519 shared secret (RFC 7748),
with the ephemeral and the steward's public key as salt and "commonhold-map/1 wrap" as info; the payload's key is HKDF
of the file key with the payload's salt and "commonhold-map/1 payload". Every key encrypts one message, so nonces are
zero. A file does not say whose keys open it, and is sealed differently every time.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields

from commonhold.digests import canonical_json
from commonhold.errors import DigestError, RequestError

MAGIC = b"commonhold-map/1"
KEY_BYTES, SALT_BYTES, WRAPPED_BYTES = 32, 16, 48
COUNT_BYTES = 2
NONCE = bytes(12)


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One find, undone."""

    record_id: str
    placeholder: str
    """As it is in the masked text: `[NAME-3]`."""
    kind: str
    pseudonym: str
    """Keyed id of the value: the same in every record that holds it."""
    value: str = field(repr=False)


def new_private_key() -> bytes:
    """32 random bytes (X25519) that a steward keeps to themselves."""
    return os.urandom(KEY_BYTES)


def public_key(private_key: bytes) -> bytes:
    """The 32 bytes that a steward gives away.

    Raises:
        RequestError: not a private key.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    _check_length(private_key, "private key")
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def seal(entries: Iterable[MapEntry], public_keys: Sequence[bytes]) -> bytes:
    """A map that each of the stewards opens alone.

    Raises:
        RequestError: there is no key, or one is not a public key.
    """
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    if not public_keys:
        raise RequestError("a map cannot be sealed without a steward's public key. Name one, or keep no map")
    file_key, salt = os.urandom(KEY_BYTES), os.urandom(SALT_BYTES)
    keys = sorted(set(public_keys))
    header = MAGIC + len(keys).to_bytes(COUNT_BYTES, "big") + b"".join(_wrap(file_key, key) for key in keys) + salt
    plain = canonical_json(sorted((asdict(entry) for entry in entries), key=canonical_json))
    return header + ChaCha20Poly1305(_payload_key(file_key, salt)).encrypt(NONCE, plain, header)


def unseal(data: bytes, private_key: bytes) -> tuple[MapEntry, ...]:
    """The entries of a map, sorted.

    Raises:
        RequestError: the key opens another map, or is no key.
        DigestError: the map is damaged, or is none.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    start = len(MAGIC) + COUNT_BYTES
    stewards = int.from_bytes(data[len(MAGIC) : start], "big")
    salt_start = start + stewards * (KEY_BYTES + WRAPPED_BYTES)
    payload_start = salt_start + SALT_BYTES
    if not data.startswith(MAGIC) or not stewards or len(data) < payload_start:
        raise DigestError("this is no sealed map, or a part of one. Take the file again from where it was published")
    file_key = _unwrap(data[start:salt_start], private_key)
    try:
        key = _payload_key(file_key, data[salt_start:payload_start])
        plain = ChaCha20Poly1305(key).decrypt(NONCE, data[payload_start:], data[:payload_start])
    except InvalidTag as error:
        raise DigestError(
            "the sealed map was changed or damaged. Take the file again from where it was written"
        ) from error
    names = {each.name for each in fields(MapEntry)}
    return tuple(MapEntry(**{name: entry[name] for name in names}) for entry in json.loads(plain))


def _wrap(file_key: bytes, steward: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    _check_length(steward, "public key")
    ephemeral = new_private_key()
    open_half = public_key(ephemeral)
    return open_half + ChaCha20Poly1305(_wrap_key(ephemeral, steward, open_half + steward)).encrypt(
        NONCE, file_key, None
    )


def _unwrap(wrapped: bytes, private_key: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    steward = public_key(private_key)
    for start in range(0, len(wrapped), KEY_BYTES + WRAPPED_BYTES):
        open_half = wrapped[start : start + KEY_BYTES]
        sealed = wrapped[start + KEY_BYTES : start + KEY_BYTES + WRAPPED_BYTES]
        try:
            key = _wrap_key(private_key, open_half, open_half + steward)
            return ChaCha20Poly1305(key).decrypt(NONCE, sealed, None)
        except (InvalidTag, RequestError):
            continue
    raise RequestError("this key does not open the map. Use the private key of one of the stewards it was sealed for")


def _wrap_key(private: bytes, public: bytes, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    try:
        shared = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:  # a point of small order: the shared secret would be known to everybody
        raise RequestError(
            "this is not a steward's public key. Make one with a private key of 32 random bytes"
        ) from error
    return _derived(shared, salt, b" wrap")


def _payload_key(file_key: bytes, salt: bytes) -> bytes:
    return _derived(file_key, salt, b" payload")


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt, MAGIC + purpose).derive(secret)


def _check_length(key: bytes, kind: str) -> None:
    if len(key) != KEY_BYTES:
        raise RequestError(f"a {kind} has {KEY_BYTES} bytes, this one {len(key)}. Check that the whole key was copied")
