"""What exactly is signed, and whether a signature fits: the envelope DSSE (v1.0.2) around a payload of a named type."""

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

from commonhold.signatures.ed25519 import ed25519_fits
from commonhold.signatures.p256 import p256_fits
from commonhold.signatures.public_key import PublicKey
from commonhold.strict_json import JsonObject


class Envelope(NamedTuple):
    """A payload with signatures over it."""

    payload_type: str
    payload: bytes
    signatures: tuple[bytes, ...]


def signed_bytes(payload_type: str, payload: bytes) -> bytes:
    """The bytes that a signature covers: type and payload with their lengths, so that one cannot run into the other."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def fits(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether a signature over a message was made with the private part of a key."""
    return (ed25519_fits if key.kind == "ed25519" else p256_fits)(key.raw, message, signature)


def envelope_signed_by(envelope: Envelope, key: PublicKey) -> bool:
    """Whether one of the signatures was made with the private part of a key."""
    message = signed_bytes(envelope.payload_type, envelope.payload)
    return any(fits(key, message, signature) for signature in envelope.signatures)


def envelope_value(payload_type: str, payload: bytes, signature: bytes) -> JsonObject:
    """An envelope as JSON writes it."""
    signatures = [{"keyid": "", "sig": base64.b64encode(signature).decode()}]
    return {"payload": base64.b64encode(payload).decode(), "payloadType": payload_type, "signatures": signatures}


def read_envelope(value: Any) -> Envelope:
    """An envelope from JSON's plain data.

    Raises:
        ValueError: it is no envelope, or has no signature.
    """
    if not isinstance(value, Mapping):
        raise ValueError("is no envelope")
    kind, payload, listed = (value.get(name) for name in ("payloadType", "payload", "signatures"))
    if not isinstance(kind, str) or not isinstance(payload, str) or not isinstance(listed, list):
        raise ValueError("is an envelope without payloadType, payload or signatures")
    if not 1 <= len(listed) <= 16 or not all(isinstance(each, Mapping) for each in listed):
        raise ValueError("is an envelope with no signature, or with more than 16")
    return Envelope(kind, from_base64(payload), tuple(from_base64(each.get("sig")) for each in listed))


def from_base64(text: Any) -> bytes:
    """The bytes behind base64 as a stranger wrote it.

    Raises:
        ValueError: it is not base64.
    """
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (AttributeError, ValueError) as error:
        raise ValueError("holds something in place of base64") from error
