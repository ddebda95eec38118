"""POST /v1/chat/completions."""

from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from commonhold.models.chat_template import with_system_prompt
from commonhold.records.answer import Finish
from commonhold.serve.chat_request import ChatRequest, read_chat_request
from commonhold.serve.completion_response import END_OF_EVENTS, CompletionResponse, event, usage
from commonhold.serve.disconnect import until_hang_up
from commonhold.serve.error_response import ErrorResponse, engine_failed
from commonhold.serve.failure_log import log_failure
from commonhold.serve.limits import Limits
from commonhold.serve.request_body import read_json_body
from commonhold.serve.request_queue import QueuedAnswer, RequestQueue
from commonhold.serve.served_model import ServedModel
from commonhold.serve.stop_strings import until_stop_string

_EVENT_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would collect the pieces otherwise
]


class ChatCompletions:
    """Answers one conversation, whole or as a stream; an ASGI application, so as to notice a client that leaves."""

    def __init__(self, desk: RequestQueue, model: ServedModel, limits: Limits) -> None:
        self._desk = desk
        self._model = model
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await read_json_body(request, self._limits.max_body_bytes, self._limits.body_seconds)
        except ClientDisconnect:
            return
        chat = read_chat_request(body)
        if chat.model not in (None, self._model.name):
            message = f"There is no model '{chat.model}' here; this server has '{self._model.name}'."
            raise ErrorResponse(404, "model_not_found", message, "model")
        await until_hang_up(receive, self._reply(chat, scope, receive, send))

    async def _reply(self, chat: ChatRequest, scope: Scope, receive: Receive, send: Send) -> None:
        conversation = with_system_prompt(chat.conversation(), self._model.system_prompt)
        sampling = chat.sampling(self._limits.max_new_tokens)
        async with self._desk.answer(conversation, sampling) as answer:
            if chat.stream:
                await _send_events(send, self._events(chat, answer))
            else:
                await (await self._whole(chat, answer))(scope, receive, send)

    async def _whole(self, chat: ChatRequest, answer: QueuedAnswer) -> JSONResponse:
        texts: list[str] = []
        tokens = 0
        finish: Finish = "stop"
        async for piece in until_stop_string(answer.pieces, chat.stop):
            texts.append(piece.text)
            tokens += piece.tokens
            finish = piece.finish or finish
        counts = usage(answer.prompt_tokens, tokens)
        completion = CompletionResponse(self._model).completion("".join(texts), finish, counts)
        return JSONResponse(completion, headers={"Cache-Control": "no-store"})

    async def _events(self, chat: ChatRequest, answer: QueuedAnswer) -> AsyncIterator[bytes]:
        reply = CompletionResponse(self._model)
        counted = chat.stream_options.include_usage
        no_usage = {"usage": None} if counted else {}
        tokens = 0
        yield event(reply.chunk({"role": "assistant", "content": ""}) | no_usage)
        try:
            async for piece in until_stop_string(answer.pieces, chat.stop):
                tokens += piece.tokens
                if piece.text:
                    yield event(reply.chunk({"content": piece.text}) | no_usage)
                if piece.finish:
                    yield event(reply.chunk({}, piece.finish) | no_usage)
        except Exception as error:
            log_failure(error)
            yield event(engine_failed().body)
            return
        if counted:
            yield event(reply.usage_chunk(usage(answer.prompt_tokens, tokens)))
        yield END_OF_EVENTS


async def _send_events(send: Send, events: AsyncIterator[bytes]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _EVENT_HEADERS})
    async for data in events:
        await send({"type": "http.response.body", "body": data, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
