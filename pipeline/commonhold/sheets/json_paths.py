"""What a dotted path leads to in a JSON object: `data.text`, `annotations.0.result.0.value`, `messages.user`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

MAX_LEVELS = 12
MAX_PATHS = 500
ASKS, REPLIES = ("user", "human"), ("assistant", "gpt", "bot", "model", "chatbot")
"""What programs call the two sides of a conversation."""
CHOSEN = ("choices", "labels", "taxonomy", "rating", "text", "number")
"""Under which key Label Studio writes what a person chose or typed."""
SEVERAL = "; "
"""Between several choices of one question."""


class Conversation(NamedTuple):
    """A list of turns in place of a text."""

    path: str
    sides: tuple[str, ...]
    """What its sides are called, in their order."""
    exchanges: int
    """Messages that have a reply."""

    @property
    def asks(self) -> str:
        """Path of the first message."""
        return f"{self.path}.{next((side for side in self.sides if side in ASKS), ASKS[0])}"

    @property
    def replies(self) -> str:
        """Path of the reply to it."""
        return f"{self.path}.{next((side for side in self.sides if side in REPLIES), REPLIES[0])}"


def paths(value: Mapping[str, Any]) -> Iterator[str]:
    """Every path of an object that leads to text, deepest last; lists of turns by their sides."""
    for number, path in enumerate(_paths(value, "", 0)):
        if number == MAX_PATHS:
            return
        yield path


def _paths(value: Any, at: str, level: int) -> Iterator[str]:
    if at:
        yield at
    if level == MAX_LEVELS:
        return
    if sides := sides_of(value):
        yield from (f"{at}.{side}" for side in sides)
        return
    inner: Iterator[tuple[Any, Any]] = iter(())
    if isinstance(value, dict):
        inner = iter(value.items())
    elif isinstance(value, list):
        inner = iter(enumerate(value[:1]))
    for key, content in inner:
        yield from _paths(content, f"{at}.{key}" if at else str(key), level + 1)


def leaves(columns: Sequence[str]) -> list[str]:
    """Of paths those that lead to no further ones."""
    return [name for name in columns if not any(other.startswith(f"{name}.") for other in columns)]


def reach(value: Any, path: str) -> Any:
    """What a path leads to.

    Raises:
        KeyError: it leads nowhere.
    """
    if not path:
        return value
    if isinstance(value, dict):
        parts = path.split(".")
        for length in range(1, len(parts) + 1):  # a key may hold a full stop itself
            if (key := ".".join(parts[:length])) in value:
                try:
                    return reach(value[key], ".".join(parts[length:]))
                except KeyError:
                    continue
        raise KeyError(path)
    part, _, rest = path.partition(".")
    if not isinstance(value, list):
        raise KeyError(path)
    if part.isdecimal() and part.isascii() and len(part) < 10:
        if int(part) >= len(value):
            raise KeyError(path)
        return reach(value[int(part)], rest)
    if sides_of(value):
        return reach(_said(value, part), rest)
    raise KeyError(path)


def sides_of(value: Any) -> tuple[str, ...]:
    """The sides of a conversation in their order, each once; none where a value is something else."""
    if not isinstance(value, list) or not value:
        return ()
    sides = [_side(turn) for turn in value]
    return tuple(dict.fromkeys(sides)) if all(sides) else ()


def _side(turn: Any) -> str:
    if not isinstance(turn, dict):
        return ""
    for side, says in (("role", "content"), ("from", "value"), ("role", "text"), ("speaker", "text")):
        if isinstance(turn.get(side), str) and says in turn:
            return str(turn[side])
    return ""


def _said(turns: Sequence[Mapping[str, Any]], side: str) -> Any:
    """What a side says first; of a reply, what it says first after a message."""
    sides = [_side(turn) for turn in turns]
    first = 0
    if side not in (*ASKS, "system"):
        first = next((number for number, each in enumerate(sides) if each in ASKS), 0)
    for turn, each in zip(turns[first:], sides[first:], strict=True):
        if each == side:
            return _text_of(next(turn[says] for says in ("content", "value", "text") if says in turn))
    raise KeyError(side)


def _text_of(content: Any) -> Any:
    """A turn's text, which may be in parts."""
    if isinstance(content, list) and content and all(isinstance(part, dict) for part in content):
        texts = [part.get("text") for part in content]
        if all(isinstance(text, str) for text in texts):
            return "\n".join(map(str, texts))
    return content


def conversation(value: Any, path: str) -> Conversation | None:
    """The conversation that a value is."""
    sides = sides_of(value)
    if not sides or not any(side in ASKS for side in sides):
        return None
    turns = [_side(turn) for turn in value]
    exchanges = sum(turns[i] in ASKS and turns[i + 1] in REPLIES for i in range(len(turns) - 1))
    return Conversation(path, sides, exchanges)


def chosen(value: Any) -> str | None:
    """What people chose in Label Studio, of a task's `annotations` or of one choice; none where a value is not that.

    Raises:
        ValueError: two people chose differently, or there are several questions.
    """
    if isinstance(value, dict) and len(value) == 1 and "choices" in value:
        return _joined(value["choices"])
    if not isinstance(value, list) or not all(isinstance(each, dict) and "result" in each for each in value):
        return None
    if not value:
        return None
    kept = [each for each in value if each.get("was_cancelled") not in (True, "true")]
    truth = [each for each in kept if each.get("ground_truth") is True]
    answers: dict[str, None] = {}
    for annotation in truth or kept:
        results = [
            each for each in annotation["result"] if isinstance(each, dict) and isinstance(each.get("value"), dict)
        ]
        texts = [text for each in results if (text := _chosen_of(each["value"])) is not None]
        if len({each.get("from_name") for each in results}) > 1:
            raise ValueError(
                "it has answers to several questions: name one, such as annotations.0.result.0.value.choices"
            )
        answers.update(dict.fromkeys([SEVERAL.join(texts)] if texts else []))
    if len(answers) > 1:
        named = ", ".join(map(repr, answers))
        raise ValueError(f"people chose differently ({named}): decide in Label Studio (ground truth), or keep one")
    return next(iter(answers), "")


def _chosen_of(value: Mapping[str, Any]) -> str | None:
    for key in CHOSEN:
        if key in value:
            return _joined(value[key])
    return None


def _joined(content: Any) -> str | None:
    parts = content if isinstance(content, list) else [content]
    parts = [part[-1] if isinstance(part, list) and part else part for part in parts]  # a taxonomy's path ends in it
    return SEVERAL.join(parts) if all(isinstance(part, str) for part in parts) else None
