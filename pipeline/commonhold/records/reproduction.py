"""The result of making a published model again."""

from dataclasses import dataclass
from typing import Literal

Grade = Literal["R1", "R2", "R3", "R4"]
"""`R1` the same bytes; `R2` the same weights within a tolerance; `R3` the same gates; `R4` not the same."""


@dataclass(frozen=True, slots=True)
class ReproductionCheck:
    """One thing that was published, beside what came out here."""

    what: Literal["inputs", "curate", "steps", "weights", "gates"]
    equal: bool
    text: str
    """What is equal or differs, in a sentence."""
    near: bool = False
    """Whether it differs by no more than other processors make it differ."""


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How near a second making came to the published model."""

    model: str
    bundle_digest: str
    grade: Grade
    steps: int
    """First steps that were taken; 0 for the whole training with its evaluation."""
    compared: tuple[ReproductionCheck, ...]
    """In the order of the pipeline."""
    same_processor: bool
    """Whether the arithmetic is done as the publisher did it; equal bytes are expected only then."""

    @property
    def diverged_at(self) -> str:
        """The first thing that differs; empty if nothing does."""
        return next((one.what for one in self.compared if not one.equal), "")
