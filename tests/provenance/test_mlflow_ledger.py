"""Runs in a real MLflow: in a workspace's own SQLite, and (the slow half) on a group's server with PostgreSQL.

One SQLite database is made for the session and copied for each test; the one server forgets everything between them.
"""

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.provenance.ledgers import aliases_of, all_runs
from tests.provenance.team_server import free_port

from commonhold.errors import BusyError
from commonhold.files import locked
from commonhold.provenance.entries import AliasEntry
from commonhold.provenance.ledger import LedgerError
from commonhold.provenance.mapping import entry_of
from commonhold.provenance.mlflow_ledger import MlflowLedger, rebuild
from commonhold.provenance.pending_runs import MARKER, deliver_pending, pending_runs
from commonhold.provenance.runs import Run, RunFolder, read_run

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
pytestmark = [
    # SQLAlchemy 2.1 on what MLflow 3.17 does when it is loaded
    pytest.mark.filterwarnings("ignore:The ``noload`` loader strategy is deprecated:DeprecationWarning"),
]
WholeRun = Callable[..., Run]


def test_every_run_that_learnt_from_a_file_is_found_by_its_digest(ledger: MlflowLedger, whole_run: WholeRun) -> None:
    lines = '{"prompt": "¿Hay agua?", "completion": "Sí."}\n'
    kept = {"curate": {"examples.jsonl": lines}}
    run_id = ledger.record_run(whole_run(changed=kept))
    (dataset, _) = ledger.client().get_run(run_id).inputs.dataset_inputs
    tags = {tag.key: tag.value for tag in dataset.tags}
    assert len(tags["sha256"]) == 64
    assert tags["licence"] == "CC-BY-4.0"
    assert tags["mlflow.data.context"] == "training"
    other = {"curate": {"examples.jsonl": lines.replace("Sí", "No")}}
    ledger.record_run(whole_run(changed=other))
    found = all_runs(ledger, f"dataset.digest = '{tags['sha256'][:36]}'")
    assert [run.info.run_id for run in found] == [run_id]


def test_files_of_a_workspace_stay_in_it(own_ledger: MlflowLedger, whole_run: WholeRun) -> None:
    run = whole_run()
    client = own_ledger.client()
    (output,) = client.get_run(own_ledger.record_run(run)).outputs.model_outputs
    folder = Path(client.get_logged_model(output.model_id).artifact_location.removeprefix("file://"))
    assert folder.is_relative_to(run.workspace / "mlflow" / "artifacts")
    assert (folder / "README.md").read_text() == "# Water desk"


def test_publication_without_an_alias_moves_none(ledger: MlflowLedger, whole_run: WholeRun) -> None:
    ledger.record_run(whole_run(bundle="b1"))
    ledger.record_run(whole_run(bundle="b2", alias="", start=NOON + timedelta(hours=1)))
    assert aliases_of(ledger) == {"candidate": 1}


def test_later_publication_takes_the_alias_and_an_older_run_does_not_take_it_back(
    ledger: MlflowLedger, whole_run: WholeRun
) -> None:
    older = whole_run(bundle="b1")
    newer = whole_run(bundle="b2", start=NOON + timedelta(hours=1))
    ledger.record_run(older)
    ledger.record_run(newer)
    ledger.record_run(older)
    assert ledger.client().get_model_version_by_alias("water.desk", "candidate").tags["bundle.sha256"] == "b2"


def test_going_back_to_an_old_bundle_moves_the_alias_to_its_old_version(
    ledger: MlflowLedger, whole_run: WholeRun
) -> None:
    ledger.record_run(whole_run(bundle="b1"))
    ledger.record_run(whole_run(bundle="b2", start=NOON + timedelta(hours=1)))
    back = ledger.record_run(whole_run(bundle="b1", status="reused", start=NOON + timedelta(hours=2)))
    client = ledger.client()
    assert aliases_of(ledger) == {"candidate": 1}
    assert len(client.search_model_versions("name = 'water.desk'")) == 2
    assert len(client.get_run(back).outputs.model_outputs) == 1


def test_importing_twice_changes_nothing(ledger: MlflowLedger, whole_run: WholeRun) -> None:
    run = whole_run()
    first = ledger.record_run(run)
    before = _everything(ledger, first)
    assert ledger.record_run(run) == first
    assert _everything(ledger, first) == before
    assert len(all_runs(ledger)) == 5


