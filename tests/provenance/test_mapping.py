"""What a tracker is told about a run, worked out by hand from the toy artifacts in conftest.py."""

import hashlib
import json
import math
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.provenance.conftest import OVERALL, RESULTS

from commonhold.provenance.artifacts import Progress, gate_tags, tokens_per_second
from commonhold.provenance.entries import RunEntry
from commonhold.provenance.ledger import LedgerError
from commonhold.provenance.mapping import entry_of, params_of
from commonhold.provenance.mlflow_views import view_tags
from commonhold.provenance.runs import Figure, Run, RunFolder, read_run
from commonhold.recipe.sections import Evaluate, Recipe
from commonhold.records.score import Gate, Verdict

WholeRun = Callable[..., Run]


def _metrics(entry: RunEntry) -> dict[str, float]:
    return {point.key: point.value for point in entry.metrics}


def test_scores_stand_on_the_run_with_their_intervals(whole_run: WholeRun) -> None:
    metrics = _metrics(entry_of(whole_run()))
    assert {key: value for key, value in metrics.items() if key.startswith("eval/desk/")} == {
        "eval/desk/items": 20,
        "eval/desk/base": 0.25,
        "eval/desk/tuned": 0.75,
        "eval/desk/tuned_ci_low": 0.53,
        "eval/desk/tuned_ci_high": 0.89,
        "eval/desk/difference": 0.5,
        "eval/desk/difference_ci_low": 0.2,
        "eval/desk/difference_ci_high": 0.7,
    }


def test_the_worst_part_calibration_and_verdicts_stand_beside_the_scores(whole_run: WholeRun) -> None:
    slices = [
        {**OVERALL, "name": "language=en", "items": 20, "tuned": 0.9},
        {**OVERALL, "name": "language=es", "items": 20, "tuned": 0.6},
        {**OVERALL, "name": "severity=high", "items": 20, "tuned": 0.3},  # how bad a mistake is, not for whom
        {**OVERALL, "name": "group=few", "items": 19, "tuned": 0.1},  # too small to judge
    ]
    sure: dict[str, Any] = {"items": 20, "brier": 0.2, "ece": None, "bins": [], "abstention": []}
    more = {"slices": slices, "tuned_calibration": sure, "base_calibration": None, "clean": {**OVERALL, "tuned": 0.7}}
    results = {**RESULTS, "results": [{**RESULTS["results"][0], **more}]}
    metrics = _metrics(entry_of(whole_run(changed={"evaluate": {"results.json": json.dumps(results)}})))
    assert (metrics["eval/desk/worst_tuned"], metrics["eval/desk/tuned_brier"]) == (0.6, 0.2)
    assert metrics["eval/desk/tuned_clean"] == 0.7
    assert "eval/desk/base_brier" not in metrics
    assert [metrics[f"gates/{name}"] for name in ("passed", "failed", "undecided")] == [1.0, 0.0, 1.0]


def test_a_table_of_scores_and_comparisons_are_shown(whole_run: WholeRun) -> None:
    run = whole_run(changed={"evaluate": {"scores.parquet": "table"}})
    (run.folder / "comparisons").mkdir()
    (run.folder / "comparisons" / "earlier.html").write_text("<p>", encoding="utf-8")
    files = {f"{folder}/{path.name}" for folder, path in entry_of(run).files}
    assert {"eval/scores.parquet", "comparisons/earlier.html"} <= files


def test_figures_stand_under_the_name_people_know(whole_run: WholeRun) -> None:
    metrics = _metrics(entry_of(whole_run()))
    assert (metrics["data/kept"], metrics["train/eval_loss"], metrics["train/seconds"]) == (2, 1.5, 10)


def test_reused_stage_has_figures_but_no_duration_and_no_child(whole_run: WholeRun) -> None:
    entry = entry_of(whole_run(status="reused"))
    assert _metrics(entry)["train/eval_loss"] == 1.5
    assert "train/seconds" not in _metrics(entry)
    assert entry.stages == ()
    assert entry.tags["stage.train"] == "reused"


