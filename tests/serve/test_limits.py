import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from commonhold.errors import CommonholdError, RequestError
from commonhold.records.answer import Piece
from commonhold.serve.app import build_app
from commonhold.serve.engine import Engine
from commonhold.serve.limits import Limits
from commonhold.serve.served_model import ServedModel

OpenClient = Callable[[Engine, ServedModel, Limits], TestClient]
CHAT = "/v1/chat/completions"
JSON = {"Content-Type": "application/json"}


def padded(size: int) -> bytes:
    data = json.dumps({"messages": [{"role": "user", "content": "tap"}]}).encode()
    return data + b" " * (size - len(data))


@pytest.mark.parametrize(("size", "status"), [(2000, 200), (2001, 413)])
def test_a_body_is_read_up_to_the_limit(client: TestClient, size: int, status: int) -> None:
    response = client.post(CHAT, content=padded(size), headers=JSON)
    assert response.status_code == status


@pytest.mark.parametrize(("size", "status"), [(2000, 200), (2001, 413)])
def test_a_body_without_a_declared_length_is_counted(client: TestClient, size: int, status: int) -> None:
    def parts() -> Iterator[bytes]:
        yield padded(size)[:1000]
        yield padded(size)[1000:]

    response = client.post(CHAT, content=parts(), headers=JSON)
    assert response.status_code == status


def test_the_refusal_of_a_large_body_says_what_is_allowed(client: TestClient) -> None:
    error = client.post(CHAT, content=padded(2001), headers=JSON).json()["error"]
    assert error["code"] == "request_too_large"
    assert "2,000 bytes" in error["message"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("text/plain", 415),
        ("application/jsonp", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
def test_only_json_is_read(client: TestClient, content_type: str, status: int) -> None:
    response = client.post(CHAT, content=padded(100), headers={"Content-Type": content_type})
    assert response.status_code == status


def test_a_body_without_a_content_type_is_refused(client: TestClient) -> None:
    assert client.post(CHAT, content=padded(100)).status_code == 415


def test_malformed_json_is_refused(client: TestClient) -> None:
    response = client.post(CHAT, content=b'{"messages": [', headers=JSON)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_json")


@pytest.mark.parametrize(("words", "status"), [(10, 200), (11, 400)])
def test_a_prompt_is_read_up_to_the_limit(client: TestClient, words: int, status: int) -> None:
    request = {"messages": [{"role": "user", "content": "w " * words}]}
    assert client.post(CHAT, json=request).status_code == status
    assert client.post(CHAT, json=request | {"stream": True}).status_code == status


def test_the_refusal_of_a_long_prompt_counts_its_tokens(client: TestClient) -> None:
    error = client.post(CHAT, json={"messages": [{"role": "user", "content": "w " * 12}]}).json()["error"]
    assert error == {
        "message": "The conversation has 12 tokens; this server reads at most 10. "
        "Send less text, or start a new conversation.",
        "type": "invalid_request_error",
        "param": "messages",
        "code": "context_length_exceeded",
    }


def test_an_answer_has_at_most_the_servers_number_of_tokens(client: TestClient) -> None:
    request = {"messages": [{"role": "user", "content": "a b c d e f"}], "max_tokens": 100}
    answer = client.post(CHAT, json=request).json()
    assert answer["choices"][0]["message"]["content"] == "a b c d e"
    assert answer["choices"][0]["finish_reason"] == "length"


def test_a_body_that_never_arrives_is_given_up(echo: Engine, model: ServedModel, limits: Limits) -> None:
    app = build_app(echo, model, replace(limits, body_seconds=0.01))
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": CHAT, "headers": headers, "query_string": b""}
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 408


def test_a_system_prompt_over_the_limit_stops_the_start(
    open_client: OpenClient, echo: Engine, model: ServedModel, limits: Limits
) -> None:
    with pytest.raises(RequestError, match=r"^serve.max_prompt_tokens: 10, .* has 11 tokens. Raise"):
        open_client(echo, replace(model, system_prompt="w " * 10), limits)


def test_a_system_prompt_on_the_limit_starts(
    open_client: OpenClient, echo: Engine, model: ServedModel, limits: Limits
) -> None:
    client = open_client(echo, replace(model, system_prompt="w " * 9), limits)
    assert client.get("/health/ready").status_code == 200


class Mute:
    def count_tokens(self, _conversation: object) -> int:
        return 1

    def stream(self, _conversation: object, _settings: object, _stop: object) -> Iterator[Piece]:
        yield from ()


def test_an_engine_without_an_answer_stops_the_start(
    open_client: OpenClient, model: ServedModel, limits: Limits
) -> None:
    with pytest.raises(CommonholdError, match="gave no answer"):
        open_client(Mute(), model, limits)


def test_ready_is_said_only_after_the_engine_has_answered(echo: Any, model: ServedModel, limits: Limits) -> None:
    client = TestClient(build_app(echo, model, limits), base_url="http://localhost")
    before = client.get("/health/ready")
    assert (before.status_code, before.json()["error"]["code"]) == (503, "not_ready")
    assert client.get("/health/live").status_code == 200
    with client:
        assert client.get("/health/ready").json() == {"status": "ready"}
    assert [settings.max_new_tokens for _, settings in echo.asked] == [1]
