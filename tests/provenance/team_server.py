"""A group's MLflow server as `deploy/compose.mlflow.yaml` starts it, on Debian's PostgreSQL, on loopback.

Everything lies in one folder below the system's temporary one: PostgreSQL refuses to work for root, so it works there
for the user `postgres`, who could not enter pytest's folders.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import NullPool, create_engine, inspect, text

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose.mlflow.yaml"
WHAT_TO_INSTALL = "PostgreSQL is not installed. On Debian and Ubuntu: apt-get install postgresql"
SECONDS_TO_START = 180
MADE_AT_THE_START = frozenset({"alembic_version", "experiments", "workspaces"})
"""Tables with rows of a new database; of the experiments, number 0."""
# Nothing here has to outlive a power cut; no socket, which would need a folder of its own.
DATABASE_OPTIONS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "unix_socket_directories=")


@dataclass(frozen=True, slots=True)
class TeamServer:
    """Where a running server is, and where its database and files are."""

    uri: str
    database_uri: str
    artifacts: Path

    def forget_everything(self) -> None:
        """As if nobody had recorded anything: a server of its own for each test would take half a minute each."""
        engine = create_engine(self.database_uri, poolclass=NullPool)
        with engine.begin() as connection:
            tables = set(inspect(connection).get_table_names()) - MADE_AT_THE_START
            connection.execute(text(f"TRUNCATE {', '.join(sorted(tables))} CASCADE"))
            connection.execute(text("DELETE FROM experiments WHERE experiment_id <> 0"))


def postgresql_programs(installed: Path = Path("/usr/lib/postgresql")) -> Path | None:
    """The folder with `initdb` and `postgres`, of the newest version that is installed."""
    found = [path.parent for path in installed.glob("*/bin/initdb")]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


def compose() -> dict[str, Any]:
    """The compose file as plain data."""
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")))


@contextmanager
def team_server(programs: Path) -> Iterator[TeamServer]:
    """Both servers, as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="commonhold-team-"))
    try:
        with _postgresql(programs, folder) as database_uri, _mlflow(folder, database_uri) as uri:
            yield TeamServer(uri, database_uri, folder / "artifacts")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgresql(programs: Path, folder: Path) -> Iterator[str]:
    user = "postgres" if os.geteuid() == 0 else None  # the present one
    data, port = folder / "database", free_port()
    folder.chmod(0o755)
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user, user)
    initdb = [str(programs / "initdb"), f"--pgdata={data}", "--username=mlflow", "--auth=trust", "--no-sync"]
    subprocess.run(initdb, user=user, check=True, capture_output=True, cwd="/")
    options = [word for option in DATABASE_OPTIONS for word in ("-c", option)]
    command = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), *options]
    createdb = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "mlflow", "mlflow"]
    # SIGINT closes connections that are still open; at SIGTERM it would wait for whoever holds one.
    with _started(command, {}, folder / "database.log", signal.SIGINT, user) as wait:
        wait(lambda: subprocess.run(createdb, check=False, capture_output=True).returncode == 0)
        yield f"postgresql+psycopg2://mlflow@127.0.0.1:{port}/mlflow"


@contextmanager
def _mlflow(folder: Path, database_uri: str) -> Iterator[str]:
    service, port = compose()["services"]["mlflow"], free_port()
    command = [sys.executable, "-m", *service["command"], "--host=127.0.0.1", f"--port={port}"]
    command += [f"--artifacts-destination={folder / 'artifacts'}", "--workers=1"]
    environment = {**service["environment"], "MLFLOW_BACKEND_STORE_URI": database_uri}
    uri = f"http://127.0.0.1:{port}"
    with _started(command, environment, folder / "mlflow.log", signal.SIGTERM) as wait:
        wait(lambda: _answers(f"{uri}/health"))
        yield uri


@contextmanager
def _started(
    command: Sequence[str], environment: Mapping[str, str], log: Path, ending: signal.Signals, user: str | None = None
) -> Iterator[Callable[[Callable[[], bool]], None]]:
    """A process and its children, for the block; gives a function that waits until the process is ready."""
    # Where MLflow sees pytest's variable, it looks at more than it does in use.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            env={**inherited, **environment},
            stdout=stream,
            stderr=stream,
            user=user,
            cwd="/",
            start_new_session=True,
        )

    def wait(ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                end = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise RuntimeError(f"{command[0]} did not start:\n{end}")
            time.sleep(0.2)

    try:
        yield wait
    finally:
        os.killpg(process.pid, ending)
        process.wait(timeout=60)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
