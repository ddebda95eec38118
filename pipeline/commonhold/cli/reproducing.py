"""Commands of those who make a published model again, and sign that they did: reproduce, vouch."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from commonhold.cli.dispatch import talk
from commonhold.cli.signing import private_key_of
from commonhold.cli.trusting import public_key_of
from commonhold.digests import short
from commonhold.errors import DigestError, RequestError
from commonhold.figures import count
from commonhold.stages.workspace import Workspace

if TYPE_CHECKING:
    from commonhold.records.reproduction import Reproduction
    from commonhold.signatures.private_key import PrivateKey

GRADES = {
    "R1": "the same bytes",
    "R2": "the same weights, within what another processor makes of them",
    "R3": "other weights, and every gate says the same",
    "R4": "not reproduced",
}
TITLES = {"inputs": "inputs", "curate": "curation", "steps": "training steps", "weights": "weights", "gates": "gates"}


def reproduce(arguments: argparse.Namespace) -> int:
    """Every stage against the bundle, and a grade; exit code 4 if it was not reproduced."""
    from commonhold.stages.reproduction import Places
    from commonhold.stages.reproduction import reproduce as reproduce_bundle

    if arguments.key and not arguments.statement:
        raise RequestError("a key signs a statement. Say where it goes with --statement FILE")
    key = private_key_of(arguments) if arguments.key else None  # before the hours of training, not after
    places = Places(arguments.recipes, arguments.data, tuple(arguments.tasks))
    workspace = Workspace(arguments.workspace)
    found = reproduce_bundle(arguments.bundle, places, workspace, talk, arguments.steps, arguments.precision)
    print(json.dumps(asdict(found), indent=2) if arguments.json else reproduction_text(found))
    if arguments.statement:
        from commonhold.stages.vouching import write_statement

        write_statement(found, key, arguments.statement)
        talk(_about_statement(arguments.statement, key))
    return DigestError.exit_code if found.grade == "R4" else 0


def _about_statement(path: Path, key: "PrivateKey | None") -> str:
    if key is None:
        return f"{path} says so and is not signed. Next: commonhold vouch {path} --key FILE"
    return (
        f"{path} says so, signed with the key {short(key.public.fingerprint)}…. Send it to whoever published the "
        "model, and tell them your public key on another way"
    )


def vouch(arguments: argparse.Namespace) -> int:
    """A signature under a statement, or a statement that is taken and counted."""
    from commonhold.stages.vouching import add_statement, sign_statement

    if (arguments.key is None) == (arguments.add is None):
        raise RequestError("sign a statement with your key (--key FILE), or take one that was sent (--add FILE)")
    if arguments.key is not None:
        key, path = private_key_of(arguments), Path(arguments.target)
        said = sign_statement(path, key)
        print(f"{path}: {said.model}, {said.grade}, is signed with the key {short(key.public.fingerprint)}…")
        return 0
    if not arguments.by:
        raise RequestError("whose is it? Give the sender's public key, which you have from elsewhere, with --by KEY")
    by = public_key_of(arguments.by, "the sender's")
    taken = add_statement(Workspace(arguments.workspace), arguments.target, arguments.add, by, arguments.version)
    print(f"{taken.bundle.model}, version {taken.bundle.version}: {taken.said.grade} counts. {taken.line}")
    return 0


def reproduction_text(found: "Reproduction") -> str:
    """What a person reads."""
    part = f", in the first {count(found.steps, 'step')}" if found.steps else ""
    lines = [f"{found.model}: {found.grade}, {GRADES[found.grade]}{part}.", ""]
    for one in found.compared:
        verdict = "equal" if one.equal else "near" if one.near else "differs"
        lines.append(f"  {TITLES[one.what]:<15} {verdict:<8} {one.text}")
    if found.grade != "R1" and not found.same_processor:
        lines += ["", "The publisher had another processor; equal bytes are expected on equal ones only."]
    if found.grade == "R4":
        lines += ["", f"The first thing that differs: {TITLES[found.diverged_at]}."]
    return "\n".join(lines)
