"""Stands before every route: who may ask, what the browser may do with the answer, and what a failure looks like."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commonhold.serve.error_response import ErrorResponse, engine_failed
from commonhold.serve.failure_log import log_failure

_LOCAL_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Guard:
    """Refuses strange hosts and origins, adds security headers, and keeps what people wrote out of failure logs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        try:
            check_sender(scope["method"], Headers(scope=scope))
            await self._app(scope, receive, send_guarded)
        except ErrorResponse as refusal:
            await refusal.response()(scope, receive, send_guarded)
        except Exception as error:
            log_failure(error)
            if not started:
                await engine_failed().response()(scope, receive, send_guarded)


def check_sender(method: str, headers: Headers) -> None:
    """Refuses requests that a page of another site makes a browser send.

    The name in `Host` must be local, or a site whose name was rebound to 127.0.0.1 could read answers. Any port will
    do, because tunnels and containers change it. A browser sends `Origin` with every POST; it must be the same host.

    Raises:
        ErrorResponse: the host is not local, or the origin is another.
    """
    hosts = headers.getlist("host")
    if len(hosts) != 1 or _LOCAL_HOST.fullmatch(hosts[0]) is None:
        message = "This server answers to localhost, 127.0.0.1 and [::1] only. A proxy must set the Host header to one."
        raise ErrorResponse(421, "wrong_host", message)
    if method in ("GET", "HEAD"):
        return
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in (f"http://{hosts[0].lower()}", f"https://{hosts[0].lower()}"):
        raise ErrorResponse(403, "wrong_origin", "Pages of other sites may not use this server.")
