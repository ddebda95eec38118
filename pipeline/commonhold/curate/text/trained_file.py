"""A trained identifier as one small JSON file that says what it was learnt from and proves its own weights."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from commonhold.curate.text.grams import BUCKETS
from commonhold.curate.text.trained import TrainedIdentifier
from commonhold.digests import digest_of, sha256_bytes
from commonhold.errors import DigestError, MissingInputError
from commonhold.files import read_json, write_json

FORMAT = "commonhold language identifier 1"


def save(identifier: TrainedIdentifier, path: Path) -> str:
    """Writes the identifier and returns its digest."""
    raw = identifier.weights.astype("<i2").tobytes()
    content = {
        "format": FORMAT,
        "languages": list(identifier.languages),
        "floors": list(identifier.floors),
        "texts": list(identifier.texts),
        "right": list(identifier.right),
        "weights_sha256": sha256_bytes(raw),
    }
    digest = digest_of(content)
    packed = base64.b64encode(zlib.compress(raw, 9)).decode("ascii")
    write_json(path, {**content, "digest": digest, "weights": packed})
    return digest


def load(path: Path, shown: Path | None = None) -> TrainedIdentifier:
    """The identifier of a file that `save` wrote; messages call it `shown`, where it is a copy.

    Raises:
        MissingInputError: there is no such file.
        DigestError: it is not such a file, or not as it was written.
    """
    name = shown or path
    if not path.is_file():
        raise MissingInputError(f"{name}: there is no such file. Check the name, or train the identifier again")
    try:
        content = read_json(path)
        raw = _unpacked(content)
        proven = {key: value for key, value in content.items() if key not in ("digest", "weights")}
        sound = proven["weights_sha256"] == sha256_bytes(raw) and content["digest"] == digest_of(proven)
        if not sound or proven["format"] != FORMAT:
            raise DigestError(f"{name}: not what its digest says. Train the identifier again")
        languages = tuple(map(str, content["languages"]))
        weights = np.frombuffer(raw, dtype="<i2").astype(np.int16).reshape(BUCKETS, len(languages))
        numbers = (tuple(content[name]) for name in ("floors", "texts", "right"))
        return TrainedIdentifier(languages, weights, *numbers)
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise DigestError(f"{name}: not a language identifier. Train it again") from error


def _unpacked(content: Any) -> bytes:
    most = BUCKETS * 2 * len(content["languages"])
    stream = zlib.decompressobj()
    try:
        return stream.decompress(base64.b64decode(content["weights"], validate=True), most)
    except zlib.error as error:
        raise ValueError("weights are not compressed bytes") from error
