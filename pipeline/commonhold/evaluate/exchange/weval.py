"""Weval's blueprints: prompts with ideal replies, points in plain language with their sources, and checks of words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from commonhold.errors import FormError, Problem
from commonhold.evaluate.exchange.carried import Carried, Left, ReplyChecks
from commonhold.evaluate.exchange.weval_points import add_points
from commonhold.forms import parse_yaml
from commonhold.sheets.source import Source
from commonhold.sheets.text_lines import whole_text
from commonhold.sheets.whole_table import MAX_FILE_BYTES

_HEADER = frozenset(
    {"id", "configId", "title", "configTitle", "description", "models", "tags", "system", "systemPrompt"}
)
_PROMPT_KEYS = ("prompt", "promptText", "messages")
_POINTS = ("should", "points", "expect", "expects", "expectations")
_TAKEN = frozenset({*_PROMPT_KEYS, *_POINTS, "id", "ideal", "idealResponse", "should_not", "citation", "description"})
_SPLIT = re.compile(r"(?m)^---[ \t]*$")
CC0 = "CC0-1.0"


def read_weval(file: Path | Source) -> Carried:
    """The prompts of a blueprint, YAML in one or several documents or JSON.

    Raises:
        MissingInputError: there is no such file.
        FormError: it is no blueprint.
    """
    source = Source.at(file)
    text, guess = whole_text(source, MAX_FILE_BYTES)
    header, prompts = _parts(text, source.name)
    left = [Left("file", guess.note(source).message, guess.remedy)] if guess else []
    left += _header_left(header)
    checked: list[Mapping[str, str]] = []
    ideal: list[Mapping[str, str]] = []
    unjudged: list[Mapping[str, str]] = []
    for number, (line, prompt) in enumerate(prompts, start=1):
        if not isinstance(prompt, dict) or not any(prompt.get(key) for key in _PROMPT_KEYS):
            raise FormError([Problem(source.name, line, f"prompt {number}", "there is no prompt", "Write prompt: …")])
        location = f"prompt {prompt.get('id') or number} (line {line})"
        checks = ReplyChecks()
        left += _prompt_left(prompt, location)
        text = _text(prompt, location, left)
        for key in _POINTS:
            left += add_points(checks, prompt.get(key), location, negated=False)
        left += add_points(checks, prompt.get("should_not"), location, negated=True)
        cells = {
            **checks.cells(),
            "id": str(prompt.get("id") or f"prompt-{number}"),
            "prompt": text,
            "source": str(prompt.get("citation") or ""),
        }
        model = str(prompt.get("ideal") or prompt.get("idealResponse") or "").strip()
        if not text:
            continue
        if checks.is_checked:
            checked.append(cells)
            if model:
                why = "the item is judged by its checks; the ideal reply is not compared"
                left.append(Left(location, "ideal", why))
        elif model:
            ideal.append({**cells, "answer": " ".join(model.replace("|", "/").split())})
        else:
            unjudged.append(cells)
            left.append(Left(location, "kept in unjudged.csv", "it has only points that people, or a judge, can rate"))
    title = str(header.get("title") or header.get("configTitle") or PurePath(source.name).stem)
    description = str(header.get("description") or "")
    return Carried("Weval", checked, left, ideal, unjudged, title, description, CC0)


def _parts(text: str, file: str) -> tuple[Mapping[str, Any], list[tuple[int, Any]]]:
    """The header, and every prompt with the line on which it starts."""
    documents: list[tuple[int, Any, Mapping[tuple[str | int, ...], int]]] = []
    line = 1
    for part in _SPLIT.split(text):
        if part.strip():
            document = parse_yaml("\n" * (line - 1) + part, file)  # so that lines are those of the file
            documents.append((line, document.data, document.lines))
        line += part.count("\n")
    header: Mapping[str, Any] = {}
    prompts: list[tuple[int, Any]] = []
    for number, (_, data, lines) in enumerate(documents):
        if isinstance(data, list):
            prompts += [(lines[(index,)], entry) for index, entry in enumerate(data)]
        elif not isinstance(data, dict):
            continue
        elif isinstance(data.get("prompts"), list):
            header = data
            prompts += [(lines[("prompts", index)], entry) for index, entry in enumerate(data["prompts"])]
        elif number == 0 and not any(key in data for key in (*_PROMPT_KEYS, *_POINTS)) and _HEADER & set(data):
            header = data
        else:
            prompts.append((min(lines.values(), default=1), data))
    if not prompts:
        raise FormError([Problem(file, 1, "", "there are no prompts in it", "Is it a Weval blueprint?")])
    return header, prompts


def _header_left(header: Mapping[str, Any]) -> Iterator[Left]:
    for key in header:
        if key in ("system", "systemPrompt"):
            yield Left("header", key, "the instruction comes from the recipe: data.system_prompt")
        elif key not in ("id", "configId", "title", "configTitle", "description", "prompts"):
            yield Left("header", key, "no key of a task is for it")


def _prompt_left(prompt: Mapping[str, Any], location: str) -> Iterator[Left]:
    for key in prompt:
        if key in ("system", "systemPrompt"):
            yield Left(location, key, "the instruction comes from the recipe: data.system_prompt")
        elif key not in _TAKEN:
            yield Left(location, str(key), "no column of a task is for it")


def _text(prompt: Mapping[str, Any], location: str, left: list[Left]) -> str:
    """The one message of the prompt; empty when it is a conversation, which is put on the list."""
    text = prompt.get("prompt") or prompt.get("promptText")
    if isinstance(text, str):
        return text.strip()
    messages: Sequence[Any] = prompt["messages"] if isinstance(prompt.get("messages"), list) else []
    turns = [_turn(message) for message in messages]
    if len(turns) == 1 and turns[0][0] == "user":
        return turns[0][1].strip()
    left.append(Left(location, "left out", "it is a conversation of several messages; a task has one"))
    return ""


def _turn(message: Any) -> tuple[str, str]:
    if not isinstance(message, dict):
        return "", ""
    if "role" in message:
        return str(message["role"]), str(message.get("content") or "")
    role, content = next(iter(message.items()), ("", ""))
    return str(role), str(content)
