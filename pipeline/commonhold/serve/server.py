"""Runs the application on this machine's own address until it is told to stop."""

import asyncio
import errno
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from commonhold.errors import RequestError
from commonhold.serve.limits import Limits

HOST = "127.0.0.1"
MAX_CONNECTIONS = 64
SECONDS_TO_FINISH = 10


class _Server(uvicorn.Server):
    """Says so when it accepts connections."""

    def __init__(self, config: uvicorn.Config, say_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_ready = say_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._say_ready()


def serve(app: Starlette, limits: Limits, say: Callable[[str], None]) -> None:
    """Answers on 127.0.0.1 until Ctrl-C or a termination signal, which let answers end for ten seconds.

    Requests are not logged. Only the main thread hears signals.

    Raises:
        RequestError: the port is taken or not ours to take, or the app refuses to start.
        KeyboardInterrupt: Ctrl-C, after everything has ended.
    """
    with listen(limits.port) as listener:
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",  # entered below, so that a failed start is an exception here and not a log line
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
        )
        server = _Server(config, lambda: say(f"The model answers on http://{HOST}:{port}/. Ctrl-C stops it"))
        asyncio.run(_run(app, server, listener))


async def _run(app: Starlette, server: uvicorn.Server, listener: socket.socket) -> None:
    async with app.router.lifespan_context(app):
        await server.serve(sockets=[listener])


def listen(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 takes any that is free.

    Raises:
        RequestError: another program has the port, or the system keeps it for itself.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen()  # until then another program can bind the port too
    except OSError as error:
        listener.close()
        causes = {errno.EADDRINUSE: "another program uses this port", errno.EACCES: "the system keeps this port"}
        cause = causes.get(error.errno or 0, error.strerror or "cannot be used")
        remedy = f"Stop the other program, or choose another port, such as serve.port: {port + 1}"
        raise RequestError(f"{HOST}:{port}: {cause}. {remedy}") from error
    return listener
