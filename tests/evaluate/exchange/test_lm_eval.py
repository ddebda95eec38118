"""Files for lm-evaluation-harness; that it really reads them is tried by tests/benchmarks/harness_export.py."""

import importlib.util
import json
from pathlib import Path

import pytest

from commonhold.errors import RequestError
from commonhold.evaluate.exchange.lm_eval import SCORING, export
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.task_starter import kinds, write_starter
from commonhold.evaluate.tasks import Task, load_tasks
from commonhold.files import read_jsonl


def starters(parent: Path, *names: str) -> tuple[Task, ...]:
    for name in names:
        write_starter(parent / name.replace("_", "-"), name)
    return load_tasks([parent / name.replace("_", "-") for name in names])


def test_choices_are_exported_as_the_harness_asks_for_them(tmp_path: Path) -> None:
    (form,) = export(starters(tmp_path, "multiple_choice"), tmp_path / "out")
    text = form.read_text(encoding="utf-8")
    assert "output_type: multiple_choice\n" in text
    assert f'data_files: {{test: "{tmp_path / "out" / "multiple-choice.jsonl"}"}}' in text
    assert [name in text for name in ("metric: acc,", "metric: acc_norm,", "metric: acc_bytes,")] == [True] * 3
    rows = read_jsonl(tmp_path / "out" / "multiple-choice.jsonl")
    assert (rows[0]["choices"], rows[0]["target"]) == (["Water", "Streets", "Lighting"], 1)
    assert not (tmp_path / "out" / SCORING).exists()


@pytest.mark.parametrize("kind", ["chrf", "bleu"])
def test_measures_that_the_harness_has_are_its_own(tmp_path: Path, kind: str) -> None:
    (form,) = export(starters(tmp_path, kind), tmp_path / "out")
    text = form.read_text(encoding="utf-8")
    assert f"{{metric: {kind}, aggregation: {kind}, higher_is_better: true}}" in text
    assert "max_gen_toks: 48" in text
    assert "!function" not in text


def test_other_replies_are_judged_by_our_scorers(tmp_path: Path) -> None:
    (form,) = export(starters(tmp_path, "include"), tmp_path / "out")
    assert "process_results: !function commonhold_scoring.process_results\n" in form.read_text(encoding="utf-8")
    spec = importlib.util.spec_from_file_location("exported_scoring", tmp_path / "out" / SCORING)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    row = read_jsonl(tmp_path / "out" / "include.jsonl")[0]
    assert module.process_results(row, [" Streets, ext. 204"]) == {"score": 1.0}
    assert module.process_results(row, ["Streets, ext. 2041"]) == {"score": 0.0}


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_is_exported_row_by_row(tmp_path: Path, kind: str) -> None:
    (task,) = starters(tmp_path, kind)
    export([task], tmp_path / "out")
    rows = read_jsonl(tmp_path / "out" / f"{task.name}.jsonl")
    scorer = SCORERS.get(task.scorer)()
    assert [row["id"] for row in rows] == ["example-1", "example-2"]
    assert [row["message"] for row in rows] == [scorer.message(item) for item in task.items]
    assert all(json.loads(row["item"])["id"] == row["id"] for row in rows if "item" in row)


def test_several_tasks_share_a_folder_and_a_page(tmp_path: Path) -> None:
    export(starters(tmp_path, "include", "chrf"), tmp_path / "out")
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "--tasks include,chrf" in page
    assert "--system_instruction" in page


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    tasks = starters(tmp_path, "include")
    export(tasks, tmp_path / "out")
    with pytest.raises(RequestError, match="out is there already and not empty"):
        export(tasks, tmp_path / "out")
