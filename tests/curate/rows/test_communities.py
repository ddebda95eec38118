"""Every folder of records in the repository is curated."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from commonhold.curate.rows.community_data import read_community
from commonhold.curate.rows.datasheet import read_datasheet
from commonhold.curate.run import CurationJob, curate
from commonhold.curate.settings import CurationSettings, Method
from commonhold.evaluate.tasks import load_tasks

ROOT = Path(__file__).parents[3]
COMMUNITIES = sorted(path.parent for path in ROOT.glob("community_data/*/datasheet.yaml"))
QUESTIONS = tuple(
    item.prompt for task in load_tasks(sorted((ROOT / "eval" / "tasks").iterdir())) for item in task.items
)
COLUMNS: dict[str, Method] = {"text": "continued_pretraining", "rating": "kto", "rejected": "dpo"}
"""What a folder is made for, by the column that says so."""
SETTINGS = CurationSettings(("email", "phone", "id_number", "payment_card"), 1, 400, 0.8, 0.08, 0.08)


def method_of(folder: Path) -> Method:
    columns = read_datasheet(folder).form.columns.named()
    return next((method for column, method in COLUMNS.items() if column in columns), "sft")


def test_there_are_communities_for_every_method() -> None:
    assert {method_of(folder) for folder in COMMUNITIES} == {"sft", *COLUMNS.values()}
    assert len(QUESTIONS) > 200


@pytest.mark.parametrize("folder", COMMUNITIES, ids=lambda folder: folder.name)
def test_a_community_is_curated_and_every_row_accounted_for(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    settings = replace(SETTINGS, method=method_of(folder), evaluation_prompts=QUESTIONS)
    summary = curate(CurationJob(read_community(folder), settings, b"key", 42, tmp_path / "work"), out, print)
    decisions = [json.loads(line) for line in (out / "decisions.jsonl").read_text(encoding="utf-8").splitlines()]
    final = [decision for decision in decisions if decision["action"] not in ("change", "flag")]
    assert len(final) == len({decision["record_id"] for decision in final}) == summary.records_in
    assert sum(decision["action"] == "keep" for decision in final) == summary.kept
    assert summary.kept + sum(summary.dropped_by_reason.values()) == summary.records_in
    assert sum(summary.splits.values()) == summary.kept
    assert len((out / "examples.jsonl").read_text(encoding="utf-8").splitlines()) == summary.kept
    assert set(summary.splits) == {"train", "validation", "test"}
    assert "evaluation_overlap" not in summary.dropped_by_reason
