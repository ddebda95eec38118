"""The publisher's signature over every file: the OpenSSF's model signature, as model-signing 1.x writes it.

A Sigstore bundle (v0.3) with a DSSE envelope around an in-toto statement, whose predicate lists every file with its
SHA-256. Differences: the files are walked by us, hidden ones too, and each has to be listed, whatever the signature
says may be ignored; links never count; keys may also be Ed25519, which model-signing 1.1.1 refuses.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from commonhold.signatures.envelope import Envelope, envelope_signed_by, read_envelope
from commonhold.signatures.public_key import PublicKey
from commonhold.strict_json import parse_json

BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
IN_TOTO_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
MODEL_PREDICATE = "https://model_signing/signature/v1.0"


class ModelSignature(NamedTuple):
    """What a model.sig says, before anybody has looked whose it is."""

    name: str
    files: Mapping[str, str]
    """SHA-256 by path."""
    key_hint: str
    """Fingerprint of the signer's key; empty where the signature names none."""
    envelope: Envelope


def files_digest(digests: Sequence[str]) -> str:
    """The one digest over files' digests, in the order of their paths."""
    return hashlib.sha256(b"".join(bytes.fromhex(digest) for digest in digests)).hexdigest()


def read_model_signature(data: bytes) -> ModelSignature:
    """A signature's content.

    Raises:
        ValueError: it is not of that form, or contradicts itself.
    """
    bundle = parse_json(data)
    material = bundle.get("verificationMaterial") if isinstance(bundle, dict) else None
    if not isinstance(material, dict) or bundle.get("mediaType") != BUNDLE_TYPE:
        raise ValueError("is no Sigstore bundle of version 0.3")
    key = material.get("publicKey")
    if not isinstance(key, dict):
        raise ValueError("was made with a certificate; signatures with a key are what is read here")
    envelope = read_envelope(bundle.get("dsseEnvelope"))
    if envelope.payload_type != IN_TOTO_TYPE:
        raise ValueError("signs something else than an in-toto statement")
    name, files = _statement(parse_json(envelope.payload))
    return ModelSignature(name, files, str(key.get("hint") or ""), envelope)


def signature_problems(signature: ModelSignature, files: Mapping[str, str], key: PublicKey | None) -> list[str]:
    """What a signature says and the files, or the key that somebody trusts, do not bear out."""
    paths = sorted(signature.files.keys() | files.keys())
    problems = [
        f"model.sig: {path!a} is not the file that was signed"
        for path in paths
        if signature.files.get(path) != files.get(path)
    ]
    if key and not envelope_signed_by(signature.envelope, key):
        hint = f"; it names the key {signature.key_hint[:12]}…" if signature.key_hint else ""
        problems.append(f"model.sig: was not made with the key {key.fingerprint[:12]}… that you trust{hint}")
    return problems


def _statement(value: Any) -> tuple[str, dict[str, str]]:
    if not isinstance(value, dict) or value.get("_type") != STATEMENT_TYPE:
        raise ValueError("signs no in-toto statement of version 1")
    if value.get("predicateType") != MODEL_PREDICATE:
        raise ValueError("signs a statement about something else than a model's files")
    try:
        (subject,) = value["subject"]
        name, expected = str(subject["name"]), subject["digest"]["sha256"]
        predicate = value["predicate"]
        method = (predicate["serialization"]["method"], predicate["serialization"]["hash_type"])
        listed = [(str(each["name"]), str(each["digest"]), each["algorithm"]) for each in predicate["resources"]]
        actual = files_digest([digest for _, digest, _ in listed])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("does not list files with their digests") from error
    if method != ("files", "sha256") or any(algorithm != "sha256" for _, _, algorithm in listed):
        raise ValueError("covers the files in another way than one SHA-256 for each")
    if actual != expected:
        raise ValueError("contradicts itself: its list of files does not give its own digest")
    if len({path for path, _, _ in listed}) < len(listed):
        raise ValueError("lists a file twice")
    return name, {path: digest for path, digest, _ in listed}
