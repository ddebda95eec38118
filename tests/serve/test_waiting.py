"""One answer at a time: the queue, its bounds, and what ends an answer early."""

import asyncio
import contextlib
import itertools
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from commonhold.records.answer import Piece
from commonhold.serve.app import build_app
from commonhold.serve.disconnect import until_hang_up
from commonhold.serve.engine import Engine
from commonhold.serve.limits import Limits
from commonhold.serve.served_model import ServedModel

CHAT = "/v1/chat/completions"
TAP = {"messages": [{"role": "user", "content": "tap"}]}


@dataclass
class Held:
    """Says one word, then says no more until it is released or stopped."""

    begun: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)
    stopped: list[bool] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def count_tokens(self, _conversation: object) -> int:
        return 1

    def stream(self, _conversation: object, _settings: object, stop: threading.Event) -> Iterator[Piece]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.set()
        yield Piece("word", 1)
        while not stop.is_set() and not self.release.wait(0.005):
            pass
        self.stopped.append(stop.is_set())
        self.at_once -= 1
        if not stop.is_set():
            yield Piece("", 0, "stop")


@contextlib.asynccontextmanager
async def talking_to(engine: Engine, model: ServedModel, limits: Limits) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=build_app(engine, model, limits))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8080") as client:
        yield client


@pytest.mark.parametrize(("requests", "refused"), [(3, 0), (4, 1), (6, 3)])
def test_two_wait_while_one_is_answered_and_more_are_sent_away(
    model: ServedModel, limits: Limits, requests: int, refused: int
) -> None:
    engine = Held()

    async def ask_all() -> list[httpx.Response]:
        async with talking_to(engine, model, replace(limits, max_waiting=2)) as client:
            asked = [asyncio.create_task(client.post(CHAT, json=TAP)) for _ in range(requests)]
            early = [await done for done in itertools.islice(asyncio.as_completed(asked), refused)]
            assert [response.status_code for response in early] == [429] * refused
            engine.release.set()
            return list(await asyncio.gather(*asked))

    responses = asyncio.run(ask_all())
    assert sorted(response.status_code for response in responses) == [200] * 3 + [429] * refused
    assert engine.most_at_once == 1
    assert [response.headers.get("retry-after") for response in responses].count("10") == refused


def test_the_refusal_of_a_full_queue_is_one_that_clients_repeat(model: ServedModel, limits: Limits) -> None:
    engine = Held()

    async def ask_twice() -> Any:
        async with talking_to(engine, model, replace(limits, max_waiting=0)) as client:
            first = asyncio.create_task(client.post(CHAT, json=TAP))
            second = await next(asyncio.as_completed([first, asyncio.create_task(client.post(CHAT, json=TAP))]))
            engine.release.set()
            await first
            return second.json()["error"]

    assert asyncio.run(ask_twice()) == {
        "message": "The model is busy and 0 requests wait already. Try again later.",
        "type": "rate_limit_error",
        "param": None,
        "code": "queue_full",
    }


def test_a_request_that_waits_too_long_is_sent_away_and_its_place_is_free(model: ServedModel, limits: Limits) -> None:
    engine = Held()

    async def ask_twice() -> tuple[httpx.Response, httpx.Response]:
        async with talking_to(engine, model, replace(limits, max_waiting=1, wait_seconds=0.05)) as client:
            first = asyncio.create_task(client.post(CHAT, json=TAP))
            assert await asyncio.to_thread(engine.begun.wait, 5)
            second = await client.post(CHAT, json=TAP)
            third = asyncio.create_task(client.post(CHAT, json=TAP))
            engine.release.set()
            assert (await first).status_code == 200
            return second, await third

    second, third = asyncio.run(ask_twice())
    assert (second.status_code, second.json()["error"]["code"]) == (503, "queue_timeout")
    assert third.status_code == 200


def test_an_answer_that_takes_too_long_is_cut_and_the_engine_stopped(model: ServedModel, limits: Limits) -> None:
    engine = Held()

    async def ask_twice() -> list[Any]:
        async with talking_to(engine, model, replace(limits, answer_seconds=0.05)) as client:
            return [(await client.post(CHAT, json=TAP)).json()["choices"][0] for _ in range(2)]

    for choice in asyncio.run(ask_twice()):
        assert (choice["message"]["content"], choice["finish_reason"]) == ("word", "length")
    assert engine.stopped[0] is True


class Endless:
    """Never ends by itself; notes how it ended."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    def count_tokens(self, _conversation: object) -> int:
        return 1

    def stream(self, _conversation: object, _settings: object, stop: threading.Event) -> Iterator[Piece]:
        try:
            while not stop.is_set():
                yield Piece("la ", 1)
        finally:
            self.ended.set()


def test_a_stop_string_stops_the_engine(model: ServedModel, limits: Limits) -> None:
    engine = Endless()

    async def ask() -> Any:
        async with talking_to(engine, model, limits) as client:
            return (await client.post(CHAT, json=TAP | {"stop": "la la"})).json()["choices"][0]

    assert asyncio.run(ask())["message"]["content"] == ""
    assert engine.ended.wait(5)


class Unfinished:
    """Breaks the protocol: ends without saying why."""

    def count_tokens(self, _conversation: object) -> int:
        return 1

    def stream(self, _conversation: object, _settings: object, _stop: object) -> Iterator[Piece]:
        yield Piece("half an ans", 3)


def test_half_an_answer_is_not_passed_off_as_a_whole_one(model: ServedModel, limits: Limits) -> None:
    async def ask() -> int:
        async with talking_to(Unfinished(), model, limits) as client:
            return (await client.post(CHAT, json=TAP)).status_code

    assert asyncio.run(ask()) == 500


async def stays() -> Any:
    await asyncio.Event().wait()


async def leaves() -> Any:
    return {"type": "http.disconnect"}


def test_work_is_cancelled_when_the_client_leaves() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    asyncio.run(until_hang_up(leaves, work()))
    assert ended == ["cancelled"]


def test_a_failure_in_the_work_is_raised() -> None:
    async def work() -> None:
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        asyncio.run(until_hang_up(stays, work()))


def test_work_ends_while_the_client_stays() -> None:
    ended: list[str] = []

    async def work() -> None:
        ended.append("done")

    asyncio.run(until_hang_up(stays, work()))
    assert ended == ["done"]