def _everything(ledger: MlflowLedger, run_id: str) -> list[object]:
    client = ledger.client()
    run = client.get_run(run_id)
    models = client.search_logged_models([run.info.experiment_id])
    history = [
        (each.info.run_name, key, point.step, point.value, point.timestamp)
        for each in all_runs(ledger)
        for key in sorted(each.data.metrics)
        for point in client.get_metric_history(each.info.run_id, key)
        if point.value == point.value
    ]
    return [
        run.to_dictionary(),
        [model.model_id for model in models],
        [(metric.key, metric.value) for model in models for metric in model.metrics],
        client.search_model_versions("")[0].version,
        history,
    ]


def test_run_that_is_told_while_it_goes_on_is_completed_later(
    ledger: MlflowLedger, begin: Callable[..., RunFolder]
) -> None:
    with begin() as run:
        run.record("curate", "k", "done", started=NOON, seconds=1.0)
        run_id = ledger.record_run(read_run(run.path))
        assert ledger.client().get_run(run_id).info.status == "RUNNING"
        run.record("train", "k", "failed", started=NOON, seconds=2.0)
        run.finish("failed")
    assert ledger.record_run(read_run(run.path)) == run_id
    told = ledger.client().get_run(run_id)
    assert (told.info.status, told.data.metrics["train/seconds"]) == ("FAILED", 2.0)


def test_interrupted_run_is_killed(ledger: MlflowLedger, begin: Callable[..., RunFolder]) -> None:
    with begin() as run:
        run.finish("interrupted")
    assert ledger.client().get_run(ledger.record_run(read_run(run.path))).info.status == "KILLED"


