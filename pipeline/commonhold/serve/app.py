"""All routes of the server over one engine."""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from commonhold.models.chat_template import with_system_prompt
from commonhold.records.chat import Message
from commonhold.serve.chat import ChatCompletions
from commonhold.serve.chat_page import page_routes
from commonhold.serve.completion_response import model_entry
from commonhold.serve.engine import Engine
from commonhold.serve.error_response import ErrorResponse
from commonhold.serve.guard import Guard
from commonhold.serve.limits import Limits
from commonhold.serve.request_queue import RequestQueue
from commonhold.serve.served_model import ServedModel


def build_app(engine: Engine, model: ServedModel, limits: Limits) -> Starlette:
    """The application; its start asks the engine for one token, its end stops the engine."""
    desk = RequestQueue(engine, limits)
    greeting = with_system_prompt((Message("user", "Hello"),), model.system_prompt)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            await desk.check(greeting)
            yield
        finally:
            desk.close()

    routes = [
        Route("/v1/chat/completions", ChatCompletions(desk, model, limits), methods=["POST"]),
        *_model_routes(model),
        *_health_routes(desk),
        *page_routes(model),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard)],
        exception_handlers={HTTPException: _no_route, ErrorResponse: _refuse},
        lifespan=lifespan,
    )


def _model_routes(model: ServedModel) -> list[Route]:
    entry = model_entry(model)

    async def every(_: Request) -> Response:
        return JSONResponse({"object": "list", "data": [entry]})

    async def one(request: Request) -> Response:
        if (asked := request.path_params["model_id"]) != model.name:
            message = f"There is no model '{asked}' here; this server has '{model.name}'."
            raise ErrorResponse(404, "model_not_found", message, "model")
        return JSONResponse(entry)

    return [Route("/v1/models", every, methods=["GET"]), Route("/v1/models/{model_id}", one, methods=["GET"])]


def _health_routes(desk: RequestQueue) -> list[Route]:
    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_: Request) -> Response:
        if not desk.ready:
            raise ErrorResponse(503, "not_ready", "The model has not answered yet.")
        return JSONResponse({"status": "ready"})

    return [Route("/health/live", live, methods=["GET"]), Route("/health/ready", ready, methods=["GET"])]


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, ErrorResponse)
    return error.response()


async def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed"}
    message = f"{request.method} {request.url.path}: {error.detail}."
    response = ErrorResponse(error.status_code, codes.get(error.status_code, "http_error"), message).response()
    response.headers.update(error.headers or {})
    return response
