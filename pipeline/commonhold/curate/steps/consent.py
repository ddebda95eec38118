"""consent/1: nothing is learnt from a row whose giver did not say yes."""

from collections.abc import Sequence

from commonhold.curate.record import Record
from commonhold.curate.step import STEPS, Step, keep_all, sift


@STEPS.register("consent/1")
def consent(accepted: Sequence[str] | None) -> Step:
    """Drops rows whose consent cell is not one of the `accepted` answers; absent when the basis covers all rows.

    Capitals and white space at the ends do not matter. A blank cell is a no.
    """
    if accepted is None:
        return keep_all
    yes = {answer.strip().casefold() for answer in accepted}

    def refusal(record: Record) -> tuple[str, str] | None:
        answer = record.consent.strip().casefold()
        if answer in yes:
            return None
        return "no_consent", "the answer is not one that means yes" if answer else "the cell is blank"

    return lambda records: sift(records, refusal)
