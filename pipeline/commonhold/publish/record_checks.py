"""The parts of record.json that say how others answer for it: who has to agree, and how near a second making comes."""

from typing import Annotated

from pydantic import Field

from commonhold.publish.inputs import BundleInputs
from commonhold.publish.record_sources import RecordPart, Sha256
from commonhold.publish.verification.attestations import APPROVALS, DECISION
from commonhold.publish.verification.inspection import ATTESTATIONS_FOLDER

EXACT, ROUNDED, OF_LOSS = 1e-4, 0.10, 0.02
"""Tolerances: of weights in fp32, of weights where numbers are rounded (4 or 8 bits, bf16), and of a step's loss."""
SOURCES = {
    EXACT: "Measured on small models: with one instruction set the bytes are equal; AVX2 in place of AVX512 moved 24 "
    "steps in fp32 by 4e-6, and another seed by 1.05. The rest is room for longer trainings.",
    ROUNDED: "Measured on small models: with one instruction set the bytes are equal; AVX2 in place of AVX512 moved 12 "
    "steps in bf16 by 0.015 and 4 in NF4 by 0.034, and another seed by 1.2. The rest is room for longer trainings.",
}


class Tolerances(RecordPart):
    """How far a second making of the model may be off and still count as the same (grade R2)."""

    weights: Annotated[float, Field(gt=0)]
    """Largest ‖ΔW − ΔW'‖ / ‖ΔW‖, where ΔW is what the published adapter changes and ΔW' what the second does."""
    loss: Annotated[float, Field(gt=0)]
    """Largest relative difference of a step's loss, where only first steps are compared."""
    source: str
    """Where these figures come from."""


class StewardKey(RecordPart):
    """Somebody whose approval counts."""

    name: str
    """As the community names them."""
    fingerprint: Sha256
    """SHA-256 of the public key as PEM, which can be read aloud."""


class ApprovalPolicy(RecordPart):
    """Who has to agree before the model is let out, as the community ruled when it was published."""

    needed: Annotated[int, Field(ge=1)]
    """How many of the stewards have to sign."""
    stewards: tuple[StewardKey, ...]
    """Everybody who can."""
    decision: str
    """The file beside the bundle that they sign: it names this bundle by its digest, and the gates."""
    signatures: str
    """The folder beside the bundle with what they signed."""


def tolerances(quantisation: str, precision: str) -> Tolerances:
    """The tolerances of a model by how its numbers were stored and computed with."""
    allowed = EXACT if (quantisation, precision) == ("none", "float32") else ROUNDED
    return Tolerances(weights=allowed, loss=OF_LOSS, source=SOURCES[allowed])


def approval_policy(inputs: BundleInputs) -> ApprovalPolicy | None:
    """Who has to agree; none where the community names nobody with a key."""
    if inputs.policy is None:
        return None
    return ApprovalPolicy(
        needed=inputs.policy.needed,
        stewards=tuple(StewardKey(name=name, fingerprint=sha256) for name, sha256 in inputs.policy.stewards),
        decision=f"{ATTESTATIONS_FOLDER}/{DECISION}",
        signatures=f"{ATTESTATIONS_FOLDER}/{APPROVALS}",
    )
