"""contributor_cap/1 and weights/1: so that no voice drowns the others."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from commonhold.curate.balance import by_weight, cell_weights, largest_share, under_cap
from commonhold.curate.division import draw_key
from commonhold.curate.record import Record
from commonhold.curate.similarity.ragged import Hashes
from commonhold.curate.step import STEPS, Outcome, Step, sift


@STEPS.register("contributor_cap/1")
def contributor_cap(seed: int, max_records: int | None = None, max_share: float | None = None) -> Step:
    """Keeps at most so many rows of each contributor, and at most this share of what is left; absent for no cap.

    Rows are chosen by the seed and by what they say. Rows that name nobody are kept.
    """

    def step(records: Sequence[Record]) -> Outcome:
        given = Counter(record.contributor for record in records if record.contributor)
        most = max(given.values(), default=0) if max_records is None else max_records
        if max_share is not None and given:
            others = len(records) - given.total()
            most = min(most, largest_share(max_share, [min(count, most) for count in given.values()], others))
        numbers = {name: number for number, name in enumerate(given)}
        contributor = np.array([numbers.get(record.contributor, -1) for record in records], np.int64)
        stays = under_cap(contributor, _drawn(records, seed, "contributor_cap"), most)
        kept = {record.record_id for record, stay in zip(records, stays.tolist(), strict=True) if stay}
        detail = f"a contributor's rows are used up to {most}"
        return sift(records, lambda record: None if record.record_id in kept else ("contributor_cap", detail))

    return step


@STEPS.register("weights/1")
def weights(seed: int, sources: Mapping[str, float], languages: Mapping[str, float]) -> Step:
    """Keeps a part of the rows of each source and language, such as 0.5 for half; 1 unless named.

    A source's weight and a language's are multiplied. Rows are chosen by the seed and by what they say.
    """

    def step(records: Sequence[Record]) -> Outcome:
        cells: dict[tuple[str, str], int] = {}
        cell = np.array([cells.setdefault((one.source, one.language), len(cells)) for one in records], np.int64)
        parts = cell_weights(list(cells), sources, languages)
        stays = by_weight(cell, _drawn(records, seed, "weights"), parts)
        kept = {record.record_id for record, stay in zip(records, stays.tolist(), strict=True) if stay}

        def refusal(record: Record) -> tuple[str, str] | None:
            if record.record_id in kept:
                return None
            part = parts[cells[record.source, record.language]]
            return "weight", f"{part:.3g} of the rows of this source and language are used"

        return sift(records, refusal)

    return step


def _drawn(records: Sequence[Record], seed: int, purpose: str) -> Hashes:
    return np.array([draw_key(seed, purpose, record.content) for record in records], np.uint64)
