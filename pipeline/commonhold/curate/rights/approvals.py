"""Signatures of stewards under a decision, and whether enough of them have signed.

What is signed is one line of text, so that a steward can read it and sign it with common tools:

    printf 'commonhold-approval/1 publish DIGEST\n' > decision.txt
    openssl pkeyutl -sign -rawin -inkey my-key.pem -in decision.txt | base64 -w0
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import StringConstraints

from commonhold.curate.fields import Text
from commonhold.curate.rights.governance import Governance
from commonhold.curate.rights.public_key import public_key_bytes
from commonhold.digests import short
from commonhold.forms import Form

Decision = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]
"""What is decided, such as `publish`; a signature for one decision is none for another."""
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Approval(Form):
    """One steward's signature."""

    approval: Literal[1]
    """Version of this form."""
    steward: Text
    decision: Decision
    digest: Digest
    """SHA-256 of what is decided on."""
    signature: Text
    """Base64 of the 64 bytes of an Ed25519 signature under the line of `approval_line`."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who has signed, how many have to, and which signatures do not count."""

    needed: int
    approved_by: tuple[str, ...]
    """Stewards whose signature counts, as GOVERNANCE.yaml names them, in its order."""
    refused: tuple[str, ...]
    """A sentence for every approval that does not count."""

    @property
    def met(self) -> bool:
        """Whether enough stewards have signed."""
        return len(self.approved_by) >= self.needed


def approval_line(decision: str, digest: str) -> bytes:
    """The line that a steward signs, with its line end."""
    return f"commonhold-approval/1 {decision} {digest}\n".encode("ascii")


def quorum_met(governance: Governance, decision: str, digest: str, approvals: Sequence[Approval]) -> Quorum:
    """Counts the stewards who signed this decision on this digest; each once, strangers never."""
    stewards = {steward.name.casefold(): steward for steward in governance.stewards}
    signed: set[str] = set()
    refused: list[str] = []
    for approval in approvals:
        name = approval.steward.casefold()
        steward = stewards.get(name)
        if steward is None:
            refused.append(f"{approval.steward} is no steward in GOVERNANCE.yaml; the signature does not count")
        elif (approval.decision, approval.digest) != (decision, digest):
            other = f"{approval.decision} {short(approval.digest)}"
            refused.append(f"{steward.name} signed {other}, not {decision} {short(digest)}; ask for a new signature")
        elif not _fits(steward.public_key, approval.signature, approval_line(decision, digest)):
            refused.append(f"the signature of {steward.name} does not fit their public_key; ask for a new one")
        elif name in signed:
            refused.append(f"{steward.name} signed twice; that counts once")
        else:
            signed.add(name)
    by = tuple(steward.name for name, steward in stewards.items() if name in signed)
    return Quorum(governance.quorum, by, tuple(refused))


def approve(private_key: bytes, steward: str, decision: str, digest: str) -> Approval:
    """A steward's approval; `private_key` is the key's 32 bytes (RFC 8032)."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(approval_line(decision, digest))
    text = base64.b64encode(signature).decode()
    return Approval(approval=1, steward=steward, decision=decision, digest=digest, signature=text)


def _fits(public_key: str, signature: str, line: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public_key_bytes(public_key)).verify(
            base64.b64decode(signature, validate=True), line
        )
    except (InvalidSignature, ValueError):
        return False
    return True
