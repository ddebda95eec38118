import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from commonhold.records.answer import Piece, Sampling
from commonhold.serve.engine import Engine
from commonhold.serve.limits import Limits
from commonhold.serve.served_model import ServedModel

OpenClient = Callable[[Engine, ServedModel, Limits], TestClient]
CHAT = "/v1/chat/completions"
TAP = {"messages": [{"role": "user", "content": "tap"}]}
PATHS = ["/", "/page/chat.js", "/v1/models", "/health/live", "/health/ready"]


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "LOCALHOST:9000", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080"]
)
def test_local_names_are_answered_on_any_port(client: TestClient, host: str) -> None:
    assert client.get("/health/live", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "127.0.0.2",
        "localhost@evil.example",
        "evil.example@localhost",
        "localhost:port",
        "localhost:8080:8080",
        "localhost\n",
        "::1",
        "0.0.0.0",
        "",
    ],
)
def test_other_names_are_not_answered(client: TestClient, host: str) -> None:
    response = client.get("/health/live", headers={"Host": host})
    assert (response.status_code, response.json()["error"]["code"]) == (421, "wrong_host")


@pytest.mark.parametrize("path", [*PATHS, "/no/such/path"])
def test_no_route_escapes_the_host_check(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"Host": "evil.example"}).status_code == 421


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8080", "https://127.0.0.1:8080"])
def test_our_own_page_may_ask(client: TestClient, origin: str) -> None:
    assert client.post(CHAT, json=TAP, headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1:3000",
        "http://127.0.0.1",
        "http://localhost:8080",
        "http://127.0.0.1:8080.evil.example",
        "ftp://127.0.0.1:8080",
    ],
)
def test_pages_of_other_origins_may_not_ask(client: TestClient, echo: Any, origin: str) -> None:
    response = client.post(CHAT, json=TAP, headers={"Origin": origin})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "wrong_origin")
    assert echo.asked == []


def test_a_browsers_preflight_gets_no_permission(client: TestClient) -> None:
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    response = client.options(CHAT, headers=asks)
    assert response.status_code == 403
    assert not [name for name in response.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", [*PATHS, "/no/such/path", CHAT])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers.get_list("x-content-type-options") == ["nosniff"]
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


def test_an_unknown_path_is_refused_in_openais_shape(client: TestClient) -> None:
    response = client.get("/v1/embeddings")
    assert response.status_code == 404
    assert response.json()["error"]["message"] == "GET /v1/embeddings: Not Found."


def test_a_wrong_method_says_which_is_right(client: TestClient) -> None:
    response = client.get(CHAT)
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["error"]["code"] == "method_not_allowed"


class Breaking:
    """Fails in the middle of an answer, with the conversation in its message."""

    def count_tokens(self, conversation: Any) -> int:
        if conversation[-1].content == "CANARY at once":
            raise ValueError(conversation)
        return 1

    def stream(self, conversation: Any, settings: Sampling, _stop: threading.Event) -> Iterator[Piece]:
        yield Piece("begun", 1, "stop" if settings.max_new_tokens == 1 else None)
        raise ValueError(conversation)


@pytest.mark.parametrize("text", ["CANARY", "CANARY at once"])
def test_a_failing_engine_is_an_internal_error_without_details(
    open_client: OpenClient, model: ServedModel, limits: Limits, text: str
) -> None:
    client = open_client(Breaking(), model, limits)
    response = client.post(CHAT, json={"messages": [{"role": "user", "content": text}]})
    assert (response.status_code, response.json()["error"]["type"]) == (500, "server_error")
    assert "CANARY" not in response.text


def test_a_stream_that_breaks_ends_with_the_error_and_not_with_done(
    open_client: OpenClient, model: ServedModel, limits: Limits
) -> None:
    client = open_client(Breaking(), model, limits)
    text = client.post(CHAT, json=TAP | {"stream": True}).text
    assert '"content":"begun"' in text
    assert text.split("\n\n")[-2].startswith('data: {"error":{"message":"The server failed')
    assert "[DONE]" not in text


@pytest.mark.parametrize("stream", [True, False])
def test_what_people_write_is_never_logged(
    open_client: OpenClient, model: ServedModel, limits: Limits, stream: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = open_client(Breaking(), model, limits)
    for text in ("CANARY", "CANARY at once"):
        client.post(CHAT, json={"messages": [{"role": "user", "content": text}], "stream": stream})
    failures = [record for record in caplog.records if record.name == "commonhold.serve"]
    assert len(failures) == 2
    assert all("ValueError (message withheld)" in record.getMessage() for record in failures)
    assert "CANARY" not in caplog.text
