"""The command of the standalone verifier: the check, its text, and its exit code."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from commonhold.publish.verification.archives import only_folder, unpacked
from commonhold.publish.verification.decision import read_stewards
from commonhold.publish.verification.findings import Trust
from commonhold.publish.verification.inspection import Inspection, inspect
from commonhold.publish.verification.unpacking import HostileArchiveError
from commonhold.publish.verification.verdict import verdict_data, verdict_lines
from commonhold.publish.verification.views import MADE_FROM_RECORD
from commonhold.signatures.public_key import PublicKey, read_public_key

WRONG_REQUEST, MISMATCH = 2, 4
NOT_SEEN = (
    "the whole form of record.json, and whether card, label and views say the same: commonhold itself compares these",
)


def verify_main(argv: Sequence[str]) -> int:
    """Checks what the command line names; 0 for sound, 4 for anything that does not match, 2 for a wrong request."""
    parser = argparse.ArgumentParser(
        prog="verify_commonhold.py",
        description="Verify a model that was published with commonhold, offline.",
        epilog="exit codes: 0 sound, 2 the request is wrong, 4 something does not match",
    )
    parser.add_argument("target", type=Path, help="the folder or archive that you were given")
    parser.add_argument("--digest", default="", metavar="SHA256", help="the bundle's digest, from another place")
    parser.add_argument("--key", default="", metavar="KEY", help="the publisher's public key: a file, or p256:… itself")
    parser.add_argument("--stewards", type=Path, metavar="FILE", help="stewards, their keys and the quorum, as JSON")
    parser.add_argument(
        "--reproducer", action="append", default=[], metavar="KEY",
        help="public key of somebody who made the model again, as you know; may be given several times",
    )  # fmt: skip
    parser.add_argument("--log-head", default="", metavar="SHA256", help="a line of the log that must still be in it")
    parser.add_argument("--promoted", action="store_true", help="refuse what the stewards have not released")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    arguments = parser.parse_args(argv)
    try:
        trust = _trust(arguments)
    except (OSError, ValueError) as error:
        print(f"verify_commonhold: {error}", file=sys.stderr)  # noqa: T201 - this file has no other voice
        return WRONG_REQUEST
    if not arguments.target.exists():
        print(f"verify_commonhold: {arguments.target}: there is no such file or folder", file=sys.stderr)  # noqa: T201
        return WRONG_REQUEST
    inspection = inspect_target(arguments.target, trust)
    inspection.findings.not_checkable += NOT_SEEN
    text = json.dumps(verdict_data(inspection), indent=2) if arguments.json else "\n".join(verdict_lines(inspection))
    print(text)  # noqa: T201
    return MISMATCH if inspection.findings.problems else 0


def inspect_target(target: Path, trust: Trust) -> Inspection:
    """The check of a folder or an archive; what cannot be read is a problem like any other."""
    try:
        if target.is_dir():
            return inspect(target, trust, MADE_FROM_RECORD)
        with unpacked(target) as folder:
            return inspect(only_folder(folder), trust, MADE_FROM_RECORD)
    except (HostileArchiveError, OSError) as error:
        inspection = Inspection(target)
        inspection.findings.problems.append(str(error))
        return inspection


def _trust(arguments: argparse.Namespace) -> Trust:
    stewards, quorum = read_stewards(arguments.stewards.read_bytes()) if arguments.stewards else ((), 0)
    return Trust(
        digest=arguments.digest.lower(),
        key=_key_of(arguments.key) if arguments.key else None,
        stewards=stewards,
        quorum=quorum,
        log_head=arguments.log_head.lower(),
        reproducers=tuple(map(_key_of, arguments.reproducer)),
        promoted=arguments.promoted,
    )


def _key_of(text: str) -> PublicKey:
    path = Path(text)
    return read_public_key(path.read_text(encoding="utf-8") if path.is_file() else text)
