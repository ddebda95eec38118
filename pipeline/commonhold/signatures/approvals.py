"""Signatures of stewards under a decision, and whether enough of them have signed.

What is signed is one line of text, so that a steward can read it and sign it with common tools:

    printf 'commonhold-approval/1 publish DIGEST\n' > decision.txt
    openssl pkeyutl -sign -rawin -inkey my-key.pem -in decision.txt | base64 -w0
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from commonhold.digests import short
from commonhold.signatures.envelope import fits, from_base64
from commonhold.signatures.public_key import PublicKey, public_key_bytes
from commonhold.strict_json import parse_json

APPROVAL_FIELDS = ("steward", "decision", "digest", "signature")
DECISION_WORD = re.compile(r"[a-z][a-z_]{0,39}")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Approval:
    """One steward's signature."""

    steward: str
    decision: str
    """What is decided, such as `publish`; a signature for one decision is none for another."""
    digest: str
    """SHA-256 of what is decided on."""
    signature: str
    """Base64 of the 64 bytes of an Ed25519 signature under the line of `approval_line`."""


class Signatory(NamedTuple):
    """Somebody whose signature counts."""

    name: str
    public_key: str
    """`ed25519:` and base64."""


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who has signed, how many have to, and which signatures do not count."""

    needed: int
    approved_by: tuple[str, ...]
    """Stewards whose signature counts, as the community names them, in its order."""
    refused: tuple[str, ...]
    """A sentence for every approval that does not count."""

    @property
    def met(self) -> bool:
        """Whether enough stewards have signed."""
        return len(self.approved_by) >= self.needed


def approval_line(decision: str, digest: str) -> bytes:
    """The line that a steward signs, with its line end."""
    return f"commonhold-approval/1 {decision} {digest}\n".encode("ascii")


def quorum_met(
    stewards: Sequence[Signatory], needed: int, decision: str, digest: str, approvals: Sequence[Approval]
) -> Quorum:
    """Counts the stewards who signed this decision on this digest; each once, strangers never."""
    by_name = {steward.name.casefold(): steward for steward in stewards}
    signed: set[str] = set()
    refused: list[str] = []
    for approval in approvals:
        name = approval.steward.casefold()
        steward = by_name.get(name)
        if steward is None:
            refused.append(f"{approval.steward} is no steward of this community; the signature does not count")
        elif (approval.decision, approval.digest) != (decision, digest):
            other = f"{approval.decision} {short(approval.digest)}"
            refused.append(f"{steward.name} signed {other}, not {decision} {short(digest)}; ask for a new signature")
        elif not approval_fits(approval, steward):
            refused.append(f"the signature of {steward.name} does not fit their public_key; ask for a new one")
        elif name in signed:
            refused.append(f"{steward.name} signed twice; that counts once")
        else:
            signed.add(name)
    by = tuple(steward.name for name, steward in by_name.items() if name in signed)
    return Quorum(needed, by, tuple(refused))


def approval_fits(approval: Approval, steward: Signatory) -> bool:
    """Whether the signature was made with the private part of the steward's key."""
    try:
        key = PublicKey("ed25519", public_key_bytes(steward.public_key))
        return fits(key, approval_line(approval.decision, approval.digest), from_base64(approval.signature))
    except ValueError:
        return False


def approval_bytes(approval: Approval) -> bytes:
    """The file that a steward hands in."""
    return (json.dumps({"approval": 1, **asdict(approval)}, indent=2, ensure_ascii=False) + "\n").encode()


def read_approval(data: bytes) -> Approval:
    """An approval from a file that a steward handed in.

    Raises:
        ValueError: it is not of that form.
    """
    value = parse_json(data)
    if not isinstance(value, dict) or value.keys() != {"approval", *APPROVAL_FIELDS} or value["approval"] != 1:
        raise ValueError(f"is no approval; its keys are approval, {', '.join(APPROVAL_FIELDS)}")
    fields = [value[name] for name in APPROVAL_FIELDS]
    if not all(isinstance(each, str) and 0 < len(each) <= 200 and each.isprintable() for each in fields):
        raise ValueError("is an approval with something else than a short text in it")
    approval = Approval(*fields)
    if not DECISION_WORD.fullmatch(approval.decision) or not HEX_DIGEST.fullmatch(approval.digest):
        raise ValueError("is an approval whose decision or digest is written wrongly")
    return approval
