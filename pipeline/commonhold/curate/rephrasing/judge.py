"""Everything that a rephrased record is checked for before it is used."""

from collections.abc import Iterator

import numpy as np

from commonhold.curate.engine.cross_record import CrossRecordResult
from commonhold.curate.engine.per_record import made_steps
from commonhold.curate.engine.plan import Plan
from commonhold.curate.engine.record_columns import evaluation_index
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.rephrasing.checks import Refused, refused
from commonhold.curate.rephrasing.known import KnownMessages
from commonhold.curate.rows.record import Record
from commonhold.curate.settings import CurationSettings, Style
from commonhold.curate.steps.registered import masking, per_record_steps
from commonhold.curate.steps.step import Step


class RephrasingJudge:
    """Judges rephrased records one after the other; those that it lets pass count for the next."""

    def __init__(self, table: RecordTable, compared: CrossRecordResult, plan: Plan) -> None:
        self._steps = tuple(_of_the_text(plan))
        self._messages = KnownMessages(table, compared.split, plan.settings.near_duplicate)
        self._evaluation = _Evaluation(table, plan.settings)

    def __call__(self, child: Record, parent: Record, item: int, style: Style) -> tuple[Record, Refused | None]:
        """The record as it would be used, and why it is not; `item` is the parent's number."""
        child, step_refusal = self._as_a_row(child)
        why = (
            refused(parent.prompt, parent.completion, child.prompt, style)
            or step_refusal
            or self._evaluation.refused(child)
            or self._messages.refused(child.prompt, item)
        )
        if why is None:
            self._messages.add(child.prompt, child.record_id)
        return child, why

    def _as_a_row(self, child: Record) -> tuple[Record, Refused | None]:
        """Characters are tidied; the first that another step would drop, flag or change is refused, as it is."""
        for step, tidies in self._steps:
            result = step([child])
            if result.decisions and not tidies:
                (decision,) = result.decisions
                reason = "personal_data" if decision.reason in masking() else decision.reason
                return child, (reason, decision.detail)
            (child,) = result.kept
        return child, None


def _of_the_text(plan: Plan) -> Iterator[tuple[Step, bool]]:
    """The steps that judge the text and not the row, for a rephrased record has its parent's permission.

    With each comes whether what it changes says the same.
    """
    made = made_steps(plan)
    for name, step in per_record_steps(plan).items():
        if step.place.stage != "permission":
            yield made[name], step.tidies


class _Evaluation:
    """Finds questions of the evaluation; phrases that many records share are none, as for rows."""

    def __init__(self, table: RecordTable, settings: CurationSettings) -> None:
        self._index = evaluation_index(settings) if settings.evaluation_prompts else None
        if self._index:
            counts = [self._index.counts(table.overlap(shard)) for shard in range(len(table.shards))]
            self._counts = np.sum(counts, axis=0)

    def refused(self, child: Record) -> Refused | None:
        if self._index and (
            hits := self._index.hits(self._index.find([child.prompt], [child.completion]), self._counts)
        ):
            return "evaluation_overlap", f"evaluation question {hits[0].item + 1}"
        return None
