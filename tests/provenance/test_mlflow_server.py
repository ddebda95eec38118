"""The server is the person's own: on this machine only, quiet, and with the password out of sight."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from tests.provenance.team_server import free_port

from commonhold.errors import RequestError
from commonhold.provenance.mlflow_server import tracking_uri, ui_command, without_password


def test_pages_are_for_this_machine_only_with_one_worker(workspace: Path) -> None:
    command, _ = ui_command(workspace, 5123)
    assert command[:4] == [sys.executable, "-m", "mlflow", "server"]
    assert command[4:] == ["--host", "127.0.0.1", "--port", "5123", "--workers", "1"]


def test_own_database_is_the_default(workspace: Path) -> None:
    assert tracking_uri(workspace) == f"sqlite:///{workspace}/mlflow/mlflow.db"
    assert ui_command(workspace, 5000).environment["MLFLOW_BACKEND_STORE_URI"] == tracking_uri(workspace)


def test_workspace_named_relatively_has_an_absolute_database(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace.parent)
    assert tracking_uri(Path("workspace")) == tracking_uri(workspace)


def test_telemetry_is_off(workspace: Path) -> None:
    environment = ui_command(workspace, 5000).environment
    assert (environment["MLFLOW_DISABLE_TELEMETRY"], environment["DO_NOT_TRACK"]) == ("true", "true")


def test_password_is_not_on_the_command_line(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://user:secret@db.example.org/mlflow")
    command, environment = ui_command(workspace, 5000)
    assert "secret" not in " ".join(command)
    assert environment["MLFLOW_BACKEND_STORE_URI"] == "postgresql://user:secret@db.example.org/mlflow"


def test_runs_on_a_server_are_looked_at_there(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://user:secret@mlflow.example.org")
    with pytest.raises(RequestError, match=r"is https://mlflow\.example\.org: the runs are on that server"):
        ui_command(workspace, 5000)


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("postgresql://user:p%40ss@host:5432/db?x=1", "postgresql://host:5432/db?x=1"),
        ("https://token@host/path", "https://host/path"),
        ("https://host/path@2", "https://host/path@2"),
        ("sqlite:////tmp/a@b/mlflow.db", "sqlite:////tmp/a@b/mlflow.db"),
    ],
)
def test_shown_address_has_no_password(uri: str, shown: str) -> None:
    assert without_password(uri) == shown


@pytest.mark.slow
def test_server_really_starts_and_sends_no_telemetry(workspace: Path) -> None:
    port = free_port()
    command, environment = ui_command(workspace, port)
    with subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert any("Uvicorn running on" in line for line in process.stdout), "the server ended before it was ready"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ajax-api/3.0/mlflow/ui-telemetry") as answer:
                assert json.load(answer)["disable_ui_telemetry"] is True
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                assert b"<title>MLflow</title>" in answer.read()
        finally:
            process.terminate()
    assert (workspace / "mlflow" / "mlflow.db").exists()
