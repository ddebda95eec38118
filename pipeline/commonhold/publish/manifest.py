"""manifest.json: digest and size of every other file of a bundle, and one digest over them all."""

import json
from collections.abc import Mapping
from pathlib import Path

from commonhold.digests import digest_of
from commonhold.publish.allowed_files import Seen

FILE_NAME = "manifest.json"


def bundle_digest(files: Mapping[str, Seen]) -> str:
    """The digest of a bundle: over path, digest and size of every file but the manifest."""
    return digest_of({path: seen._asdict() for path, seen in files.items()})


def manifest_bytes(files: Mapping[str, Seen]) -> bytes:
    """The only manifest.json that these files can have."""
    listed = {path: seen._asdict() for path, seen in files.items()}
    manifest = {"manifest": 1, "bundle_sha256": bundle_digest(files), "files": listed}
    return (json.dumps(manifest, indent=2, sort_keys=True) + "\n").encode()


def stated_digest(bundle: Path) -> str:
    """The digest that a bundle's manifest states; empty where the manifest is damaged, which `verify` will report."""
    try:
        return str(json.loads((bundle / FILE_NAME).read_bytes())["bundle_sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def read_manifest(data: bytes) -> dict[str, Seen]:
    """The files that a manifest lists.

    Raises:
        ValueError: it is not a manifest as `manifest_bytes` writes it.
    """
    try:
        listed = json.loads(data)["files"]
        files = {str(path): Seen(str(entry["sha256"]), int(entry["bytes"])) for path, entry in listed.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is not a list of files with their digests") from error
    if manifest_bytes(files) != data:
        raise ValueError("its own digest, or its form, is not the one that its list of files gives")
    return files
