"""What a check comes to: what is wrong, what is proven, what is only claimed, and what cannot be seen from here."""

from dataclasses import dataclass, field
from typing import NamedTuple

from commonhold.signatures.approvals import Signatory
from commonhold.signatures.public_key import PublicKey


class Trust(NamedTuple):
    """What the person who checks knows from another place than the bundle; all of it may be left out."""

    digest: str = ""
    """Of the bundle."""
    key: PublicKey | None = None
    """The publisher's."""
    stewards: tuple[Signatory, ...] = ()
    quorum: int = 0
    log_head: str = ""
    """Digest of a line of the log; the log must still hold it."""
    reproducers: tuple[PublicKey, ...] = ()
    """Keys of people who, as the checker knows, made the model again; each of them must have signed so."""
    promoted: bool = False
    """Whether only a bundle that the stewards let out will do."""


@dataclass(slots=True)
class VerificationFindings:
    """What was found, a sentence each."""

    problems: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    """What follows from bytes and keys alone."""
    claimed: list[str] = field(default_factory=list)
    """What the publisher says and nobody can see from here."""
    not_checkable: list[str] = field(default_factory=list)
    """What was not compared, and what it takes."""

    def add(self, other: "VerificationFindings") -> None:
        """Takes in what another check found."""
        self.problems += other.problems
        self.proven += other.proven
        self.claimed += other.claimed
        self.not_checkable += other.not_checkable
