"""near_duplicate/3: what says nearly what an earlier record says."""

import numpy as np

from commonhold.curate.dedup.near_duplicates import apart, copies
from commonhold.curate.engine.exchange import near_links
from commonhold.curate.engine.record_columns import FEEDBACK
from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStep,
    CrossRecordStepResult,
    Decision,
    Place,
    Reason,
)


def near_duplicate(inputs: CrossRecordInputs) -> CrossRecordStepResult:
    """Merges records whose message overlaps that of an earlier one that stays (Jaccard, shingles of three words).

    Replies are not compared: of two replies to one message the first stays. Where ratings or comparisons are learnt,
    several replies to one message are the point: there only records whose replies and ratings are the same are
    copies. Plain texts are compared as messages are.
    """
    table, settings = inputs.table, inputs.plan.settings
    plain, threshold = settings.method == "continued_pretraining", settings.near_duplicate
    texts = table.completions() if plain else table.prompts()
    links = near_links(texts, table.items, threshold, inputs.executor, inputs.work)
    if settings.method in FEEDBACK:
        links = apart(links, np.stack([table.completion, table.feedback], axis=1))
    merged = copies(links, texts.stored(), threshold)
    what = "text" if plain else "message"
    return CrossRecordStepResult(
        [
            Decision(item, "merge", "near_duplicate", f"{what} overlaps {jaccard:.2f} with {table.id_of(original)}")
            for item, original, jaccard in zip(*(column.tolist() for column in merged), strict=True)
        ]
    )


STEPS.register("near_duplicate/3")(
    CrossRecordStep(
        run=near_duplicate,
        place=Place("copies", 30, "behind exact copies, which need not be compared again"),
        question="Does it ask something new?",
        reasons={
            "near_duplicate": Reason(
                "The message nearly repeats another",
                "its message nearly repeats that of another row",
                "their message nearly repeats that of another row",
                "a message that asks in quite different words",
            ),
        },
    )
)