def test_diverged_figure_comes_back_as_a_number(begin: Callable[..., RunFolder]) -> None:
    with begin() as run:
        figures: dict[str, Figure] = {"loss": float("nan"), "peak": float("inf"), "note": "nano"}
        run.record("train", "k", "done", started=datetime(2025, 3, 4, tzinfo=UTC), seconds=0.0, figures=figures)
    entry = entry_of(read_run(run.path))
    assert math.isnan(_metrics(entry)["train/loss"])
    assert _metrics(entry)["train/peak"] == math.inf
    assert entry.tags["train.note"] == "nano"


def test_texts_become_tags(whole_run: WholeRun) -> None:
    tags = entry_of(whole_run()).tags
    assert tags["train.base_digest"] == "ba5e"
    assert tags["kind"] == "recipe-run"
    assert (tags["code.commit"], tags["code.dirty"], tags["base.id"]) == ("abc123", "true", "toy-base")
    assert tags["train.digest"] == "train-digest"
    assert "machine.gpus" not in tags  # nothing is said about what is not there


def test_params_are_the_settings_that_runs_differ_in(whole_run: WholeRun) -> None:
    assert entry_of(whole_run()).params == {
        "seed": "42",
        "data.folder": "../community_data/riverbend",
        "data.redact": "email, phone",
        "base.id": "toy-base",
        "base.quantisation": "nf4",
        "train.epochs": "2",
        "train.gradient_checkpointing": "false",
        "train.lora.rank": "8",
        "evaluate.tasks": "tasks/desk",
        "publish.model": "water.desk",
        "publish.licence": "Apache-2.0",
        "publish.merged": "true",
    }


def test_real_recipe_has_at_most_forty_params() -> None:
    governance = {"purpose": "p", "intended_use": "u", "out_of_scope": ["o"], "contact": "c", "stewards": ["s"]}
    recipe = Recipe.model_validate(
        {
            "recipe": 1,
            "name": "water-desk",
            "governance": governance,
            "data": {"folder": "d", "max_records": 5},
            "evaluate": Evaluate(tasks=("t",), max_items=5).model_dump(),
            "publish": {"model": "water-desk", "licence": "Apache-2.0"},
        }
    )
    params = params_of(recipe.model_dump(mode="json"))
    assert params["train.lora.rank"] == "16"
    assert 20 < len(params) <= 40


def test_curated_examples_are_an_input_by_the_digest_of_their_file(whole_run: WholeRun) -> None:
    lines = '{"prompt": "¿Hay agua?", "completion": "Sí."}\n{"prompt": "When?", "completion": "At six."}\n'
    dataset = entry_of(whole_run()).datasets[0]
    assert (dataset.name, dataset.context) == ("riverbend", "training")
    assert dataset.sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert dataset.source == ".commonhold/curate/curate-digest/examples.jsonl"
    assert dataset.tags == {"licence": "CC-BY-4.0", "consent_basis": "opt_in"}
    languages, splits = {"en": 70, "es-MX": 15, "": 5}, {"train": 80, "validation": 6, "test": 4}
    # The contributors' ids stay where they are.
    assert dataset.profile == {"records_in": 100, "kept": 2, "splits": splits, "languages": languages}


def test_same_questions_in_another_order_have_the_same_digest(whole_run: WholeRun) -> None:
    before = entry_of(whole_run()).datasets[1]
    lines = [
        '{"task": "desk", "item_id": "1", "prompt": "a", "expected": "A", "tuned": 0.0}',
        '{"task": "desk", "item_id": "2", "prompt": "b", "expected": "B", "tuned": 0.5}',
    ]
    after = entry_of(whole_run(changed={"evaluate": {"scores.jsonl": "\n".join(lines)}})).datasets[1]
    assert (before.name, before.context, before.profile) == ("desk", "evaluation", {"items": 2})
    assert before.sha256 == hashlib.sha256(b'[["1","a","A"],["2","b","B"]]').hexdigest()
    assert after.sha256 == before.sha256


