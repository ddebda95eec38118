"""weights/1: how much of each source and language is used."""

from commonhold.curate.selection.balance import by_weight, cell_weights
from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStep,
    CrossRecordStepResult,
    Decision,
    Place,
    Reason,
)


def weights(inputs: CrossRecordInputs) -> CrossRecordStepResult:
    """Keeps a part of the records of each source and language, drawn by what they say."""
    table, settings = inputs.table, inputs.plan.settings
    items = table.items
    parts = cell_weights(
        [(source, tag) for tag, source in table.kinds], settings.source_weights, settings.language_weights
    )
    stays = by_weight(table.kind[items], table.drawn["weights"][items], parts)
    return CrossRecordStepResult(
        [
            Decision(
                item,
                "drop",
                "weight",
                f"{parts[table.kind[item]]:.3g} of the rows of this source and language are used",
            )
            for item in items[~stays].tolist()
        ]
    )


STEPS.register("weights/1")(
    CrossRecordStep(
        run=weights,
        place=Place("balance", 20, "before the sample, which then has the parts that were asked for"),
        question="How much of this source or language is wanted?",
        used=lambda plan: bool(plan.settings.source_weights or plan.settings.language_weights),
        draws="weights",
        reasons={
            "weight": Reason(
                "Only a part of this source or language is used",
                "only a part of the rows of its source or language is used",
                "only a part of the rows of their source or language is used",
            ),
        },
    )
)
