"""The tutorial, typed as it stands: every file written, every command run, on each way of computing."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.computing import AVX2

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tutorial" / "first-model.md"
BLOCK = re.compile(r"(?:^`([^`\n]+)`\n\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVER = re.compile(r"commonhold (serve|ui)\b")
ADDRESSES = {"serve": "http://127.0.0.1:8080/", "ui": "http://127.0.0.1:5000/"}
STATE = re.compile(r"cd |\. ")
"""Lines that change the shell itself, so that every later line follows them."""
SECONDS_TO_START = 120


class Typed(NamedTuple):
    """A line of the tutorial, and what the terminal showed."""

    line: str
    shown: str


def clone(folder: Path) -> None:
    """The files that git tracks, as a clone has them, with the environment that `make` would build."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (folder / ".venv" / "ready").touch()  # newer than what it is made of


class Terminal:
    """A shell below a folder; what changes it is typed before every later line."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        own = ("_NUM_THREADS", "MAKELEVEL")  # a person's shell has none of them; threads that sleep suit busy cores
        kept = {key: value for key, value in os.environ.items() if not key.endswith(own)}
        self._environment = {**kept, "PYTHONPATH": str(ROOT / "pipeline"), **environment}
        self._folder = folder
        self._before: list[str] = []
        self.typed: list[Typed] = []

    def type(self, line: str) -> None:
        """Runs a line to its end, which has to be a good one; a server is looked at and stopped with Ctrl-C."""
        if STATE.match(line):
            self._before.append(line)
            return
        if found := SERVER.search(line):
            self.typed.append(Typed(line, self._serve(line, found.group(1))))
            return
        done = subprocess.run(self._command(line), capture_output=True, text=True, check=False, **self._where)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        self.typed.append(Typed(line, done.stdout + done.stderr))

    @property
    def _where(self) -> dict[str, Any]:
        return {"cwd": self._folder, "env": self._environment}

    def _command(self, line: str) -> list[str]:
        return ["bash", "-ec", "\n".join([*self._before, f"exec {line}" if SERVER.search(line) else line])]

    def _serve(self, line: str, which: str) -> str:
        server = subprocess.Popen(
            self._command(line), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            process_group=0, **self._where,
        )  # fmt: skip
        try:
            page = answer_of(ADDRESSES[which], server)
            if which == "serve":
                page += tray_of("I have a rake to give away.")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGINT)
            shown: str = server.communicate(timeout=SECONDS_TO_START)[0]
        return page + shown


def answer_of(address: str, server: subprocess.Popen[str]) -> str:
    """The page of a server, as soon as it answers."""
    end = time.monotonic() + SECONDS_TO_START
    while server.poll() is None and time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            return str(urllib.request.urlopen(address).read().decode())
        os.sched_yield()
    raise AssertionError(f"{address} does not answer: {server.communicate()[0] if server.poll() is not None else ''}")


def tray_of(message: str) -> str:
    """What the served model says to a message."""
    asked = {"model": "tool-library", "messages": [{"role": "user", "content": message}]}
    request = urllib.request.Request(
        f"{ADDRESSES['serve']}v1/chat/completions", json.dumps(asked).encode(), {"Content-Type": "application/json"}
    )
    reply = json.loads(urllib.request.urlopen(request).read())
    return f"\ntray: {reply['choices'][0]['message']['content']}\n"


def steps(page: str) -> list[tuple[str, str, str]]:
    """File name, language and text of every block, in the page's order."""
    return BLOCK.findall(page)


@pytest.mark.slow
@pytest.mark.parametrize("environment", [{}, AVX2], ids=["native", "avx2"])
def test_the_tutorial_typed_as_it_stands_publishes_a_model(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "commonhold"
    clone(folder)
    terminal = Terminal(tmp_path, environment)
    for name, language, text in steps(PAGE.read_text(encoding="utf-8")):
        if name:
            (folder / name).parent.mkdir(exist_ok=True)  # deeper ones the tutorial makes itself
            (folder / name).write_text(text, encoding="utf-8")
        elif language == "sh":
            for line in text.splitlines():
                terminal.type(line)
    shown = {typed.line: typed.shown for typed in terminal.typed}
    trained = shown["commonhold train recipes/tool-library.yaml"]
    assert "Puts a message into the right tray                     12 items   base  33%   tuned " in trained
    assert "Gates: 1 of 1 hold, 0 failed, 0 undecided." in trained
    assert "tool-library, version 1, is published as the candidate." in trained
    assert "left out" not in trained
    assert "34 of them are used" in shown["commonhold curate recipes/tool-library.yaml"]
    assert re.search(r"tray: (borrow|repair|donate)\n", shown["commonhold serve recipes/tool-library.yaml"])
    assert "MLflow" in shown["commonhold ui"]
    assert len(shown) >= 10
    assert [line for line, text in shown.items() if "Failed to load" in text or "pip install kernels" in text] == []
    own = {line: text for line, text in shown.items() if line != "commonhold ui"}  # MLflow's server speaks for itself
    assert [line for line, text in own.items() if "Warning:" in text or "Traceback" in text] == []


def test_blocks_are_read_with_the_file_that_they_are() -> None:
    page = "Type\n\n```sh\nls\n```\n\n`a/b.csv`\n\n```csv\nx,y\n```\n\nand\n\n```sh\ncat a/b.csv\n```\n"
    assert steps(page) == [("", "sh", "ls\n"), ("a/b.csv", "csv", "x,y\n"), ("", "sh", "cat a/b.csv\n")]
