"""outdated/2: what was right once and is not any more."""

from collections.abc import Sequence
from datetime import date

from commonhold.curate.rights.written_dates import iso_day
from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Decision, PerRecordStep, Place, Reason, Step, StepResult, keep_all


def outdated(before: date | None) -> Step:
    """Drops rows dated before a day; absent for none. A row without a readable date stays, and is listed for review.

    Dates were read with the rows, in the order that the whole column has (`rows/date_columns.py`).
    """
    if before is None:
        return keep_all

    def step(records: Sequence[Record]) -> StepResult:
        kept, decisions = [], []
        for item, record in enumerate(records):
            day = iso_day(record.date)
            if day is None:
                decisions.append(Decision(item, "flag", "unreadable_date", "no readable date"))
            elif day < before:
                decisions.append(Decision(item, "drop", "outdated", f"{day} is before {before}"))
                continue
            kept.append(record)
        return StepResult(kept, decisions)

    return step


STEPS.register("outdated/2")(
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
