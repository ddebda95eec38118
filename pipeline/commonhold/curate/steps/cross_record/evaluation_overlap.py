"""evaluation_overlap/1: what the evaluation asks is not learnt beforehand, or at least reported."""

import numpy as np

from commonhold.curate.dedup.evaluation_overlap import Hit
from commonhold.curate.engine.record_columns import evaluation_index
from commonhold.curate.steps.step import (
    STEPS,
    CrossRecordInputs,
    CrossRecordStep,
    CrossRecordStepResult,
    Decision,
    Place,
    Reason,
)


def evaluation_overlap(inputs: CrossRecordInputs) -> CrossRecordStepResult:
    """Drops or flags records that hold a question of the evaluation, whole or in long parts; phrases do not count."""
    table, settings = inputs.table, inputs.plan.settings
    index = evaluation_index(settings)
    batches = [table.overlap(shard) for shard in range(len(table.shards))]
    counts = np.sum([index.counts(batch) for batch in batches], axis=0)
    decisions = []
    for first, batch in zip(table.first_items, batches, strict=True):
        best: dict[int, Hit] = {}
        for hit in index.hits(batch, counts):
            best[hit.record] = max(hit, best.get(hit.record, hit), key=lambda each: each.overlap)
        decisions += [
            Decision(first + record, settings.evaluation_overlap, "evaluation_overlap", _overlap(hit))
            for record, hit in sorted(best.items())
        ]
    return CrossRecordStepResult(decisions, shared_phrases=index.boilerplate(counts))


def _overlap(hit: Hit) -> str:
    how = {
        "run_of_13_words": f"{hit.overlap:.0%} of the question's runs of 13 words",
        "whole_item": "the whole question",
        "near_duplicate": f"a message that overlaps {hit.overlap:.2f}",
    }
    return f"evaluation question {hit.item + 1}: {how[hit.kind]}"


STEPS.register("evaluation_overlap/1")(
    CrossRecordStep(
        run=evaluation_overlap,
        place=Place("copies", 10, "before copies go, so that each row with a question is told of its own"),
        question="Does it give away a test question?",
        used=lambda plan: bool(plan.settings.evaluation_prompts),
        idle=lambda plan: plan.settings.evaluation_overlap == "flag",
        reasons={
            "evaluation_overlap": Reason(
                "Holds a test question",
                "it contains a test question",
                "they contain a test question",
                note="there is a test question, or a part of one",
                remedy="Write evaluation questions of their own, or set data.cleaning.evaluation_overlap to flag",
            ),
        },
    )
)
