"""contributor_cap/1: no voice drowns the others."""

from collections import Counter

import numpy as np

from commonhold.curate.selection.balance import largest_share, under_cap
from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStep,
    CrossRecordStepResult,
    Decision,
    Place,
    Reason,
)


def contributor_cap(inputs: CrossRecordInputs) -> CrossRecordStepResult:
    """Keeps so many records of each contributor, and at most that share of what is left, drawn by what they say.

    Records that name nobody are kept.
    """
    table, settings = inputs.table, inputs.plan.settings
    items = table.items
    given = Counter(table.contributor[items].tolist())
    others = given.pop(0, 0)
    most = max(given.values(), default=0) if settings.contributor_max is None else settings.contributor_max
    if settings.contributor_share is not None and given:
        most = min(most, largest_share(settings.contributor_share, [min(n, most) for n in given.values()], others))
    numbers = {name: number for number, name in enumerate(given)}
    who = np.array([numbers.get(name, -1) for name in table.contributor[items].tolist()], np.int64)
    stays = under_cap(who, table.drawn["contributor_cap"][items], most)
    detail = f"a contributor's rows are used up to {most}"
    return CrossRecordStepResult([Decision(item, "drop", "contributor_cap", detail) for item in items[~stays].tolist()])


_WHY = "one person's rows are used up to a limit only"
STEPS.register("contributor_cap/1")(
    CrossRecordStep(
        run=contributor_cap,
        place=Place("balance", 10, "before weights and samples, which are parts of what each person may give"),
        question="Is one person heard too often?",
        used=lambda plan: plan.settings.contributor_max is not None or plan.settings.contributor_share is not None,
        draws="contributor_cap",
        reasons={"contributor_cap": Reason("Over the limit for one person", _WHY, _WHY)},
    )
)