def test_one_changed_answer_changes_the_digest_of_the_questions(whole_run: WholeRun) -> None:
    before = entry_of(whole_run()).datasets[1].sha256
    line = '{"task": "desk", "item_id": "1", "prompt": "a", "expected": "B"}\n'
    after = entry_of(whole_run(changed={"evaluate": {"scores.jsonl": line}})).datasets[1].sha256
    assert after != before


def test_score_is_tied_to_the_questions_it_was_taken_on(whole_run: WholeRun) -> None:
    entry = entry_of(whole_run())
    point = next(point for point in entry.metrics if point.key == "eval/desk/tuned")
    assert point.dataset == entry.datasets[1]
    assert next(point for point in entry.metrics if point.key == "data/kept").dataset is None


def test_curves_are_on_the_training_stage_at_their_steps(whole_run: WholeRun) -> None:
    train = next(stage for stage in entry_of(whole_run()).stages if stage.name == "train")
    points = [(point.key, point.step, point.value) for point in train.metrics if point.key != "train/grad_norm"]
    assert points == [
        ("train/loss", 1, 2.0),
        ("train/learning_rate", 1, 0.001),
        ("train/tokens_per_second", 1, 50.0),
        ("train/loss", 2, 1.0),
        ("train/learning_rate", 2, 0.0005),
        ("train/tokens_per_second", 2, 50.0),  # 150 tokens in the 3 seconds after the first step
        ("train/eval_loss", 2, 1.5),
        ("train/seconds", 0, 10.0),  # and no second eval_loss from the figures, at step 0
    ]
    first = train.metrics[0]
    assert first.at == datetime(2025, 3, 4, 12, 1, 2, tzinfo=UTC)  # two seconds into a stage that began at 12:01


@pytest.mark.parametrize(
    ("before", "now", "speed"),
    [
        (Progress(0, 0), Progress(100, 2), 50.0),
        (Progress(100, 2), Progress(250, 5), 50.0),
        (Progress(900, 60), Progress(100, 4), 25.0),  # went on in a new process, which counts from nothing
        (Progress(0, 0), Progress(100, 0), 0.0),
    ],
)
def test_speed_is_that_of_the_last_stretch(before: Progress, now: Progress, speed: float) -> None:
    assert tokens_per_second(before, now) == speed


def test_failed_stage_is_shown_as_failed(begin: Callable[..., RunFolder]) -> None:
    noon = datetime(2025, 3, 4, 12, tzinfo=UTC)
    with begin() as run:
        run.record("train", "k", "failed", started=noon, seconds=30.0)
        run.finish("failed", {"error": "NoSpaceError"})
    entry = entry_of(read_run(run.path))
    assert [(stage.status, stage.ended) for stage in entry.stages] == [("failed", noon.replace(second=30))]
    assert (entry.status, entry.tags["run.error"], entry.tags["stage.train"]) == ("failed", "NoSpaceError", "failed")


def test_files_that_people_read_are_shown_and_records_are_not(whole_run: WholeRun) -> None:
    files = {f"{folder}/{path.name}" for folder, path in entry_of(whole_run()).files}
    assert files == {
        "/run.json",
        "/events.jsonl",
        "data/summary.json",
        "data/report.html",
        "train/summary.json",
        "train/log.jsonl",
        "eval/results.json",
        "eval/scores.jsonl",
        "eval/report.html",
        "publish/README.md",
        "publish/record.json",
    }


def test_run_whose_artifacts_were_cleaned_away_still_has_its_figures(whole_run: WholeRun) -> None:
    run = whole_run()
    shutil.rmtree(run.workspace / ".commonhold")
    entry = entry_of(run)
    assert _metrics(entry)["train/eval_loss"] == 1.5
    assert (entry.datasets, entry.models, len(entry.files)) == ((), (), 2)


