"""outdated/1: what was right once and is not any more."""

import re
from collections.abc import Sequence
from datetime import date

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Decision, PerRecordStep, Place, Reason, Step, StepResult, keep_all

ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ].*)?")
MONTH_FIRST = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?: .*)?")


def outdated(before: date | None) -> Step:
    """Drops rows dated before a day; absent for none. A row without a readable date stays, and is listed for review."""
    if before is None:
        return keep_all

    def step(records: Sequence[Record]) -> StepResult:
        kept, decisions = [], []
        for item, record in enumerate(records):
            day = read_day(record.date)
            if day is None:
                decisions.append(Decision(item, "flag", "unreadable_date", "no readable date"))
            elif day < before:
                decisions.append(Decision(item, "drop", "outdated", f"{day} is before {before}"))
                continue
            kept.append(record)
        return StepResult(kept, decisions)

    return step


def read_day(text: str) -> date | None:
    """The day of `2025-03-14` or `3/14/2025` (month first, as US forms export it), with or without a time."""
    match = ISO.fullmatch(text.strip()) or MONTH_FIRST.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


STEPS.register("outdated/1")(
    PerRecordStep(
        make=lambda inputs: outdated(inputs.plan.outdated_before),
        place=Place("permission", 20, "behind consent: whose row may not be read is not asked for its age"),
        question="Is it still right?",
        idle=lambda plan: plan.outdated_before is None,
        reasons={
            "outdated": Reason(
                "Out of date",
                "it is out of date",
                "they are out of date",
                "what is right today, with its date",
                remedy="Correct the dates in the files, or outdated_before in datasheet.yaml",
            ),
            "unreadable_date": Reason(note="the date cannot be read"),
        },
    )
)
