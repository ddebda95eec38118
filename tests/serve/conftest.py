"""A toy engine that says the last message back word by word, and servers around it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from starlette.testclient import TestClient

from commonhold.records.answer import Piece, Sampling
from commonhold.records.chat import Conversation
from commonhold.serve.app import build_app
from commonhold.serve.engine import Engine
from commonhold.serve.limits import Limits
from commonhold.serve.served_model import ServedModel


@dataclass
class Echo:
    """Every word is a token."""

    asked: list[tuple[Conversation, Sampling]] = field(default_factory=list)

    def count_tokens(self, conversation: Conversation) -> int:
        return sum(len(message.content.split()) for message in conversation)

    def stream(self, conversation: Conversation, settings: Sampling, stop: threading.Event) -> Iterator[Piece]:
        self.asked.append((conversation, settings))
        words = conversation[-1].content.split()
        for index, word in enumerate(words[: settings.max_new_tokens]):
            if stop.is_set():
                return
            yield Piece(f" {word}" if index else word, 1)
        yield Piece("", 0, "length" if len(words) > settings.max_new_tokens else "stop")


@pytest.fixture
def model() -> ServedModel:
    return ServedModel(
        name="river-desk",
        version="3",
        bundle_digest="sha256:0a1b",
        base_id="smollm2-135m-instruct",
        licence="Apache-2.0",
        created="2026-05-01T12:00:00+00:00",
        system_prompt="",
        purpose="Sorts questions about water.",
        contact="water@example.org",
    )


@pytest.fixture
def limits() -> Limits:
    return Limits(port=8080, max_new_tokens=5, max_prompt_tokens=10, max_body_bytes=2000)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def open_client() -> Iterator[Callable[[Engine, ServedModel, Limits], TestClient]]:
    """Starts the application; its requests come from http://127.0.0.1:8080."""
    clients: list[TestClient] = []

    def open_one(engine: Engine, model: ServedModel, limits: Limits) -> TestClient:
        client = TestClient(build_app(engine, model, limits), base_url="http://127.0.0.1:8080")
        clients.append(client.__enter__())
        return client

    yield open_one
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(
    open_client: Callable[[Engine, ServedModel, Limits], TestClient], echo: Echo, model: ServedModel, limits: Limits
) -> TestClient:
    client = open_client(echo, model, limits)
    echo.asked.clear()  # the greeting at the start
    return client
