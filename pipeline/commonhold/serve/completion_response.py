"""Answers in the shapes of OpenAI's chat completions."""

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from commonhold.records.answer import Finish
from commonhold.serve.served_model import ServedModel

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CompletionResponse:
    """What every part of one answer repeats."""

    model: ServedModel
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(12)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def completion(self, text: str, finish: Finish, usage: Json) -> Json:
        """The whole answer."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
        return self._frame("chat.completion") | {"choices": [choice], "usage": usage}

    def chunk(self, delta: Json, finish: Finish | None = None) -> Json:
        """A part of a streamed answer."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self._frame("chat.completion.chunk") | {"choices": [choice]}

    def usage_chunk(self, usage: Json) -> Json:
        """The last part of a stream whose client asked for the counts."""
        return self._frame("chat.completion.chunk") | {"choices": [], "usage": usage}

    def _frame(self, kind: str) -> Json:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model.name,
            "system_fingerprint": self.model.bundle_digest,
        }


def usage(prompt_tokens: int, completion_tokens: int) -> Json:
    """The counts of one answer."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }


def event(data: Json) -> bytes:
    """One server-sent event (HTML Standard, section 9.2)."""
    return b"data: " + json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n\n"


END_OF_EVENTS = b"data: [DONE]\n\n"


def model_entry(model: ServedModel) -> Json:
    """OpenAI's model object, with where the model comes from."""
    return {
        "id": model.name,
        "object": "model",
        "created": model.created_seconds,
        "owned_by": "commonhold",
        "version": model.version,
        "bundle_digest": model.bundle_digest,
        "base": model.base_id,
        "licence": model.licence,
        "purpose": model.purpose,
        "contact": model.contact,
    }
