"""Records taken through the steps that compare them with each other, without a community's files."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from commonhold.curate.engine.cross_record import CrossRecordResult, run_cross_record_steps
from commonhold.curate.engine.executor import Inline
from commonhold.curate.engine.per_record import run_per_record_steps
from commonhold.curate.engine.plan import Plan
from commonhold.curate.engine.record_table import RecordTable
from commonhold.curate.engine.shards import Shard, in_parts, write_shard
from commonhold.curate.engine.survey import survey
from commonhold.curate.rows.record import Record
from commonhold.curate.rows.record_maker import contributor_id
from commonhold.curate.settings import CurationSettings
from commonhold.curate.steps.registered import purposes

KEY = b"key"
SETTINGS = CurationSettings(
    redact=(), min_words=1, max_words=400, near_duplicate=1.0, validation_share=0.0, test_share=0.0,
    strip_boilerplate=False,
)  # fmt: skip
"""Everything as it is, no held-out splits; equal messages are copies."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of the records."""

    records: Sequence[Record]
    """Those that are used."""
    told: dict[str, tuple[str, str]]
    """By id, the reason and the detail of what was decided about a record."""
    result: CrossRecordResult
    splits: dict[str, str]
    """Of the records that are used, by id."""
    clusters: dict[str, str]

    @property
    def ids(self) -> list[str]:
        """Of the records that are used, in order."""
        return [record.record_id for record in self.records]

    @property
    def reasons(self) -> dict[str, str]:
        """By id."""
        return {record_id: reason for record_id, (reason, _) in self.told.items()}

    @property
    def sizes(self) -> dict[str, int]:
        """Records of each split."""
        return dict(Counter(self.splits.values()))

    def crossing(self, labels: Sequence[str]) -> list[str]:
        """Labels, one for each used record, that stand in two splits."""
        splits: dict[str, set[str]] = {}
        for record_id, label in zip(self.ids, labels, strict=True):
            splits.setdefault(label, set()).add(self.splits[record_id])
        return [label for label, found in splits.items() if len(found) > 1]


def compare(
    records: Sequence[Record], settings: CurationSettings = SETTINGS, seed: int = 1, shard_rows: int = 20_000
) -> Compared:
    """The records through all steps; all must pass those that look at one record at a time."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shards = []
        for number, part in enumerate(in_parts(records, shard_rows)):
            shards.append(Shard(work / f"{number}.parquet"))
            named = [one._replace(contributor=contributor_id(KEY, one.contributor)) for one in part]
            write_shard(shards[-1].path, named)
        survey(shards, Inline(), work / "survey.json", lines=False, words=False)
        plain = settings.method == "continued_pretraining"
        plan = Plan(settings, ("US",), None, (), (), None, work / "survey.json", KEY, seed, plain=plain)
        table = RecordTable.load(run_per_record_steps(shards, plan, Inline(), work / "per_record"), purposes(plan))
        assert len(table.alive) == len(records), "a record did not pass the steps before"
        result = run_cross_record_steps(table, plan, Inline(), work / "cross_record")
        ids = [table.id_of(item) for item in range(len(records))]
        used = table.items.tolist()
        return Compared(
            records=[records[item] for item in used],
            told={
                ids[one.item]: (one.reason, one.detail) for decisions in result.decisions.values() for one in decisions
            },
            result=result,
            splits={ids[item]: result.split[item] for item in used},
            clusters={ids[item]: ids[result.cluster[item]] for item in used},
        )
