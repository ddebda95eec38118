"""sample/1: as many records as were asked for."""

import numpy as np

from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStep,
    CrossRecordStepResult,
    Decision,
    Place,
    Reason,
)


def sample(inputs: CrossRecordInputs) -> CrossRecordStepResult:
    """Keeps so many records, drawn by what they say: another row sent later replaces at most one."""
    items, most = inputs.table.items, inputs.plan.settings.max_records or 0
    order = np.lexsort((items, inputs.table.drawn["sample"][items]))
    out = np.sort(items[order[most:]]).tolist()
    return CrossRecordStepResult([Decision(item, "drop", "not_sampled", f"{most} rows are used") for item in out])


_WHY = "only a part of all rows is used"
STEPS.register("sample/1")(
    CrossRecordStep(
        run=sample,
        place=Place("balance", 30, "last of its stage, so that it takes as many as were asked for"),
        question="How many rows are wanted?",
        used=lambda plan: plan.settings.max_records is not None,
        draws="sample",
        reasons={"not_sampled": Reason("Only a part of the rows is used", _WHY, _WHY)},
    )
)