def test_bundle_is_a_model_under_its_published_name(whole_run: WholeRun) -> None:
    run = whole_run(bundle="b7")
    (model,) = entry_of(run).models
    assert (model.name, model.sha256, model.alias) == ("water.desk", "b7", "candidate")
    assert model.folder == run.workspace / ".commonhold/publish/b7/bundle"
    assert model.since == datetime(2025, 3, 4, 12, 3, tzinfo=UTC)
    assert model.tags["gate"] == "inconclusive"
    assert model.tags["bundle.path"] == ".commonhold/publish/b7/bundle"


def test_publication_without_an_alias_names_none(whole_run: WholeRun) -> None:
    (model,) = entry_of(whole_run(alias="")).models
    assert model.alias == ""


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "inconclusive"], "inconclusive"),
        (["inconclusive", "fail", "pass"], "fail"),
    ],
)
def test_worst_verdict_stands_for_all_gates(verdicts: list[Verdict], worst: str) -> None:
    gates = [Gate(f"g{index}", verdict, "") for index, verdict in enumerate(verdicts)]
    assert gate_tags(gates)["gate"] == worst


def test_no_gates_give_no_verdict() -> None:
    assert gate_tags([]) == {}


def test_experiment_has_a_saved_view_with_its_scores(whole_run: WholeRun) -> None:
    tags = entry_of(whole_run()).experiment_tags
    view = json.loads(tags["mlflow.sharedViewState.scores"])
    assert view["selectedColumns"][:3] == ["tags.`gate`", "metrics.`eval/desk/tuned`", "params.`train.epochs`"]
    assert "metrics.`eval/desk/difference_ci_low`" in view["selectedColumns"]
    assert view["searchFilter"] == "tags.kind = 'recipe-run'"
    assert json.loads(tags["mlflow.sharedViewState.curves"])["searchFilter"] == "tags.stage = 'train'"
    shown, rest = tags["mlflow.note.content"].split("\n\n")
    assert shown.startswith("[Scores of all runs](#/experiments/{experiment_id}/runs?viewStateShareKey=scores) · [Loss")
    assert shown.endswith(" Answer the questions of the water desk.")
    assert rest.startswith("Each run is one execution of the recipe.")
    assert tags["mlflow.experiment.primaryMetric.name"] == "eval/desk/tuned"


def test_headings_of_the_saved_view_are_wide_enough_to_tell_tasks_apart() -> None:
    view = json.loads(view_tags(["riverbend-desk", "forgetting"])["mlflow.sharedViewState.scores"])
    assert view["columnWidths"]["metrics.`eval/riverbend-desk/tuned`"] == 212  # 25 letters of 7.5 pixels, and 24
    assert view["columnWidths"]["tags.`gate`"] == 100
    assert view["columnOrder"][:2] == ["attributes.`Run Name`", "runDateAndNestInfo"]
    assert set(view["columnWidths"]) == set(view["columnOrder"]) >= set(view["selectedColumns"])
    tuned = [column for column in view["columnOrder"] if column.endswith("/tuned`")]
    assert tuned == ["metrics.`eval/riverbend-desk/tuned`", "metrics.`eval/forgetting/tuned`"]


def test_versions_of_a_model_are_told_apart_by_their_scores(whole_run: WholeRun) -> None:
    (model,) = entry_of(whole_run()).models
    assert (model.purpose, model.description) == ("Answer the questions of the water desk.", "desk 0.75")


@pytest.mark.parametrize(
    ("stage", "name", "text"),
    [
        ("evaluate", "results.json", '{"results": 3}'),
        ("evaluate", "results.json", "torn"),
        ("evaluate", "scores.jsonl", '{"task": "desk"}\n'),
        ("train", "log.jsonl", '{"loss": 1.0}\n'),
        ("curate", "summary.json", "[]x"),
    ],
)
def test_file_of_another_form_is_named(whole_run: WholeRun, stage: str, name: str, text: str) -> None:
    run = whole_run(changed={stage: {name: text}})
    with pytest.raises(LedgerError, match=rf"{Path(name).stem}\.\w+: not of the form"):
        entry_of(run)
