"""Signatures that are written here: a publisher's over a bundle, and somebody's under having made it again."""

import json
from collections.abc import Mapping
from typing import Any

from commonhold.publish.verification.model_signature import (
    BUNDLE_TYPE,
    IN_TOTO_TYPE,
    MODEL_PREDICATE,
    STATEMENT_TYPE,
    files_digest,
)
from commonhold.publish.verification.reproduction_statement import (
    ReproductionStatement,
    signed_statement_bytes,
    statement_payload,
)
from commonhold.signatures.envelope import envelope_value, signed_bytes
from commonhold.signatures.private_key import PrivateKey


def sign_files(name: str, files: Mapping[str, str], key: PrivateKey) -> bytes:
    """A model.sig over files with their SHA-256, by path; with a P-256 key, model-signing 1.x verifies it too.

    Nothing is signed as "may be ignored": a file more is a change like any other.
    """
    payload = json.dumps(statement(name, files), indent=2).encode()
    signature = key.sign(signed_bytes(IN_TOTO_TYPE, payload))
    bundle = {
        "mediaType": BUNDLE_TYPE,
        "verificationMaterial": {"publicKey": {"hint": key.public.fingerprint}, "tlogEntries": []},
        "dsseEnvelope": envelope_value(IN_TOTO_TYPE, payload, signature),
    }
    return json.dumps(bundle).encode()


def sign_reproduction(reproduction: ReproductionStatement, key: PrivateKey) -> bytes:
    """A statement with its signer's key in it and the signature over both."""
    payload = statement_payload(reproduction._replace(reproducer=key.public.text))
    return signed_statement_bytes(payload, key.sign(signed_bytes(IN_TOTO_TYPE, payload)))


def statement(name: str, files: Mapping[str, str]) -> dict[str, Any]:
    """The in-toto statement over files: each with its digest, and one digest over all, in the order of their paths."""
    paths = sorted(files)
    resources = [{"name": path, "algorithm": "sha256", "digest": files[path]} for path in paths]
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": files_digest([files[path] for path in paths])}}],
        "predicateType": MODEL_PREDICATE,
        "predicate": {
            "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False},
            "resources": resources,
        },
    }
