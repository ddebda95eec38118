"""near_duplicate/1: the same message with a word changed."""

from collections.abc import Sequence

from commonhold.curate.record import Record
from commonhold.curate.similar import SimilarTexts
from commonhold.curate.step import STEPS, Outcome, Step, Verdict
from commonhold.curate.words import shingles


@STEPS.register("near_duplicate/1")
def near_duplicate(threshold: float) -> Step:
    """Drops rows whose prompt overlaps an earlier kept one by `threshold` or more (Jaccard, 3-word shingles).

    Replies are not compared: two replies to the same question are kept once, the first.
    """

    def step(records: Sequence[Record]) -> Outcome:
        index = SimilarTexts([shingles(record.prompt) for record in records], threshold)
        kept: list[Record] = []
        dropped: list[Verdict] = []
        for place, record in enumerate(records):
            matches = index.matches(place)
            if matches.places.size:
                original = records[int(matches.places[0])]
                detail = f"prompt overlaps {matches.jaccard[0]:.2f} with {original.record_id}"
                dropped.append(Verdict(record, "drop", "near_duplicate", detail))
            else:
                index.add(place)
                kept.append(record)
        return Outcome(kept, dropped)

    return step
