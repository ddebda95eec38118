"""What a curation step is: a pure function from records to records, with a verdict on every one it touched."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple

from commonhold.curate.privacy.sealed_map import MapEntry
from commonhold.curate.rows.record import Record
from commonhold.errors import CommonholdError
from commonhold.records.example import Action
from commonhold.registry import Registry


class Verdict(NamedTuple):
    """A step changed, flagged or dropped one record, and why."""

    record: Record
    action: Action
    """`flag`: a person should look; the record goes on as it is."""
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
    counts: Mapping[str, int] = {}
    """What the step counted besides records: masked e-mail addresses, for one."""
    masked: Sequence[MapEntry] = ()
    """What was masked, to be sealed for the stewards at once and written nowhere else."""


Step = Callable[[Sequence[Record]], Outcome]

STEPS: Registry[Callable[..., Step]] = Registry("curation step")
"""Factories: called with a step's settings, they return the step. Records come in batches of any size and order, and
what a step makes of one depends on that record and the settings alone."""


def keep_all(records: Sequence[Record]) -> Outcome:
    """The step that does nothing."""
    return Outcome(records)


def sift(records: Sequence[Record], refusal: Callable[[Record], tuple[str, str] | None]) -> Outcome:
    """Drops every record for which `refusal` names a reason and a detail."""
    refused = enumerate(map(refusal, records))
    return dropped(records, {place: told for place, told in refused if told is not None})


def dropped(records: Sequence[Record], refusals: Mapping[int, tuple[str, str]]) -> Outcome:
    """Drops the records at these places, each with a reason and a detail."""
    if not refusals:
        return Outcome(records)
    verdicts = [Verdict(records[place], "drop", *refusals[place]) for place in sorted(refusals)]
    return Outcome([record for place, record in enumerate(records) if place not in refusals], verdicts)


def check_account(name: str, records: Sequence[Record], outcome: Outcome) -> None:
    """Every record that went into a step came out of it kept or dropped, once; a step must never lose rows.

    Raises:
        CommonholdError: records are lost, doubled or invented; a bug in the step.
    """
    if outcome.kept is records and not any(verdict.action == "drop" for verdict in outcome.verdicts):
        return
    dropped = [verdict.record.record_id for verdict in outcome.verdicts if verdict.action == "drop"]
    id_of = attrgetter("record_id")
    came, ids = [*map(id_of, records)], [*map(id_of, outcome.kept), *dropped]
    once = set(ids)
    if len(ids) == len(came) == len(once) and once == set(came):
        return
    before, after = Counter(came), Counter(ids)
    if before != after:
        wrong = sum(((before - after) + (after - before)).values())
        raise unaccounted(name, len(records), len(outcome.kept), len(dropped), wrong)


def unaccounted(name: str, came: int, kept: int, dropped: int, wrong: int) -> CommonholdError:
    """The error of a step that lost or invented records."""
    return CommonholdError(
        f"{name}: {came} records went in, {kept} were kept and {dropped} dropped, and {wrong} of them do not match. "
        "This is a bug; nothing was written"
    )
