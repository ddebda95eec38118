"""Everything that a rephrased record is checked for before it is used."""

import numpy as np

from commonhold.curate.engine.cross_record import Overall
from commonhold.curate.engine.per_record import LocalPlan, evaluation_index, local_steps
from commonhold.curate.engine.record_table import Table
from commonhold.curate.rephrasing.checks import Refused, refused
from commonhold.curate.rephrasing.known import KnownMessages
from commonhold.curate.rows.record import Record
from commonhold.curate.settings import Settings, Style

NOT_OF_THE_TEXT = frozenset({"consent", "outdated"})
"""Steps that judge the row; a rephrased record has its parent's."""
OTHER_REASONS = {"personal_data_masked": "personal_data", "likely_personal_data_masked": "personal_data"}


class Judge:
    """Judges rephrased records one after the other; those that it lets pass count for the next."""

    def __init__(self, table: Table, overall: Overall, plan: LocalPlan) -> None:
        steps = local_steps(plan)
        self._steps = {name: step for name, step in steps.items() if name.split("/")[0] not in NOT_OF_THE_TEXT}
        self._known = KnownMessages(table, overall.split, plan.settings.near_duplicate)
        self._evaluation = _Evaluation(table, plan.settings)

    def __call__(self, child: Record, parent: Record, item: int, style: Style) -> tuple[Record, Refused | None]:
        """The record as it would be used, and why it is not; `item` is the parent's number."""
        child, found = self._as_a_row(child)
        why = (
            refused(parent.prompt, parent.completion, child.prompt, style)
            or found
            or self._evaluation.refused(child)
            or self._known.refused(child.prompt, item)
        )
        if why is None:
            self._known.add(child.prompt, child.record_id)
        return child, why

    def _as_a_row(self, child: Record) -> tuple[Record, Refused | None]:
        """Characters are tidied; the first that another step would drop, flag or change is refused, as it is."""
        for name, step in self._steps.items():
            outcome = step([child])
            if outcome.verdicts and not name.startswith("normalise/"):
                (verdict,) = outcome.verdicts
                return child, (OTHER_REASONS.get(verdict.reason, verdict.reason), verdict.detail)
            (child,) = outcome.kept
        return child, None


class _Evaluation:
    """Finds questions of the evaluation; phrases that many records share are none, as for rows."""

    def __init__(self, table: Table, settings: Settings) -> None:
        self._index = evaluation_index(settings) if settings.evaluation_prompts else None
        if self._index:
            counts = [self._index.counts(table.found(shard)) for shard in range(len(table.locals))]
            self._counts = np.sum(counts, axis=0)

    def refused(self, child: Record) -> Refused | None:
        if self._index and (
            hits := self._index.hits(self._index.find([child.prompt], [child.completion]), self._counts)
        ):
            return "evaluation_overlap", f"evaluation question {hits[0].item + 1}"
        return None
