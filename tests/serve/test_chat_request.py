import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.records.answer import Sampling
from commonhold.records.chat import Message
from commonhold.serve.chat_request import read_chat_request
from commonhold.serve.error_response import ErrorResponse

HELLO = [{"role": "user", "content": "Hello"}]


def body(**fields: Any) -> bytes:
    return json.dumps({"messages": HELLO} | fields).encode()


def refusal_of(data: bytes) -> ErrorResponse:
    with pytest.raises(ErrorResponse) as caught:
        read_chat_request(data)
    return caught.value


def test_the_least_request_takes_the_likeliest_tokens() -> None:
    assert read_chat_request(body()).sampling(7) == Sampling(7, temperature=0.0, top_p=1.0, seed=None)


def test_sampling_is_what_was_asked() -> None:
    request = read_chat_request(body(temperature=1, top_p=0.5, seed=-3, max_tokens=4))
    assert request.sampling(7) == Sampling(4, temperature=1.0, top_p=0.5, seed=-3)


def test_the_newer_name_for_the_token_limit_wins() -> None:
    assert read_chat_request(body(max_tokens=2, max_completion_tokens=3)).sampling(7).max_new_tokens == 3


@pytest.mark.parametrize(("asked", "given_tokens"), [(6, 6), (7, 7), (8, 7), (10**30, 7)])
def test_more_tokens_than_allowed_are_capped(asked: int, given_tokens: int) -> None:
    assert read_chat_request(body(max_tokens=asked)).sampling(7).max_new_tokens == given_tokens


def test_null_means_absent() -> None:
    nulls = dict.fromkeys(["model", "max_tokens", "temperature", "top_p", "seed", "stop", "stream", "tools", "n"])
    assert read_chat_request(body(**nulls)) == read_chat_request(body())


def test_text_parts_become_lines() -> None:
    parts = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    request = read_chat_request(body(messages=[{"role": "user", "content": parts}]))
    assert request.conversation() == (Message("user", "one\ntwo"),)


def test_a_single_stop_string_is_a_list_of_one() -> None:
    assert read_chat_request(body(stop="END")).stop == ("END",)


@pytest.mark.parametrize(
    "harmless",
    [
        {"n": 1},
        {"tools": []},
        {"tool_choice": "none"},
        {"response_format": {"type": "text"}},
        {"logprobs": False},
        {"logit_bias": {}},
        {"presence_penalty": 0.0},
        {"modalities": ["text"]},
        {"stop": []},
        {"user": "u-1", "store": True, "metadata": {"a": "b"}, "service_tier": "auto", "surprise": [1]},
    ],
)
def test_fields_that_ask_for_nothing_are_accepted(harmless: dict[str, Any]) -> None:
    assert read_chat_request(body(**harmless)) == read_chat_request(body())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", 2),
        ("tools", [{"type": "function", "function": {"name": "f"}}]),
        ("tool_choice", "required"),
        ("response_format", {"type": "json_object"}),
        ("logprobs", True),
        ("top_logprobs", 3),
        ("logit_bias", {"50256": -100}),
        ("frequency_penalty", 0.5),
        ("presence_penalty", -0.5),
        ("modalities", ["text", "audio"]),
        ("audio", {"voice": "alloy"}),
        ("web_search_options", {}),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(field: str, value: Any) -> None:
    refusal = refusal_of(body(**{field: value}))
    assert (refusal.status, refusal.code, refusal.param) == (400, "unsupported_parameter", field)
    assert refusal.message.endswith(f"Leave '{field}' out.")


@pytest.mark.parametrize(
    ("field", "value", "param"),
    [
        ("messages", [], "messages"),
        ("messages", "Hello", "messages"),
        ("messages", [{"role": "tool", "content": "x"}], "messages[0].role"),
        ("messages", [*HELLO, {"role": "user", "content": None}], "messages[1].content"),
        ("messages", [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}], "messages[0].content"),
        ("temperature", -0.1, "temperature"),
        ("temperature", 2.1, "temperature"),
        ("temperature", "0", "temperature"),
        ("top_p", 0, "top_p"),
        ("top_p", 1.01, "top_p"),
        ("max_tokens", 0, "max_tokens"),
        ("max_tokens", True, "max_tokens"),
        ("seed", 2**63, "seed"),
        ("stop", [""], "stop[0]"),
        ("stop", ["a", "b", "c", "d", "e"], "stop"),
        ("stream", "yes", "stream"),
        ("model", 5, "model"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(field: str, value: Any, param: str) -> None:
    refusal = refusal_of(body(**{field: value}))
    assert (refusal.status, refusal.code, refusal.param) == (400, "invalid_value", param)


@pytest.mark.parametrize(
    ("field", "value"),
    [("temperature", 2), ("top_p", 1), ("max_tokens", 1), ("seed", 2**63 - 1), ("stop", ["a", "b", "c", "d"])],
)
def test_a_value_on_the_bound_is_accepted(field: str, value: Any) -> None:
    read_chat_request(body(**{field: value}))


def test_messages_are_required() -> None:
    refusal = refusal_of(b"{}")
    assert (refusal.status, refusal.code, refusal.param) == (400, "missing_required_parameter", "messages")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"messages": [], "temperature": NaN}',
        b'{"messages": [{"role": "user", "content": "\\ud800"}]}',
        b'{"messages": [{"role": "user", "content": "\xff"}]}',
        b"[" * 100_000,
    ],
)
def test_what_is_not_a_json_object_is_refused(data: bytes) -> None:
    refusal = refusal_of(data)
    assert (refusal.status, refusal.code) == (400, "invalid_json")


@given(st.binary() | st.recursive(st.none() | st.text(), lambda v: st.dictionaries(st.text(), v)).map(json.dumps))
def test_any_body_is_read_or_refused(data: bytes | str) -> None:
    encoded = data if isinstance(data, bytes) else data.encode()
    assert refusal_of(encoded).status == 400  # without messages there is nothing to answer
