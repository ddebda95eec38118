"""meaning_duplicate/1: what may mean what an earlier record means, for a person to look at."""

import numpy as np

from commonhold.curate.dedup.embeddings import similar_vectors
from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStep,
    CrossRecordStepResult,
    Decision,
    Place,
    Reason,
)


def meaning_duplicate(inputs: CrossRecordInputs) -> CrossRecordStepResult:
    """Flags records whose message has a vector near that of an earlier one (cosine, the mean of all taken away).

    Nothing is left out for it: vectors of small language models put messages side by side that a person would not
    (docs/experiments.md). All are compared with all; see `similar_vectors` for the time.
    """
    table, settings = inputs.table, inputs.plan.settings
    if inputs.embed is None:
        raise ValueError("copies by meaning are asked for, and there is no model to find them")
    items = table.items
    field, what = ("completion", "text") if settings.method == "continued_pretraining" else ("prompt", "message")
    vectors = inputs.embed(table.read_texts(field))
    links = similar_vectors(vectors - vectors.mean(axis=0), settings.meaning_duplicate or 1.0)
    order = np.lexsort((-links.jaccard, links.right))
    nearest: dict[int, Decision] = {}
    for left, right, cosine in zip(*(column[order].tolist() for column in links), strict=True):
        detail = f"{what} is near that of {table.id_of(int(items[left]))} ({cosine:.3f})"
        nearest.setdefault(right, Decision(int(items[right]), "flag", "meaning_duplicate", detail))
    return CrossRecordStepResult(list(nearest.values()))


STEPS.register("meaning_duplicate/1")(
    CrossRecordStep(
        run=meaning_duplicate,
        place=Place("copies", 40, "last of its stage: it is slow, and nobody looks at copies that have gone"),
        used=lambda plan: plan.settings.meaning_duplicate is not None,
        reasons={
            "meaning_duplicate": Reason(note="the message may mean the same as that of another row"),
        },
    )
)
