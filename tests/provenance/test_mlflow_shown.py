"""How a run looks in a real MLflow: in a workspace's own SQLite, and (slow) on a group's server with PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.provenance.conftest import NOON
from tests.provenance.ledgers import Told, all_runs


def test_run_has_its_true_times_status_and_name(told: Told) -> None:
    assert told.run.ended is not None
    info = told.client.get_run(told.id).info
    assert info.run_name == told.run.id.replace("water-desk-", "")
    assert info.start_time == int(told.run.started.timestamp() * 1000)
    assert info.end_time == int(told.run.ended.timestamp() * 1000)
    assert info.status == "FINISHED"
    assert told.client.get_experiment(info.experiment_id).name == "water-desk"


def test_run_has_settings_scores_and_tags(told: Told) -> None:
    data = told.client.get_run(told.id).data
    assert data.params["train.lora.rank"] == "8"
    assert data.metrics["eval/desk/difference_ci_low"] == 0.2
    assert data.tags["gate.desk gain"] == "pass"
    assert data.tags["code.commit"] == "abc123"


def test_nobody_is_named(told: Told) -> None:
    """MLflow's own capture would add the user's name and the script's path."""
    tags = told.client.get_run(told.id).data.tags
    assert tags["mlflow.source.name"] == "commonhold"
    assert "mlflow.user" not in tags


def test_stages_are_children_with_their_own_times(told: Told) -> None:
    children = all_runs(told.ledger, f"tags.`mlflow.parentRunId` = '{told.id}'")
    name = told.run.id.replace("water-desk-", "")
    stages = {child.info.run_name: child for child in children}
    assert set(stages) == {f"{name} {stage}" for stage in ("curate", "train", "evaluate", "publish")}
    train = stages[f"{name} train"]
    assert train.info.start_time == int((NOON + timedelta(minutes=1)).timestamp() * 1000)
    assert train.info.end_time - train.info.start_time == 10_000


def test_loss_curve_is_on_the_training_stage(told: Told) -> None:
    (train,) = all_runs(told.ledger, f"tags.`mlflow.parentRunId` = '{told.id}' and tags.stage = 'train'")
    history = told.client.get_metric_history(train.info.run_id, "train/loss")
    assert [(point.step, point.value) for point in history] == [(1, 2.0), (2, 1.0)]


def test_top_level_runs_are_found_by_kind(told: Told) -> None:
    assert [run.info.run_id for run in all_runs(told.ledger, "tags.kind = 'recipe-run'")] == [told.id]
    assert len(all_runs(told.ledger, "tags.kind = 'stage'")) == 4


def test_reports_are_artifacts_of_the_run(told: Told) -> None:
    names = {file.path for file in told.client.list_artifacts(told.id, "eval")}
    assert names == {"eval/results.json", "eval/scores.jsonl", "eval/scores.parquet", "eval/report.html"}
    assert [file.path for file in told.client.list_artifacts(told.id, "comparisons")] == ["comparisons/earlier.html"]


def test_bundle_is_logged_as_it_is_without_the_merged_weights(told: Told) -> None:
    (output,) = told.client.get_run(told.id).outputs.model_outputs
    model = told.client.get_logged_model(output.model_id)
    files = set(_files_of_model(told.client, model.model_id))
    assert files == {"README.md", "record.json", "adapter/adapter_model.safetensors", "MLmodel"}
    assert (model.model_type, str(model.status), model.source_run_id) == ("lora-adapter", "READY", told.id)
    assert model.tags["bundle.sha256"] == "b1"


def _files_of_model(client: Any, model_id: str, folder: str | None = None) -> Iterator[str]:
    for found in client.list_logged_model_artifacts(model_id, folder):
        yield from _files_of_model(client, model_id, found.path) if found.is_dir else [found.path]


def test_scores_belong_to_the_model_too(told: Told) -> None:
    (output,) = told.client.get_run(told.id).outputs.model_outputs
    metrics = {metric.key: metric for metric in told.client.get_logged_model(output.model_id).metrics}
    assert metrics["eval/desk/tuned"].value == 0.75
    assert metrics["eval/desk/tuned"].dataset_name == "desk"
    assert "data/kept" not in metrics


def test_published_model_is_a_version_with_an_alias(told: Told) -> None:
    version = told.client.get_model_version_by_alias("water.desk", "candidate")
    assert (int(version.version), version.run_id, version.tags["bundle.sha256"]) == (1, told.id, "b1")
    assert version.source.startswith("models:/m-")
    assert version.description == "desk 0.75"
    assert told.client.get_registered_model("water.desk").description == "Answer the questions of the water desk."


def test_experiment_says_how_to_read_it_and_links_to_its_scores(told: Told) -> None:
    experiment = told.client.get_experiment(told.client.get_run(told.id).info.experiment_id)
    note = experiment.tags["mlflow.note.content"]
    assert f"(#/experiments/{experiment.experiment_id}/runs?viewStateShareKey=scores)" in note
