"""Where MLflow keeps what it is sent, what it must not do, and the command that starts its pages. Does not load it."""

import os
import sys
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from commonhold.errors import RequestError

QUIET = {
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_MODEL_CATALOG_URI": "",
    "MLFLOW_ENABLE_AI_GATEWAY": "false",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "MLFLOW_TRUNCATE_LONG_VALUES": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""Set before MLflow is loaded: it calls nobody, starts no side services, unpickles nothing, cuts nothing in silence,
and leaves stdout to answers."""
URI_VARIABLE = "MLFLOW_TRACKING_URI"


class UiCommand(NamedTuple):
    """How to start a server: what to run, and the environment it needs besides the present one."""

    command: list[str]
    environment: dict[str, str]


def mlflow_folder(workspace: Path) -> Path:
    """Where a workspace's own MLflow keeps its database and files."""
    return workspace.resolve() / "mlflow"


def tracking_uri(workspace: Path) -> str:
    """The address the user chose in `MLFLOW_TRACKING_URI`, or else the workspace's own database."""
    return os.environ.get(URI_VARIABLE) or f"sqlite:///{mlflow_folder(workspace) / 'mlflow.db'}"


def without_password(uri: str) -> str:
    """An address that can be shown and kept."""
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else uri


def ui_command(workspace: Path, port: int) -> UiCommand:
    """How to start MLflow's pages on `127.0.0.1:port`, with one worker: its default of four takes 1 GB.

    Raises:
        RequestError: the runs are on a server, which has pages of its own.
    """
    uri = tracking_uri(workspace)
    if uri.startswith(("http://", "https://")):
        address = without_password(uri)
        raise RequestError(f"{URI_VARIABLE} is {address}: the runs are on that server. Open that address in a browser")
    folder = mlflow_folder(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    # The address goes by environment, because a password on a command line can be read by every user of the machine.
    stores = {"MLFLOW_BACKEND_STORE_URI": uri, "MLFLOW_ARTIFACTS_DESTINATION": str(folder / "artifacts")}
    return UiCommand(command, {**QUIET, **stores})
