"""Reads the body of a chat request as OpenAI's clients send it.

Unknown fields are ignored, because clients send many. Known fields that would change the answer and that this server
does not honour are refused. Only the fields named here ever reach the engine.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, from_json

from commonhold.records.answer import Sampling
from commonhold.records.chat import Conversation, Message, Role
from commonhold.serve.error_response import ErrorResponse


def _join_text_parts(content: Any) -> Any:
    """A list of text parts as one text, a line each; anything else is left for the type check."""
    if not isinstance(content, list):
        return content
    texts: list[str] = []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind != "text" or not isinstance(part.get("text"), str):
            raise ValueError("this model reads text only; a part is {'type': 'text', 'text': '...'}")
        texts.append(part["text"])
    return "\n".join(texts)


def _one_or_many(stop: Any) -> Any:
    return (stop,) if isinstance(stop, str) else stop


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class ChatMessage(_Wire):
    """One turn."""

    role: Role
    content: Annotated[str, BeforeValidator(_join_text_parts)]


class StreamOptions(_Wire):
    """What a stream tells beside the text."""

    include_usage: bool = False


StopString = Annotated[str, Field(min_length=1)]


class ChatRequest(_Wire):
    """What the client asks for."""

    model: str | None = None
    messages: tuple[ChatMessage, ...] = Field(min_length=1, strict=False)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    temperature: float = Field(default=0.0, ge=0.0, le=2.0)
    top_p: float = Field(default=1.0, gt=0.0, le=1.0)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: Annotated[tuple[StopString, ...], BeforeValidator(_one_or_many)] = Field(
        default=(), max_length=4, strict=False
    )
    stream: bool = False
    stream_options: StreamOptions = StreamOptions()

    def conversation(self) -> Conversation:
        """The turns as they were sent."""
        return tuple(Message(message.role, message.content) for message in self.messages)

    def sampling(self, max_new_tokens: int) -> Sampling:
        """How to draw the answer, with at most `max_new_tokens` tokens."""
        asked = self.max_completion_tokens or self.max_tokens or max_new_tokens
        return Sampling(min(asked, max_new_tokens), self.temperature, self.top_p, self.seed)


_TOOLS = "this model cannot call tools or functions"
_LOGPROBS = "this server does not report token probabilities"
_PENALTY = "this server has no repetition penalties"

_UNSUPPORTED: Mapping[str, tuple[tuple[Any, ...], str]] = {
    "tools": (([],), _TOOLS),
    "tool_choice": (("none", "auto"), _TOOLS),
    "functions": (([],), _TOOLS),
    "function_call": (("none", "auto"), _TOOLS),
    "response_format": (({"type": "text"},), "this server answers in plain text; ask for the form in the message"),
    "n": ((1,), "this server gives one answer a request; send the request again for another"),
    "logprobs": ((False,), _LOGPROBS),
    "top_logprobs": ((0,), _LOGPROBS),
    "logit_bias": (({},), "this server does not change token probabilities"),
    "frequency_penalty": ((0,), _PENALTY),
    "presence_penalty": ((0,), _PENALTY),
    "modalities": ((["text"],), "this model writes text only"),
    "audio": ((), "this model writes text only"),
    "web_search_options": ((), "this model does not search the web"),
}
"""Field → values that ask for nothing, and why the others are refused."""


def read_chat_request(body: bytes) -> ChatRequest:
    """The request in a JSON body.

    Raises:
        ErrorResponse: the body is not JSON, a field has a wrong value, or asks for what this server does not do.
    """
    try:
        data = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise ErrorResponse(400, "invalid_json", f"The request is not readable as JSON: {error}.") from error
    if not isinstance(data, dict):
        raise ErrorResponse(400, "invalid_json", "The request must be a JSON object with 'messages'.")
    given = {field: value for field, value in data.items() if value is not None}
    for field, (harmless, reason) in _UNSUPPORTED.items():
        if field in given and given[field] not in harmless:
            raise ErrorResponse(400, "unsupported_parameter", f"'{field}': {reason}. Leave '{field}' out.", field)
    try:
        return ChatRequest.model_validate(given)
    except ValidationError as error:
        raise _wrong_value(error.errors(include_url=False, include_input=False)[0]) from error


def _wrong_value(detail: ErrorDetails) -> ErrorResponse:
    param = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).removeprefix(".")
    code = "missing_required_parameter" if detail["type"] == "missing" else "invalid_value"
    message = detail["msg"].removeprefix("Value error, ")
    return ErrorResponse(400, code, f"'{param}': {message[:1].lower()}{message[1:]}.", param)
