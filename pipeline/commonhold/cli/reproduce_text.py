"""What a person reads of `commonhold reproduce`: a grade, and what was equal."""

from commonhold.number_format import count
from commonhold.records.reproduction import Reproduction

GRADES = {
    "R1": "the same bytes",
    "R2": "the same weights, within what another processor makes of them",
    "R3": "other weights, and every gate says the same",
    "R4": "not reproduced",
}
TITLES = {"inputs": "inputs", "curate": "curation", "steps": "training steps", "weights": "weights", "gates": "gates"}


def reproduction_text(reproduction: Reproduction) -> str:
    """What a person reads."""
    part = f", in the first {count(reproduction.steps, 'step')}" if reproduction.steps else ""
    lines = [f"{reproduction.model}: {reproduction.grade}, {GRADES[reproduction.grade]}{part}.", ""]
    for one in reproduction.compared:
        verdict = "equal" if one.equal else "near" if one.near else "differs"
        lines.append(f"  {TITLES[one.what]:<15} {verdict:<8} {one.text}")
    if reproduction.grade != "R1" and not reproduction.same_processor:
        lines += ["", "The publisher had another processor; equal bytes are expected on equal ones only."]
    if reproduction.grade == "R4":
        lines += ["", f"The first thing that differs: {TITLES[reproduction.diverged_at]}."]
    return "\n".join(lines)
