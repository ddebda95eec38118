"""The evaluate stage: what it looks into besides tasks, and that the model is loaded once."""

from pathlib import Path
from typing import Any

import pytest
from tests.stages.conftest import run

from commonhold.evaluate.result_files import read_results
from commonhold.stages.pipeline import RunOutcome


def names(outcome: RunOutcome) -> list[str]:
    return [probe.name for probe in read_results(outcome.artifacts["evaluate"].path)[0].probes]


def test_memory_is_looked_into(finished: tuple[Path, RunOutcome]) -> None:
    # The toy's messages are too short to break off, and two rows are held out.
    assert names(finished[1]) == ["personal_data", "masked_values"]


def test_memory_may_be_left_alone(community: Path) -> None:
    outcome = run(community, ("evaluate.memorisation_rows=0",))
    assert outcome.ran == ("evaluate", "publish")
    assert names(outcome) == []


def test_base_and_tuned_model_are_one_that_is_loaded_once(community: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from commonhold.models import load, merge

    loaded: list[Path] = []

    def counted(folder: Path, *args: Any, **more: Any) -> Any:
        loaded.append(folder)
        return load.load_model(folder, *args, **more)

    monkeypatch.setattr(merge, "load_model", counted)
    outcome = run(community, ("evaluate.max_items=1",), until="evaluate")
    assert outcome.ran == ("evaluate",)
    assert len(loaded) == 1


def test_an_item_that_is_a_reply_of_training_is_counted(community: Path) -> None:
    items = community.parents[1] / "tasks" / "replies" / "items.csv"
    items.write_text(
        items.read_text(encoding="utf-8").replace("No water at all here.", "The well desk"), encoding="utf-8"
    )
    outcome = run(community, ("data.cleaning.evaluation_overlap=flag",), until="evaluate")
    results = {result.task: result for result in read_results(outcome.artifacts["evaluate"].path)[0].results}
    assert results["replies"].contaminated == 1
    assert results["replies"].clean is not None
    assert results["replies"].clean.items == 1
    assert results["choices"].contaminated == 0
