"""Runs of a group in one place: what the compose file promises, and two people who record at once."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.provenance.conftest import NOON
from tests.provenance.ledgers import aliases_of, all_runs, ledger_on
from tests.provenance.team_server import COMPOSE, TeamServer, compose, postgresql_programs

from commonhold.provenance.mlflow_server import QUIET
from commonhold.provenance.runs import list_runs

ROOT = COMPOSE.parents[1]
BUNDLES = {"anna": ["a1", "a2", "a3"], "ben": ["b1", "b2", "b3"]}


@pytest.fixture
def services() -> dict[str, Any]:
    """The services of the compose file."""
    return dict(compose()["services"])


def test_only_this_machine_reaches_the_pages_and_nobody_the_database(services: dict[str, Any]) -> None:
    assert services["mlflow"]["ports"] == ["127.0.0.1:5000:5000"]
    assert "ports" not in services["database"]
    assert services["database"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"] == {"internal": True}


def test_server_of_a_group_is_as_quiet_as_ones_own(services: dict[str, Any]) -> None:
    environment = services["mlflow"]["environment"]
    assert {name: environment.get(name) for name in QUIET} == QUIET


def test_password_is_asked_for_and_stands_nowhere(services: dict[str, Any]) -> None:
    asked = r"\$\{MLFLOW_DATABASE_PASSWORD:\?[^}]+\}"
    assert re.fullmatch(asked, services["database"]["environment"]["POSTGRES_PASSWORD"])
    assert re.fullmatch(asked, services["mlflow"]["environment"]["PGPASSWORD"])
    assert services["mlflow"]["environment"]["MLFLOW_BACKEND_STORE_URI"].count(":") == 2  # none after the user's name
    assert "mlflow.env" in (ROOT / ".gitignore").read_text().splitlines()


def test_every_service_has_a_version_a_health_check_and_starts_in_order(services: dict[str, Any]) -> None:
    assert set(services) == {"database", "mlflow"}
    assert [re.search(r":\d+\.\d+(\.\d+)?$", service["image"]) is None for service in services.values()] == [False] * 2
    assert all(service["healthcheck"]["test"][0] == "CMD" for service in services.values())
    assert services["mlflow"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_server_is_of_the_version_that_the_package_is_made_for(services: dict[str, Any]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"mlflow=={services['mlflow']['image'].rpartition(':')[2]}" in project["dependencies"]
    build = services["mlflow"]["build"]["dockerfile_inline"]
    assert re.findall(r"--constraint /requirements.lock (.*)", build) == ["mlflow psycopg2-binary"]
    locked = re.findall(r"^(mlflow|psycopg2-binary)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert locked == ["mlflow", "psycopg2-binary"]


def test_files_go_through_the_server_into_a_volume_that_is_kept(services: dict[str, Any]) -> None:
    command = services["mlflow"]["command"]
    assert command[:2] == ["mlflow", "server"]
    assert {"--serve-artifacts", "--artifacts-destination=/artifacts"} <= set(command)
    assert services["mlflow"]["volumes"] == ["artifacts:/artifacts"]
    assert services["database"]["volumes"] == ["database:/var/lib/postgresql/data"]
    assert set(compose()["volumes"]) == {"artifacts", "database"}


def test_newest_postgresql_is_taken(tmp_path: Path) -> None:
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        if version != "17":  # of which only a folder is left
            (tmp_path / version / "bin" / "initdb").touch()
    assert postgresql_programs(tmp_path) == tmp_path / "15" / "bin"
    assert postgresql_programs(tmp_path / "nowhere") is None


@pytest.mark.slow
def test_two_people_record_at_once_and_all_of_it_is_whole(
    server: TeamServer, workplace_at: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both begin with the same experiment, the same model's name and the same data sets, none of which is there yet."""
    workspaces = {person: tmp_path / person for person in BUNDLES}
    starts: dict[str, datetime] = {}
    for hours, (person, bundles) in enumerate(BUNDLES.items()):
        for minutes, bundle in enumerate(bundles):
            starts[bundle] = NOON + timedelta(hours=hours, minutes=minutes)
            workplace_at(workspaces[person]).whole_run(bundle=bundle, start=starts[bundle])
    ledger = ledger_on(server, workspaces["anna"], monkeypatch)
    track = [sys.executable, "-m", "commonhold", "track", "--workspace"]
    writers = [
        subprocess.Popen([*track, str(workspace)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for workspace in workspaces.values()
    ]
    assert [writer.communicate(timeout=120) for writer in writers] == [("3 runs sent\n", "")] * 2

    client = ledger.client()
    told = {run.data.tags["commonhold.run_id"]: run for run in all_runs(ledger, "tags.kind = 'recipe-run'")}
    assert set(told) == {run.id for workspace in workspaces.values() for run in list_runs(workspace)}
    assert len({run.info.experiment_id for run in told.values()}) == 1
    for run in told.values():
        assert (run.info.status, len(run.data.params), run.data.metrics["eval/desk/tuned"]) == ("FINISHED", 12, 0.75)
        assert {data.dataset.name for data in run.inputs.dataset_inputs} == {"riverbend", "desk"}
        (output,) = run.outputs.model_outputs
        assert str(client.get_logged_model(output.model_id).status) == "READY"
        stages = all_runs(ledger, f"tags.`mlflow.parentRunId` = '{run.info.run_id}'")
        assert {stage.data.tags["stage"] for stage in stages} == {"curate", "train", "evaluate", "publish"}
        files = {file.path for file in client.list_artifacts(run.info.run_id, "eval")}
        assert files == {"eval/results.json", "eval/scores.jsonl", "eval/report.html"}
    versions = {version.tags["bundle.sha256"]: int(version.version) for version in client.search_model_versions("")}
    assert set(versions) == set(starts)
    assert sorted(versions.values()) == [1, 2, 3, 4, 5, 6]
    assert aliases_of(ledger)["candidate"] in versions.values()
