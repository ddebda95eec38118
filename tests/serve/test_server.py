"""A real server on a real port."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from commonhold.errors import RequestError
from commonhold.records.answer import Piece
from commonhold.serve.app import build_app
from commonhold.serve.engine import Engine
from commonhold.serve.limits import Limits
from commonhold.serve.served_model import ServedModel
from commonhold.serve.server import HOST, listen, serve

TAP = {"messages": [{"role": "user", "content": "tap"}]}


class Steps:
    """Says a word each time it is let."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.begun = threading.Event()
        self.stopped = threading.Event()

    def count_tokens(self, _conversation: object) -> int:
        return 1

    def stream(self, _conversation: object, _settings: object, stop: threading.Event) -> Iterator[Piece]:
        self.begun.set()
        for word in ("one", " two", " three"):
            while not self.go.acquire(timeout=0.005):
                if stop.is_set():
                    self.stopped.set()
                    return
            yield Piece(word, 1)
        yield Piece("", 0, "stop")


@contextlib.contextmanager
def running(engine: Engine, model: ServedModel, limits: Limits) -> Iterator[int]:
    with listen(0) as listener:
        app = build_app(engine, model, limits)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(60)


def test_words_arrive_while_the_engine_is_still_at_work(model: ServedModel, limits: Limits) -> None:
    engine = Steps()
    url = "/v1/chat/completions"
    with (
        running(engine, model, limits) as port,
        httpx.Client(base_url=f"http://{HOST}:{port}", timeout=60) as client,
        client.stream("POST", url, json=TAP | {"stream": True}) as response,
    ):
        lines = (json.loads(line[6:]) for line in response.iter_lines() if line.startswith("data: {"))
        deltas = (event["choices"][0]["delta"] for event in lines)
        assert next(deltas) == {"role": "assistant", "content": ""}
        for word in ("one", " two", " three"):
            engine.go.release()  # the next word is not even begun before the last one has arrived
            assert next(deltas) == {"content": word}


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_stops_the_engine_and_frees_the_turn(
    model: ServedModel, limits: Limits, stream: bool
) -> None:
    engine = Steps()
    body = json.dumps(TAP | {"stream": stream}).encode()
    head = f"Host: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with running(engine, model, limits) as port:
        with socket.create_connection((HOST, port)) as connection:
            connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\n" + head.encode() + body)
            assert engine.begun.wait(10)
        assert engine.stopped.wait(10)
        for _ in range(3):
            engine.go.release()
        answer = httpx.post(f"http://{HOST}:{port}/v1/chat/completions", json=TAP, timeout=60).json()
        assert answer["choices"][0]["message"]["content"] == "one two three"


def test_a_taken_port_is_refused_with_a_remedy(model: ServedModel, limits: Limits) -> None:
    with listen(0) as other:
        port = other.getsockname()[1]
        taken = Limits(port, limits.max_new_tokens, limits.max_prompt_tokens, limits.max_body_bytes)
        with pytest.raises(RequestError, match=rf"^127.0.0.1:{port}: another program uses this port. Stop") as caught:
            serve(build_app(Steps(), model, taken), taken, say=print)
        assert f"serve.port: {port + 1}" in str(caught.value)


SERVER = """
import sys
from commonhold.serve.app import build_app
from commonhold.records.answer import Piece
from commonhold.serve.limits import Limits
from commonhold.serve.served_model import ServedModel
from commonhold.serve.server import serve

class Engine:
    def count_tokens(self, conversation):
        return 1
    def stream(self, conversation, settings, stop):
        if conversation[-1].content == "FAIL CANARY":
            raise ValueError(conversation)
        yield Piece("CANARY", 1)
        if settings.max_new_tokens > 1:
            sys.stdin.readline()
        yield Piece(" out", 1, "stop")

model = ServedModel("toy", "1", "sha256:0", "base", "MIT", "2026-05-01T12:00:00+00:00", "", "purpose", "contact")
limits = Limits(0, 5, 10, 2000)
serve(build_app(Engine(), model, limits), limits, say=lambda text: print(text, flush=True))
"""


@contextlib.contextmanager
def process() -> Iterator[tuple[Any, str]]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    started = subprocess.Popen(
        [sys.executable, "-c", SERVER], env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )
    try:
        assert started.stdout is not None
        url = started.stdout.readline().split()[4].removesuffix("/.")
        yield started, url
    finally:
        started.kill()
        started.communicate()


def test_an_answer_that_has_begun_ends_after_the_signal_to_stop() -> None:
    request = {"messages": [{"role": "user", "content": "tap"}], "stream": True}
    with process() as (started, url), httpx.stream("POST", f"{url}/v1/chat/completions", json=request) as response:
        lines = response.iter_lines()
        assert any('"CANARY"' in line for line in lines)
        started.send_signal(signal.SIGTERM)
        started.stdin.write("\n")
        started.stdin.flush()
        rest = list(lines)
        assert any('" out"' in line for line in rest)
        assert "data: [DONE]" in rest
        started.wait(60)
        assert started.returncode == -signal.SIGTERM


def test_ctrl_c_is_an_interruption() -> None:
    with process() as (started, url):
        assert httpx.get(f"{url}/health/ready").json() == {"status": "ready"}
        started.send_signal(signal.SIGINT)
        _, errors = started.communicate(timeout=60)
        assert "KeyboardInterrupt" in errors


def test_a_server_process_writes_nothing_of_what_is_said() -> None:
    with process() as (started, url):
        for content, status in (("say CANARY", 200), ("FAIL CANARY", 500)):
            started.stdin.write("\n")
            started.stdin.flush()
            request = {"messages": [{"role": "user", "content": content}]}
            assert httpx.post(f"{url}/v1/chat/completions", json=request).status_code == status
        started.send_signal(signal.SIGTERM)
        output, errors = started.communicate(timeout=60)
        assert "ValueError (message withheld)" in errors
        assert "CANARY" not in output + errors
