"""consent/2: nothing is learnt from a row whose giver did not say yes to that."""

from commonhold.curate.rows.record import Record
from commonhold.curate.steps.step import STEPS, Step, sift


@STEPS.register("consent/2")
def consent() -> Step:
    """Drops rows that may not be learnt from, by what `rights.consent` read in their own cells."""
    return lambda records: sift(records, _refusal)


def _refusal(record: Record) -> tuple[str, str] | None:
    return (record.refusal, record.refusal_detail) if record.refusal else None
