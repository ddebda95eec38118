"""The command that makes a published model again."""

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from commonhold.cli.dispatch import talk
from commonhold.errors import DigestError
from commonhold.figures import count
from commonhold.stages.workspace import Workspace

if TYPE_CHECKING:
    from commonhold.records.reproduction import Reproduction

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

    places = Places(arguments.recipes, arguments.data, tuple(arguments.tasks))
    found = reproduce_bundle(arguments.bundle, places, Workspace(arguments.workspace), talk, arguments.steps)
    print(json.dumps(asdict(found), indent=2) if arguments.json else reproduction_text(found))
    return DigestError.exit_code if found.grade == "R4" else 0


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
