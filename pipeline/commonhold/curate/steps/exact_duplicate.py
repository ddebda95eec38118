"""exact_duplicate/1: the same message with the same reply, sent twice."""

from collections.abc import Sequence

from commonhold.curate.record import Record
from commonhold.curate.similarity.exact import same
from commonhold.curate.step import STEPS, Outcome, Step, sift


@STEPS.register("exact_duplicate/1")
def exact_duplicate() -> Step:
    """Drops rows that repeat an earlier row, capitals and white space aside; the first stays."""

    def step(records: Sequence[Record]) -> Outcome:
        first: dict[tuple[str, str], Record] = {}

        def refusal(record: Record) -> tuple[str, str] | None:
            original = first.setdefault((same(record.prompt), same(record.completion)), record)
            return None if original is record else ("exact_duplicate", f"copy of {original.record_id}")

        return sift(records, refusal)

    return step
