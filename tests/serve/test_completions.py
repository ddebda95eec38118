import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from commonhold.records.chat import Message
from commonhold.serve.engine import Engine
from commonhold.serve.limits import Limits
from commonhold.serve.served_model import ServedModel

OpenClient = Callable[[Engine, ServedModel, Limits], TestClient]
CHAT = "/v1/chat/completions"


def ask(text: str, **fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]} | fields


def events(client: TestClient, request: dict[str, Any]) -> list[Any]:
    response = client.post(CHAT, json=request | {"stream": True})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    *data, done, end = response.text.split("\n\n")
    assert (done, end) == ("data: [DONE]", "")
    return [json.loads(item.removeprefix("data: ")) for item in data]


def test_a_whole_answer_has_openais_shape(client: TestClient) -> None:
    answer = client.post(CHAT, json=ask("my tap drips", model="river-desk")).json()
    assert re.fullmatch(r"chatcmpl-[0-9a-f]{24}", answer.pop("id"))
    assert answer.pop("created") > 1_700_000_000
    message = {"role": "assistant", "content": "my tap drips", "refusal": None}
    assert answer == {
        "object": "chat.completion",
        "model": "river-desk",
        "system_fingerprint": "sha256:0a1b",
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6},
    }


def test_a_streamed_answer_names_the_role_first_and_the_finish_last(client: TestClient) -> None:
    choices = [event["choices"][0] for event in events(client, ask("my tap"))]
    assert [choice["delta"] for choice in choices] == [
        {"role": "assistant", "content": ""},
        {"content": "my"},
        {"content": " tap"},
        {},
    ]
    assert [choice["finish_reason"] for choice in choices] == [None, None, None, "stop"]


def test_all_parts_of_a_stream_have_one_id_and_no_usage(client: TestClient) -> None:
    parts = events(client, ask("my tap"))
    assert len({part["id"] for part in parts}) == 1
    assert {part["object"] for part in parts} == {"chat.completion.chunk"}
    assert not any("usage" in part for part in parts)


def test_a_stream_ends_with_the_counts_when_they_are_asked_for(client: TestClient) -> None:
    *parts, last = events(client, ask("my tap", stream_options={"include_usage": True}))
    assert [part["usage"] for part in parts] == [None] * 4
    assert last["choices"] == []
    assert last["usage"] == {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}


@pytest.mark.parametrize(("words", "finish"), [("a b c", "stop"), ("a b c d", "length")])
def test_the_finish_tells_a_cut_answer_from_a_whole_one(client: TestClient, words: str, finish: str) -> None:
    request = ask(words, max_tokens=3)
    answer = client.post(CHAT, json=request).json()
    assert answer["choices"][0]["message"]["content"] == "a b c"
    assert answer["choices"][0]["finish_reason"] == finish
    assert events(client, request)[-1]["choices"][0]["finish_reason"] == finish


def test_a_stop_string_ends_the_answer_before_it(client: TestClient) -> None:
    request = ask("one two three", stop=["e t"])
    answer = client.post(CHAT, json=request).json()
    assert answer["choices"][0]["message"]["content"] == "on"
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"]["completion_tokens"] == 2
    streamed = [event["choices"][0]["delta"].get("content", "") for event in events(client, request)]
    assert "".join(streamed) == "on"


def test_what_looked_like_a_stop_string_is_given_back_at_the_end(client: TestClient) -> None:
    answer = client.post(CHAT, json=ask("one two", stop=["o!"])).json()
    assert answer["choices"][0]["message"]["content"] == "one two"


def test_text_of_any_script_survives(client: TestClient) -> None:
    text = "¿Agua? 水 \u2028 🚰"
    assert client.post(CHAT, json=ask(text)).json()["choices"][0]["message"]["content"] == "¿Agua? 水 🚰"
    assert events(client, ask(text))[2]["choices"][0]["delta"] == {"content": " 水"}


def test_the_recipes_system_prompt_reaches_the_engine(
    open_client: OpenClient, echo: Any, model: ServedModel, limits: Limits
) -> None:
    client = open_client(echo, replace(model, system_prompt="Be brief."), limits)
    answer = client.post(CHAT, json=ask("my tap")).json()
    assert echo.asked[-1][0] == (Message("system", "Be brief."), Message("user", "my tap"))
    assert answer["usage"]["prompt_tokens"] == 4


def test_only_named_fields_reach_the_engine(client: TestClient, echo: Any) -> None:
    client.post(CHAT, json=ask("tap", temperature=0.7, seed=4, n_discard=-1, grammar="root ::= x"))
    settings = echo.asked[-1][1]
    assert (settings.max_new_tokens, settings.temperature, settings.top_p, settings.seed) == (5, 0.7, 1.0, 4)


def test_another_model_is_not_found(client: TestClient) -> None:
    response = client.post(CHAT, json=ask("tap", model="gpt-4o"))
    assert response.status_code == 404
    assert response.json() == {
        "error": {
            "message": "There is no model 'gpt-4o' here; this server has 'river-desk'.",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        }
    }


def test_models_are_listed_with_their_provenance(client: TestClient) -> None:
    entry = {
        "id": "river-desk",
        "object": "model",
        "created": 1_777_636_800,  # 2026-05-01T12:00:00Z
        "owned_by": "commonhold",
        "version": "3",
        "bundle_digest": "sha256:0a1b",
        "base": "smollm2-135m-instruct",
        "licence": "Apache-2.0",
        "purpose": "Sorts questions about water.",
        "contact": "water@example.org",
    }
    assert client.get("/v1/models").json() == {"object": "list", "data": [entry]}
    assert client.get("/v1/models/river-desk").json() == entry


def test_an_unknown_model_has_no_entry(client: TestClient) -> None:
    response = client.get("/v1/models/river")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")
