"""Reads a request's body, and no more of it than allowed."""

import asyncio

from starlette.requests import Request

from commonhold.serve.error_response import ErrorResponse


async def read_json_body(request: Request, max_bytes: int, seconds: float) -> bytes:
    """The body of a request that says it is JSON; counted while it arrives, whatever its header promises.

    Raises:
        ErrorResponse: another content type, more than `max_bytes`, or not here in time.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ErrorResponse(415, "unsupported_media_type", "Send the request with 'Content-Type: application/json'.")
    too_large = ErrorResponse(
        413, "request_too_large", f"The request is larger than {max_bytes:,} bytes. Send less text."
    )
    promised = request.headers.get("content-length", "0")
    if promised.isdecimal() and int(promised[:20]) > max_bytes:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                body += part
                if len(body) > max_bytes:
                    raise too_large
    except TimeoutError as error:
        message = f"The request did not arrive within {seconds:g} seconds. Send it again."
        raise ErrorResponse(408, "request_timeout", message) from error
    return bytes(body)
