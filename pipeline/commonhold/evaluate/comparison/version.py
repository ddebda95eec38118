"""What a comparison needs to know of a version, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass

from commonhold.records.resolved_recipe import ResolvedRecipe
from commonhold.records.score import Evaluation, Score, Slice
from commonhold.strict_json import JsonValue


@dataclass(frozen=True, slots=True)
class VersionRows:
    """The data of one version."""

    records_in: int
    kept: int
    dropped_by_reason: Mapping[str, int]
    examples: Mapping[str, str] | None
    """Digest of each example's content by its id; None where the lines are not at hand, as in a bundle."""


@dataclass(frozen=True, slots=True)
class Version:
    """One side of a comparison; what is not there (a run that ended early, a bundle without items) is None."""

    name: str
    recipe: ResolvedRecipe
    rows: VersionRows | None
    evaluation: Evaluation | None
    scores: tuple[Score, ...] | None


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A key of the recipe that differs; None where a side does not have it."""

    key: str
    old: JsonValue
    new: JsonValue


@dataclass(frozen=True, slots=True)
class CountedItems:
    """A number on both sides."""

    what: str
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class RowChanges:
    """How the data differs."""

    counts: tuple[CountedItems, ...]
    """Records in, kept, and left out by reason; those that are equal too."""
    added: tuple[str, ...] | None
    """Ids of examples on the new side alone, sorted; None where the lines are not at hand."""
    removed: tuple[str, ...] | None
    changed: tuple[str, ...] | None
    """Ids of examples whose content, split or rating differs."""


@dataclass(frozen=True, slots=True)
class TaskChange:
    """One task, the old version's tuned model against the new one's on the same items."""

    task: str
    title: str
    overall: Slice
    """`base` is the old version, `tuned` the new one; `p_adjusted` is over the tasks."""
    slices: tuple[Slice, ...]
    won: tuple[Score, ...]
    """Items that the new version does better, with `base` and `tuned` as above."""
    lost: tuple[Score, ...]
    left_out: int
    """Items that only one side was asked, or whose question or expected answer differs."""


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A task of both versions that cannot be compared item by item."""

    task: str
    title: str
    old: Slice
    new: Slice
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two versions."""

    old: str
    new: str
    recipe: tuple[KeyChange, ...]
    rows: RowChanges | None
    tasks: tuple[TaskChange, ...]
    unpaired: tuple[Unpaired, ...]
    missing: tuple[str, ...]
    """What could not be compared at all, in sentences."""
