"""What lies beside a bundle: the publisher's signature, the stewards' decision and approvals, the log; only read."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from commonhold.publish.verification.names import shown

SIGNATURE, DECISION, LOG, APPROVALS = "model.sig", "decision.json", "log.jsonl", "approvals"
MOST_ATTESTATION_BYTES = 32 << 20
MOST_APPROVALS = 1000


class Attestations(NamedTuple):
    """The bytes of each; nothing where there is none."""

    signature: bytes | None = None
    decision: bytes | None = None
    log: bytes | None = None
    approvals: Mapping[str, bytes] = {}
    """By the name of their file."""
    strays: tuple[str, ...] = ()
    """Sentences about what has no place there."""


def read_attestations(folder: Path) -> Attestations:
    """What is in a folder of attestations; an absent folder has none.

    Raises:
        OSError: a file may not be read.
    """
    found: dict[str, bytes] = {}
    strays = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        name = path.relative_to(folder).as_posix()
        known = name in (SIGNATURE, DECISION, LOG) or (path.parent == folder / APPROVALS and path.suffix == ".json")
        if path.is_symlink():
            strays.append(f"attestations/{shown(name)}: is a link; only files count")
        elif path.is_dir() and name == APPROVALS:
            continue
        elif not known or not path.is_file():
            strays.append(f"attestations/{shown(name)}: has no place among the attestations")
        elif path.stat().st_size > MOST_ATTESTATION_BYTES or len(found) > MOST_APPROVALS:
            strays.append(f"attestations/{shown(name)}: is larger, or one more, than any attestation has to be")
        else:
            found[name] = path.read_bytes()
    approvals = {name.partition("/")[2]: data for name, data in found.items() if name.startswith(f"{APPROVALS}/")}
    return Attestations(found.get(SIGNATURE), found.get(DECISION), found.get(LOG), approvals, tuple(strays))
