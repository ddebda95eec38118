"""A request that is not answered, in the shape of OpenAI's errors, which its clients know how to show."""

from typing import Any

from starlette.responses import JSONResponse

RETRY_SECONDS = 10


class ErrorResponse(Exception):  # noqa: N818  a refusal is an answer, not a failure
    """Ends a request with a status, a sentence for the person and a word for the program."""

    def __init__(self, status: int, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param
        """The field of the request that is at fault, such as `messages[0].content`."""

    @property
    def body(self) -> dict[str, Any]:
        """OpenAI's error object."""
        kind = {429: "rate_limit_error"}.get(self.status)
        kind = kind or ("server_error" if self.status >= 500 else "invalid_request_error")
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}

    def response(self) -> JSONResponse:
        """The whole answer; one that is worth repeating later says when."""
        headers = {"Cache-Control": "no-store"}
        if self.status in (429, 503):
            headers["Retry-After"] = str(RETRY_SECONDS)
        return JSONResponse(self.body, self.status, headers)


def engine_failed() -> ErrorResponse:
    """Our fault; the cause is in the server's log, never in the answer."""
    return ErrorResponse(500, "internal_error", "The server failed to answer. Try again, or tell the operator.")