def test_import_that_died_half_way_is_completed(
    ledger: MlflowLedger, whole_run: WholeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    def no_space(*arguments: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    run = whole_run()
    monkeypatch.setattr(MlflowClient, "finalize_logged_model", no_space)
    with pytest.raises(LedgerError, match="No space left"):
        ledger.record_run(run)
    monkeypatch.undo()
    run_id = ledger.record_run(run)
    assert len(all_runs(ledger, "tags.kind = 'recipe-run'")) == 1
    (model,) = ledger.client().search_logged_models([ledger.client().get_run(run_id).info.experiment_id])
    assert str(model.status) == "READY"


def test_experiment_that_somebody_else_makes_at_the_same_moment_is_shared(
    own_ledger: MlflowLedger, whole_run: WholeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient

    own_ledger.record_run(whole_run())
    look = MlflowClient.get_experiment_by_name
    looks: list[str] = []

    def not_there_at_first(client: Any, name: str) -> Any:
        looks.append(name)
        return look(client, name) if len(looks) > 1 else None

    monkeypatch.setattr(MlflowClient, "get_experiment_by_name", not_there_at_first)
    own_ledger.record_run(whole_run(start=NOON + timedelta(hours=1)))
    assert looks == ["water-desk", "water-desk"]
    assert len(all_runs(own_ledger, "tags.kind = 'recipe-run'")) == 2


def test_refusal_that_is_no_clash_is_told_at_once(
    own_ledger: MlflowLedger, whole_run: WholeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    asked: list[str] = []

    def refuse(client: Any, name: str) -> None:
        asked.append(name)
        raise MlflowException.invalid_parameter_value("no such name")

    monkeypatch.setattr(MlflowClient, "get_experiment_by_name", refuse)
    with pytest.raises(LedgerError, match="no such name"):
        own_ledger.record_run(whole_run())
    assert asked == ["water-desk"]


def test_lost_ledger_is_rebuilt_from_the_disk(
    own_ledger: MlflowLedger, whole_run: WholeRun, workspace: Path, empty_database: Path
) -> None:
    whole_run(bundle="b1")
    whole_run(bundle="b2", start=NOON + timedelta(hours=1))
    deliver_pending(workspace, own_ledger)
    (workspace / "mlflow").rename(workspace / "lost")
    # MLflow keeps the engine of a path for the life of a process; a new process finds the new file.
    moved = workspace.rename(workspace.with_name("moved"))
    (moved / "mlflow").mkdir()
    shutil.copy(empty_database, moved / "mlflow" / "mlflow.db")
    assert len(rebuild(moved).sent) == 2
    rebuilt = MlflowLedger(moved)
    assert len(all_runs(rebuilt, "tags.kind = 'recipe-run'")) == 2
    assert rebuilt.client().get_model_version_by_alias("water.desk", "candidate").tags["bundle.sha256"] == "b2"


def test_delivery_marks_a_run_with_its_mlflow_id(ledger: MlflowLedger, whole_run: WholeRun, workspace: Path) -> None:
    run = whole_run()
    delivery = deliver_pending(workspace, ledger)
    (told,) = all_runs(ledger, "tags.kind = 'recipe-run'")
    assert told.info.run_id in (run.folder / MARKER).read_text()
    assert delivery.warning == ""
    assert pending_runs(workspace, ledger.place) == ()


def test_setting_that_an_earlier_version_wrote_in_other_words_does_not_stop_the_import(
    ledger: MlflowLedger, whole_run: WholeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MLflow refuses a parameter that is given twice with different values."""
    run = whole_run()
    earlier = replace(entry_of(run), params={"seed": "forty-two"})
    with monkeypatch.context() as patch:
        patch.setattr("commonhold.provenance.mlflow_ledger.entry_of", lambda _: earlier)
        ledger.record_run(run)
    params = ledger.client().get_run(ledger.record_run(run)).data.params
    assert (params["seed"], params["train.epochs"]) == ("forty-two", "2")


def test_deleted_experiment_comes_back_with_its_next_run(ledger: MlflowLedger, whole_run: WholeRun) -> None:
    run_id = ledger.record_run(whole_run())
    client = ledger.client()
    client.delete_experiment(client.get_run(run_id).info.experiment_id)
    told = ledger.record_run(whole_run())
    assert client.get_experiment(client.get_run(told).info.experiment_id).lifecycle_stage == "active"


def test_names_and_texts_that_mlflow_refuses_are_made_to_fit(
    ledger: MlflowLedger, begin: Callable[..., RunFolder]
) -> None:
    with begin(data={"folder": "x" * 7000}) as run:
        run.record("train", "k", "done", started=NOON, seconds=0.0, figures={"loss@50%": 1.0, "why": "y" * 9000})
    data = ledger.client().get_run(ledger.record_run(read_run(run.path))).data
    assert data.metrics["train/loss_50_"] == 1.0
    assert (len(data.params["data.folder"]), data.params["data.folder"][-7:]) == (6000, "… (cut)")
    assert len(data.tags["train.why"]) == 8000


def test_aliases_stand_where_the_models_log_says(ledger: MlflowLedger, whole_run: WholeRun) -> None:
    ledger.record_run(whole_run(bundle="b1"))
    ledger.record_run(whole_run(bundle="b2", start=NOON + timedelta(hours=1)))
    client = ledger.client()
    assert ledger.record_aliases(AliasEntry("water.desk", {"candidate": "b2", "champion": "b1"}, {})) == ()
    assert aliases_of(ledger) == {"candidate": 2, "champion": 1}
    taken_back = AliasEntry("water.desk", {"candidate": "b2", "champion": "", "withdrawn": "b1"}, {"b1": "a name"})
    assert ledger.record_aliases(taken_back) == ledger.record_aliases(taken_back) == ()
    assert aliases_of(ledger) == {"candidate": 2, "withdrawn": 1}
    assert client.get_model_version("water.desk", "1").tags["withdrawn"] == "a name"
    assert ledger.record_aliases(AliasEntry("water.desk", {"champion": "b3"}, {})) == ("b3",)
    assert ledger.record_aliases(AliasEntry("unheard", {"champion": "b1", "candidate": ""}, {})) == ("b1",)


def test_default_store_of_mlflow_is_left_alone(own_ledger: MlflowLedger, whole_run: WholeRun, tmp_path: Path) -> None:
    """MLflow looks models up in its default store; the ledger points it at its own for that moment only."""
    before = Path("mlflow.db").exists()
    own_ledger.record_run(whole_run())
    assert "MLFLOW_TRACKING_URI" not in os.environ
    assert Path("mlflow.db").exists() is before


def test_server_that_is_down_keeps_the_run_pending(
    whole_run: WholeRun, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://user:secret@127.0.0.1:{port}")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    run = whole_run()
    delivery = deliver_pending(workspace, MlflowLedger(workspace))
    assert delivery.pending == (run.id,)
    assert f"127.0.0.1:{port}" in delivery.warning
    assert delivery.warning.endswith("run: commonhold track")
    assert "secret" not in delivery.warning


def test_second_writer_waits_for_the_first(ledger: MlflowLedger, whole_run: WholeRun) -> None:
    run = whole_run()
    ids: list[str] = []
    writers = [threading.Thread(target=lambda: ids.append(ledger.record_run(run))) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert len(all_runs(ledger, "tags.kind = 'recipe-run'")) == 1


def test_writer_that_never_ends_is_not_waited_for_forever(whole_run: WholeRun, workspace: Path) -> None:
    run = whole_run()
    with locked(workspace / "mlflow" / "import.lock", "a long import"), pytest.raises(BusyError, match="a long import"):
        MlflowLedger(workspace, seconds_to_wait=0.0).record_run(run)
