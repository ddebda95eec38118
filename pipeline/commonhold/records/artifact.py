"""What stages make and what a run is made of."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished folder in the store."""

    stage: str
    key: str
    """Digest of everything that went in."""
    digest: str
    """Digest of everything that came out, logs and timings left aside."""
    path: Path
