"""What is beside a bundle: signature, decision, approvals, log, and who made it again; only read."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from commonhold.publish.verification.names import shown

SIGNATURE, DECISION, LOG, APPROVALS = "model.sig", "decision.json", "log.jsonl", "approvals"
REPRODUCTIONS, REPRODUCTIONS_PAGE = "reproductions", "reproductions.md"
FILES = (SIGNATURE, DECISION, LOG, REPRODUCTIONS_PAGE)
MOST_ATTESTATION_BYTES = 32 << 20
MOST_APPROVALS = 1000


class Attestations(NamedTuple):
    """The bytes of each; nothing where there is none."""

    signature: bytes | None = None
    decision: bytes | None = None
    log: bytes | None = None
    approvals: Mapping[str, bytes] = {}
    """By the name of their file."""
    reproductions: Mapping[str, bytes] = {}
    """Signed statements of those who made the model again, by the name of their file."""
    reproductions_page: bytes | None = None
    """The page that counts them."""
    strays: tuple[str, ...] = ()
    """Sentences about what has no place there."""


def read_attestations(folder: Path) -> Attestations:
    """What is in a folder of attestations; an absent folder has none.

    Raises:
        OSError: a file may not be read.
    """
    contents: dict[str, bytes] = {}
    strays = []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        name = path.relative_to(folder).as_posix()
        inner = path.parent in (folder / APPROVALS, folder / REPRODUCTIONS) and path.suffix == ".json"
        if path.is_symlink():
            strays.append(f"attestations/{shown(name)}: is a link; only files count")
        elif path.is_dir() and name in (APPROVALS, REPRODUCTIONS):
            continue
        elif not (inner or name in FILES) or not path.is_file():
            strays.append(f"attestations/{shown(name)}: has no place among the attestations")
        elif path.stat().st_size > MOST_ATTESTATION_BYTES or len(contents) > MOST_APPROVALS:
            strays.append(f"attestations/{shown(name)}: is larger, or one more, than any attestation has to be")
        else:
            contents[name] = path.read_bytes()
    below = {
        part: {name.partition("/")[2]: data for name, data in contents.items() if name.startswith(f"{part}/")}
        for part in (APPROVALS, REPRODUCTIONS)
    }
    return Attestations(
        signature=contents.get(SIGNATURE),
        decision=contents.get(DECISION),
        log=contents.get(LOG),
        approvals=below[APPROVALS],
        reproductions=below[REPRODUCTIONS],
        reproductions_page=contents.get(REPRODUCTIONS_PAGE),
        strays=tuple(strays),
    )
