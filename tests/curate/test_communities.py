"""Every folder of records in the repository is curated."""

import json
from pathlib import Path

import pytest

from commonhold.curate.run import Job, curate
from commonhold.curate.settings import Settings

COMMUNITIES = sorted(path.parent for path in Path(__file__).parents[2].glob("community_data/*/datasheet.yaml"))
SETTINGS = Settings(("email", "phone", "id_number", "payment_card"), 1, 400, 0.8, 0.08, 0.08)


def test_there_are_communities_to_test() -> None:
    assert COMMUNITIES


@pytest.mark.parametrize("folder", COMMUNITIES, ids=lambda folder: folder.name)
def test_a_community_is_curated_and_every_row_accounted_for(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    summary = curate(Job(folder, SETTINGS, b"key", 42, tmp_path / "work"), out, print)
    decisions = [json.loads(line) for line in (out / "decisions.jsonl").read_text(encoding="utf-8").splitlines()]
    final = [decision for decision in decisions if decision["action"] not in ("change", "flag")]
    assert len(final) == len({decision["record_id"] for decision in final}) == summary.records_in
    assert sum(decision["action"] == "keep" for decision in final) == summary.kept
    assert summary.kept + sum(summary.dropped_by_reason.values()) == summary.records_in
    assert sum(summary.splits.values()) == summary.kept
    assert len((out / "examples.jsonl").read_text(encoding="utf-8").splitlines()) == summary.kept
    assert set(summary.splits) == {"train", "validation", "test"}
