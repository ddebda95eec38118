"""Gives the engine one conversation at a time, on a thread of its own, while a few others wait their turn."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from commonhold.errors import CommonholdError, RequestError
from commonhold.records.answer import Piece, Sampling
from commonhold.records.chat import Conversation
from commonhold.serve.engine import Engine
from commonhold.serve.error_response import ErrorResponse
from commonhold.serve.limits import Limits


class QueuedAnswer(NamedTuple):
    """An answer in the making."""

    prompt_tokens: int
    pieces: AsyncIterator[Piece]
    """The last one has `finish`."""


@dataclass(frozen=True, slots=True, eq=False)
class _QueuedRequest:
    """One conversation on its way through the engine: `run` on the engine's thread, the rest on the event loop."""

    conversation: Conversation
    sampling: Sampling
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    stop: threading.Event = field(default_factory=threading.Event)
    news: asyncio.Queue[int | Piece | Exception] = field(default_factory=asyncio.Queue)
    """The prompt's tokens, then pieces; an exception ends it."""

    def run(self, engine: Engine, max_prompt_tokens: int) -> None:
        if self.stop.is_set():
            return
        try:
            tokens = engine.count_tokens(self.conversation)
            if tokens > max_prompt_tokens:
                raise _too_long(tokens, max_prompt_tokens)
            self._post(tokens)
            for piece in engine.stream(self.conversation, self.sampling, self.stop):
                self._post(piece)
                if piece.finish or self.stop.is_set():
                    return
            if not self.stop.is_set():
                raise RuntimeError("the engine ended an answer without saying why")
        except Exception as error:
            self._post(error)

    def _post(self, news: int | Piece | Exception) -> None:
        with contextlib.suppress(RuntimeError):  # the event loop is closed: nobody waits for this answer any more
            self.loop.call_soon_threadsafe(self.news.put_nowait, news)

    async def prompt_tokens(self, seconds: float) -> int:
        """Waits for the turn.

        Raises:
            ErrorResponse: it did not come in time, or the prompt is too long.
        """
        try:
            async with asyncio.timeout(seconds):
                news = await self.news.get()
        except TimeoutError as error:
            message = f"The model is busy: no turn within {seconds:g} seconds. Try again later."
            raise ErrorResponse(503, "queue_timeout", message) from error
        if isinstance(news, Exception):
            raise news
        assert isinstance(news, int)
        return news

    async def pieces(self, seconds: float) -> AsyncIterator[Piece]:
        """The answer as it comes, cut after so many seconds."""
        deadline = self.loop.time() + seconds
        finished = False
        while not finished:
            news: int | Piece | Exception
            try:
                async with asyncio.timeout_at(deadline):
                    news = await self.news.get()
            except TimeoutError:
                news = Piece("", 0, "length")
            if isinstance(news, Exception):
                raise news
            assert isinstance(news, Piece)
            finished = news.finish is not None
            yield news


def _too_long(tokens: int, limit: int) -> ErrorResponse:
    message = f"The conversation has {tokens} tokens; this server reads at most {limit}."
    remedy = "Send less text, or start a new conversation."
    return ErrorResponse(400, "context_length_exceeded", f"{message} {remedy}", "messages")


class RequestQueue:
    """Where requests queue for the engine."""

    def __init__(self, engine: Engine, limits: Limits) -> None:
        self._engine = engine
        self._limits = limits
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engine")
        self._lock = threading.Lock()
        self._jobs: set[_QueuedRequest] = set()
        self.ready = False
        """The engine has answered once."""

    @contextlib.asynccontextmanager
    async def answer(self, conversation: Conversation, sampling: Sampling) -> AsyncIterator[QueuedAnswer]:
        """An answer, once it is this conversation's turn; leaving the block stops the engine.

        Raises:
            ErrorResponse: too many wait already, the turn did not come in time, or the prompt is too long.
        """
        job = _QueuedRequest(conversation, sampling)
        turn = self._admit(job)
        try:
            tokens = await job.prompt_tokens(self._limits.wait_seconds)
            yield QueuedAnswer(tokens, job.pieces(self._limits.answer_seconds))
        finally:
            job.stop.set()
            turn.cancel()

    def _admit(self, job: _QueuedRequest) -> Future[None]:
        with self._lock:
            if len(self._jobs) > self._limits.max_waiting:
                message = f"The model is busy and {self._limits.max_waiting} requests wait already. Try again later."
                raise ErrorResponse(429, "queue_full", message)
            self._jobs.add(job)
        turn = self._thread.submit(job.run, self._engine, self._limits.max_prompt_tokens)
        turn.add_done_callback(lambda _: self._leave(job))
        return turn

    def _leave(self, job: _QueuedRequest) -> None:
        with self._lock:
            self._jobs.discard(job)

    async def check(self, conversation: Conversation) -> None:
        """Asks the engine for one token; `ready` when it answers.

        Raises:
            RequestError: already this conversation is longer than the limit.
            CommonholdError: the engine gave no answer.
        """
        await asyncio.get_running_loop().run_in_executor(self._thread, self._check, conversation)
        self.ready = True

    def _check(self, conversation: Conversation) -> None:
        tokens = self._engine.count_tokens(conversation)
        if tokens > self._limits.max_prompt_tokens:
            raise RequestError(
                f"serve.max_prompt_tokens: {self._limits.max_prompt_tokens}, but a greeting with the system prompt has "
                f"{tokens} tokens. Raise serve.max_prompt_tokens, or shorten data.system_prompt"
            )
        pieces = self._engine.stream(conversation, Sampling(max_new_tokens=1), threading.Event())
        if not any(piece.finish for piece in pieces):
            raise CommonholdError("the model gave no answer to a greeting, so the server does not start")

    def close(self) -> None:
        """Stops what is being answered and forgets what waits; does not wait for the engine."""
        with self._lock:
            for job in self._jobs:
                job.stop.set()
        self._thread.shutdown(wait=False, cancel_futures=True)
