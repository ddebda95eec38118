"""A summary of a toy community, and one with all that a report can tell."""

from dataclasses import replace
from itertools import cycle

import pytest
from tests.curate.conftest import DATASHEET

from commonhold.curate.reporting.wording import KINDS
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.run import CurationJob, curate
from commonhold.curate.settings import CurationSettings
from commonhold.curate.steps.registered import in_order, reasons
from commonhold.records.curation_summary import CurationSummary, StepCount

ROWS = "Message,Reply,Who,Language,OK?\n" + "".join(
    f"alpha{n} beta{n} gamma{n} 212-555-01{n:02},reply{n},p{n},en,{'yes' if n else 'no'}\n" for n in range(10)
)


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> CurationSummary:
    folder, out = tmp_path_factory.mktemp("community"), tmp_path_factory.mktemp("out")
    (folder / "datasheet.yaml").write_text(DATASHEET, encoding="utf-8")
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    settings = CurationSettings(("email", "phone"), 1, 400, near_duplicate=0.8, validation_share=0, test_share=0.2)
    return curate(CurationJob(read_community(folder), settings, b"key", 1, out / "work"), out, print)


@pytest.fixture
def eventful(summary: CurationSummary) -> CurationSummary:
    """All that can be told: every reason, change and kind, rows to mend, phrases, a day, many people."""
    dropping = [name for name, words in reasons().items() if words.label]
    asking = [name for name, step in in_order().items() if step.question]
    steps = tuple(
        StepCount(step, 99, {}, {}, {name: 1}, 98) for step, name in zip(cycle(asking), dropping, strict=False)
    )
    noted = dict.fromkeys((name for name, words in reasons().items() if words.note), 2)
    changes = StepCount("normalise/2", 99, noted, {}, {}, 99)
    return replace(
        summary,
        records_in=99,
        steps=(changes, *steps),
        dropped_by_reason=dict.fromkeys(dropping, 1),
        redactions=dict.fromkeys(KINDS, 3),
        repairs={"rows.repair.csv": 4},
        shared_phrases=tuple(f"please tell me {n}" for n in range(12)),
        as_of="2026-06-01",
        for_review=2,
        asked=replace(summary.asked, evaluation_questions=30),
        contributors_sent=12,
    )
