"""What a curation step is: a pure function from records to records, with a verdict on every one it touched."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from commonhold.curate.record import Record
from commonhold.registry import Registry


class Verdict(NamedTuple):
    """A step changed or dropped one record, and why."""

    record: Record
    action: Literal["change", "drop"]
    reason: str
    """A stable snake_case word; counted in the report."""
    detail: str = ""
    """For people; never the personal data itself."""


class Outcome(NamedTuple):
    """What a step did with the records it was given."""

    kept: Sequence[Record]
    """In the order they came."""
    verdicts: Sequence[Verdict] = ()
    """At most one for a record."""
    warnings: Sequence[str] = ()
    counts: Mapping[str, int] = {}
    """What the step counted besides records: masked e-mail addresses, for one."""


Step = Callable[[Sequence[Record]], Outcome]

STEPS: Registry[Callable[..., Step]] = Registry("curation step")
"""Factories: called with a step's settings, they return the step."""


def keep_all(records: Sequence[Record]) -> Outcome:
    """The step that does nothing."""
    return Outcome(records)


def sift(records: Sequence[Record], refusal: Callable[[Record], tuple[str, str] | None]) -> Outcome:
    """Drops every record for which `refusal` names a reason and a detail."""
    kept: list[Record] = []
    dropped: list[Verdict] = []
    for record in records:
        if (refused := refusal(record)) is None:
            kept.append(record)
        else:
            dropped.append(Verdict(record, "drop", *refused))
    return Outcome(kept, dropped)


def places(records: Sequence[Record], most: int = 5) -> str:
    """The first few places, for a warning: `a.csv:3, a.csv:9 and 12 more`."""
    named = ", ".join(record.place for record in records[:most])
    return f"{named} and {len(records) - most} more" if len(records) > most else named
