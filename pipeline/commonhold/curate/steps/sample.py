"""sample/1: a part of a large file, for a first try."""

from collections.abc import Sequence

from commonhold.curate.record import Record
from commonhold.curate.step import STEPS, Outcome, Step, keep_all, sift
from commonhold.seeds import order_key


@STEPS.register("sample/1")
def sample(max_records: int | None, seed: int) -> Step:
    """Keeps at most so many rows, chosen by the seed; absent for all. Another row sent later replaces at most one."""
    if max_records is None:
        return keep_all

    def step(records: Sequence[Record]) -> Outcome:
        drawn = sorted(records, key=lambda record: order_key(seed, "sample", record.content))
        chosen = {record.record_id for record in drawn[:max_records]}
        return sift(records, lambda record: None if record.record_id in chosen else ("not_sampled", ""))

    return step
