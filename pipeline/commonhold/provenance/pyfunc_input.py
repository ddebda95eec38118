"""What people hand to a registered model, read as conversations: texts, chat messages, or a table of either."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from commonhold.errors import RequestError
from commonhold.records.chat import Conversation, Message

COLUMNS = ("messages", "prompt")
"""What a table is asked by, the first that it has."""
_TURNS = TypeAdapter(tuple[Message, ...])
_FORM = "Give a text, or messages such as [{'role': 'user', 'content': 'Where is the well?'}]"


def conversations_of(asked: object) -> list[Conversation]:
    """One conversation for each question, in order.

    `asked` is one question, a list (or numpy array) of them, or a pandas table with a column `messages`, a column
    `prompt`, or one column only. A question is a text, the messages of a chat (`role` and `content` each), or
    `{"messages": [...]}`. A list of messages is one question.

    Raises:
        RequestError: something else was given; the message names the question.
    """
    questions = _listed(asked)
    return [_conversation(f"question {number}", question) for number, question in enumerate(questions, start=1)]


def _listed(asked: Any) -> Sequence[object]:
    if hasattr(asked, "columns"):
        asked = asked[_column([str(name) for name in asked.columns])]
    if hasattr(asked, "tolist"):
        asked = asked.tolist()
    if isinstance(asked, str | Mapping) or _is_chat(asked):
        return [asked]
    if not isinstance(asked, list | tuple):
        raise RequestError(f"what is asked is a {type(asked).__name__}. {_FORM}, or a list or table of those")
    return asked


def _column(names: list[str]) -> str:
    candidates = [name for name in COLUMNS if name in names] or (names if len(names) == 1 else [])
    if not candidates:
        raise RequestError(
            f"the table has the columns {', '.join(names) or '(none)'}. Call the one with the questions "
            "prompt, or messages"
        )
    return candidates[0]


def _is_chat(asked: object) -> bool:
    return (
        isinstance(asked, list | tuple) and bool(asked) and all(isinstance(e, Mapping) and "role" in e for e in asked)
    )


def _conversation(label: str, question: object) -> Conversation:
    if isinstance(question, str):
        return (Message("user", question),)
    turns = question.get("messages") if isinstance(question, Mapping) else question
    if not isinstance(turns, list | tuple) or not turns:
        raise RequestError(f"{label} is a {type(question).__name__} without messages. {_FORM}")
    try:
        return _TURNS.validate_python(tuple(turns))
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        where = " ".join(str(part + 1 if isinstance(part, int) else part) for part in wrong["loc"])
        raise RequestError(f"{label}, message {where}: {wrong['msg'].lower()}. {_FORM}") from error
