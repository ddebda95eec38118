"""exact_duplicate/1: what is said word for word by an earlier record."""

import numpy as np

from commonhold.curate.dedup.exact_duplicates import repeats
from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStep,
    CrossRecordStepResult,
    Decision,
    Place,
    Reason,
)


def exact_duplicate(inputs: CrossRecordInputs) -> CrossRecordStepResult:
    """Merges records with an earlier one of the same message and reply, capitals and white space aside.

    Where ratings or comparisons are learnt, of which people said the same too.
    """
    table = inputs.table
    items = table.items
    same = repeats(np.stack([table.prompt[items], table.completion[items], table.feedback[items]], axis=1), items)
    return CrossRecordStepResult(
        [
            Decision(item, "merge", "exact_duplicate", f"copy of {table.id_of(original)}")
            for item, original in zip(same.item.tolist(), same.original.tolist(), strict=True)
        ]
    )


STEPS.register("exact_duplicate/1")(
    CrossRecordStep(
        run=exact_duplicate,
        place=Place("copies", 20, "before near copies: it is quick, and leaves them less to compare"),
        question="Is it said for the first time?",
        reasons={
            "exact_duplicate": Reason(
                "Repeats another row", "it repeats another row word for word", "they repeat another row word for word"
            ),
        },
    )
)
