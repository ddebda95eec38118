"""near_duplicate: the same message with a word changed."""

from collections.abc import Callable, Sequence

from commonhold.curate.record import Record
from commonhold.curate.similarity.inverted_index import SimilarTexts
from commonhold.curate.similarity.near import near_copies
from commonhold.curate.step import STEPS, Outcome, Step, Verdict
from commonhold.curate.words import shingles

Originals = dict[int, tuple[int, float]]
"""For each place that repeats an earlier one: which, and by how much they overlap."""


@STEPS.register("near_duplicate/1")
def near_duplicate(threshold: float) -> Step:
    """Drops rows whose prompt overlaps an earlier kept one by `threshold` or more (Jaccard, 3-word shingles).

    Replies are not compared: two replies to the same question are kept once, the first. All are compared with all:
    time grows with the square of the number of rows that share words.
    """
    return _dropping(lambda prompts: _by_index(prompts, threshold))


@STEPS.register("near_duplicate/2")
def near_duplicate_by_keys(threshold: float) -> Step:
    """Drops the same rows as near_duplicate/1 in time linear in the rows.

    Where more than 64 different prompts share their rarest words, or prompts of over some 50 words overlap by little
    more than the threshold, a pair may be missed (see `candidates` and `Bands.found`); none is dropped without a true
    overlap.
    """
    return _dropping(lambda prompts: _by_keys(prompts, threshold))


def _dropping(originals: Callable[[Sequence[str]], Originals]) -> Step:
    def step(records: Sequence[Record]) -> Outcome:
        found = originals([record.prompt for record in records])
        dropped = [
            Verdict(
                records[place],
                "drop",
                "near_duplicate",
                f"prompt overlaps {jaccard:.2f} with {records[other].record_id}",
            )
            for place, (other, jaccard) in found.items()
        ]
        return Outcome([record for place, record in enumerate(records) if place not in found], dropped)

    return step


def _by_index(prompts: Sequence[str], threshold: float) -> Originals:
    index = SimilarTexts([shingles(prompt) for prompt in prompts], threshold)
    found: Originals = {}
    for place in range(len(prompts)):
        matches = index.matches(place)
        if matches.places.size:
            found[place] = int(matches.places[0]), float(matches.jaccard[0])
        else:
            index.add(place)
    return found


def _by_keys(prompts: Sequence[str], threshold: float) -> Originals:
    items, originals, jaccard = near_copies(prompts, threshold)
    return dict(zip(items.tolist(), zip(originals.tolist(), jaccard.tolist(), strict=True), strict=True))
