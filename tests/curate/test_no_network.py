"""The whole stage, every library in it included, asks nothing of any network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys

def closed(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind", "socket.gethostbyname"):
        print(event, arguments, file=sys.stderr)
        os._exit(97)

import os
sys.addaudithook(closed)
if sys.argv[1] == "try":
    import socket
    socket.create_connection(("192.0.2.1", 9), timeout=1)
from commonhold.cli import main
sys.exit(main(sys.argv[1:]))
"""


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "pipeline")}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_a_connection_would_be_noticed() -> None:
    assert run("try").returncode == 97


@pytest.mark.slow
def test_curation_opens_no_connection(tmp_path: Path) -> None:
    recipe = ROOT / "recipes" / "riverbend-helpdesk.yaml"
    done = run("curate", str(recipe), "--workspace", str(tmp_path / "work"))
    assert done.returncode == 0, done.stderr
    assert "are used" in done.stdout
