"""What a person writes, read strictly: YAML to frozen models, every problem at once with file:line.

YAML here is the JSON subset with YAML's layout: `yes` and `no` are words, `1e-3` is a number, dates stay text; tags,
duplicate keys and documents that refer to themselves are refused. A value is taken as written: `"3"` is text, `true` is
no number.
"""

import codecs
import difflib
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from commonhold.errors import FormError, MissingInputError, Problem
from commonhold.file_signatures import kind_of_bytes
from commonhold.form_messages import QUOTE, value_fault, yaml_fault

MAX_FORM_BYTES = 1 << 20
MAX_SHOWN_CHARACTERS = 80
MAX_LEVELS = 32
MOST_ZEROS = 8
"""Zero bytes, above which a file is none that a person typed."""
REMOVE_KEY = "Correct its spelling, or remove it"
MAX_DIGITS = 300
"""Longest whole number that is read; Python itself stops at 4300 digits, floats at 308."""


class Form(BaseModel):
    """A section a person fills in: unknown keys are refused, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    synonyms: ClassVar[Mapping[str, str]] = {}
    """Words that other programs have for a key, or that earlier versions had: refused, with the key that is meant."""


def written_as(pattern: str, what: str) -> AfterValidator:
    """Refuses texts that do not have a form; `what` says in words, and by an example, what belongs there."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text):
            raise ValueError(f"this should be {what}")
        return text

    return AfterValidator(check)


def written_day(value: object) -> date:
    """The day that a text is."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError("the calendar has no such day; a date is written YYYY-MM-DD") from error
    raise ValueError("a date is written YYYY-MM-DD")


FormT = TypeVar("FormT", bound=BaseModel)
Lines = Mapping[tuple[str | int, ...], int]


class Document(NamedTuple):
    """A YAML file as plain data, and the line on which each key or list item is."""

    data: Any
    lines: Lines


class _StrictLoader(yaml.SafeLoader):
    """SafeLoader with the scalar rules of YAML 1.2's core schema and without merge keys."""


_StrictLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.?[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
):
    _StrictLoader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))


def _build(node: yaml.Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], file: str) -> Any:
    problem = Problem(file, node.start_mark.line + 1, ".".join(map(str, path)), "")
    lines.setdefault(path, problem.line)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = _key(key_node, mapping, replace(problem, line=key_node.start_mark.line + 1))
            lines[(*path, key)] = key_node.start_mark.line + 1
            mapping[key] = _build(value_node, (*path, key), lines, file)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, (*path, index), lines, file) for index, child in enumerate(node.value)]
    return _scalar(node, problem)


def _key(node: yaml.Node, taken: Mapping[str, Any], problem: Problem) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise FormError([replace(problem, message="a list or section cannot be a key", remedy="Use a word")])
    key = _whole_characters(node.value, problem)
    if key in taken:
        raise FormError([replace(problem, message=f"key {key!r} appears twice", remedy="Keep one of the two")])
    return key


def _scalar(node: yaml.Node, problem: Problem) -> Any:
    text = node.value
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "null":
            return None
        case "bool":
            return text == "true"
        case "int" if len(text) > MAX_DIGITS:
            message = f"a number of {len(text)} digits is too long"
            raise FormError([replace(problem, message=message, remedy=QUOTE)])
        case "int":
            return int(text)
        case "float":
            number = float(text)
            if not math.isfinite(number):
                raise FormError([replace(problem, message=f"{text} is too large a number", remedy=QUOTE)])
            return number
        case _:
            return _whole_characters(text, problem)


def _whole_characters(text: str, problem: Problem) -> str:
    # A double-quoted scalar may spell a character above U+FFFF as two escapes (\ud83d\ude00), which belong together.
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        message = "half a character: an escape such as \\ud83d is alone"
        raise FormError([replace(problem, message=message, remedy="Type the character itself")]) from error


def parse_yaml(text: str, file: str) -> Document:
    """Plain data from YAML text, with the line of every key.

    Raises:
        FormError: the text is not YAML of the strict kind.
    """
    try:
        _refuse_tricks(text, file)
        node = yaml.compose(text, Loader=_StrictLoader)
        lines: dict[tuple[str | int, ...], int] = {}
        data = {} if node is None else _build(node, (), lines, file)
    except yaml.MarkedYAMLError as error:
        fault = yaml_fault(error.problem or "", error.context or "")
        mark = error.problem_mark
        if error.context_mark and "quoted scalar" in (error.context or ""):
            mark = error.context_mark  # where the quotation mark is, not where the file ends
        line = mark.line + 1 if mark else 0
        raise FormError([Problem(file, line, "", f"not readable as YAML: {fault.message}", fault.remedy)]) from error
    except yaml.reader.ReaderError as error:
        message = f"not readable as YAML: the character U+{int(error.character):04X} is not allowed"
        raise FormError([Problem(file, text[: error.position].count("\n") + 1, "", message, "Remove it")]) from error
    return Document(data, lines)


def _refuse_tricks(text: str, file: str) -> None:
    """Refuses tags, aliases and deep nesting before anything is built; PyYAML takes half a minute for 5,000 levels."""
    level = 0
    for event in yaml.parse(text, Loader=_StrictLoader):
        problem = Problem(file, event.start_mark.line + 1 if event.start_mark else 0, "", "")
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > MAX_LEVELS:
            message = f"lists or sections nested over {MAX_LEVELS} levels deep"
            raise FormError([replace(problem, message=message, remedy="Write them flatter")])
        if isinstance(event, yaml.AliasEvent):
            message = "aliases (*name) are not allowed"
            raise FormError([replace(problem, message=message, remedy="Write the value out")])
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            raise FormError([replace(problem, message=f"the tag {tag} is not allowed", remedy="Remove it")])


def read_yaml(path: Path, shown: str = "") -> Document:
    """Plain data from a YAML file of at most 1 MiB; `shown` is what messages call it, where that is not its path.

    Raises:
        MissingInputError: there is no such file.
        FormError: it is too large, not UTF-8, or not YAML of the strict kind.
    """
    return parse_yaml(read_text(path, max_bytes=MAX_FORM_BYTES, shown=shown), shown or str(path))


def read_text(path: Path, max_bytes: int | None = None, shown: str = "") -> str:
    """A text file in UTF-8; a byte-order mark is dropped. `shown` is what messages call the file.

    Raises:
        MissingInputError: there is no such file, or it may not be read.
        FormError: it is too large, or not in UTF-8; the message has the line of the first wrong byte.
    """
    name = shown or str(path)
    if path.is_dir():
        raise MissingInputError(
            f"{name}: there is no such file, but a folder of this name. Name the file that is in it"
        )
    if not path.is_file():
        raise MissingInputError(f"{name}: there is no such file. Check the name, relative to where you call from")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingInputError(f"{name}: cannot be read ({error.strerror}). Check who may read the file") from error
    if (kind := kind_of_bytes(io.BytesIO(data), name)) is not None:
        remedy = kind.remedy or "Name the text file that is meant, or save it as plain text"
        raise FormError([Problem(name, 0, "", f"this is {kind.noun}, not a text file", remedy)])
    if max_bytes is not None and len(data) > max_bytes:
        message = f"{len(data):,} bytes, more than {max_bytes:,}"
        raise FormError([Problem(name, 0, "", message, "Check that it is the right file")])
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise FormError([Problem(name, 1, "", "the text is in UTF-16", "Save the file as UTF-8")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        wrong = data[error.start : error.start + 1].hex()
        message = f"byte 0x{wrong} is not readable as utf-8"
        raise FormError([Problem(name, line, "", message, "Save the file as UTF-8")]) from error
    if data.count(b"\0") > MOST_ZEROS:
        message = "this is not a text file: it holds zero bytes"
        raise FormError([Problem(name, 0, "", message, "Check that it is the right file, and save it as UTF-8")])
    return text


def validate(model: type[FormT], document: Document, file: str, help_command: str = "") -> FormT:
    """Plain data as a frozen model, or every problem in it at once.

    `help_command` is a command that explains a key; the key's path is appended to it in remedies.

    Raises:
        FormError: keys are unknown or missing, or values have the wrong type or are refused.
    """
    try:
        # By way of JSON because only there a list may become a tuple while nothing else is converted.
        return model.model_validate_json(json.dumps(document.data), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = [_problem(model, detail, document, file, help_command) for detail in details]
        raise FormError(_one_per_key(problems)) from error


def _problem(model: type[BaseModel], detail: ErrorDetails, document: Document, file: str, help_command: str) -> Problem:
    path = tuple(part for part in detail["loc"] if (part in _keys(document.lines)) or detail["type"] == "missing")
    line = _nearest_line(document.lines, path)
    key = ".".join(map(str, path))
    remedy = f"Run: {help_command} {key}".rstrip() if help_command else ""
    if detail["type"] == "extra_forbidden":
        section = ".".join(map(str, path[:-1]))
        remedy = f"Run: {help_command} {section}".rstrip() if help_command else ""
        near = nearest_key(model, path)
        hint = f"; did you mean {near!r}?" if near else ""
        return Problem(file, line, key, f"unknown key{hint}", remedy or ("" if near else REMOVE_KEY))
    if detail["type"] == "missing":
        return Problem(file, line, key, "this key is missing", remedy or f"Write it: '{path[-1]}: …'")
    fault = value_fault(detail["type"], detail.get("ctx", {}), detail["input"], detail["msg"])
    message = fault.message
    if not isinstance(detail["input"], (dict, list)):
        message = f"{message}, got {_shown(detail['input'])}"
    return Problem(file, line, key, message, remedy or fault.remedy)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}…"


def _one_per_key(problems: Sequence[Problem]) -> list[Problem]:
    # A value that may be of two kinds fails once for each; the person made one mistake.
    merged: dict[tuple[int, str], Problem] = {}
    for problem in problems:
        where = (problem.line, problem.place)
        other = merged.get(where)
        merged[where] = replace(other, message=f"{other.message}; or {problem.message}") if other else problem
    return list(merged.values())


def _keys(lines: Lines) -> set[str | int]:
    return {part for path in lines for part in path}


def _nearest_line(lines: Lines, path: Sequence[str | int]) -> int:
    for length in range(len(path), -1, -1):
        if (line := lines.get(tuple(path[:length]))) is not None:
            return line
    return 0


def nearest_key(model: type[BaseModel], path: Sequence[str | int]) -> str:
    """The key that is meant by the last part of a path which `model` does not know; empty for none like it."""
    section, word = _section(model, path[:-1]), str(path[-1])
    if section is None:
        return ""
    if (meant := getattr(section, "synonyms", {}).get(word)) is not None:
        return str(meant)
    near = difflib.get_close_matches(word, _fields(section), n=1, cutoff=0.6)
    return near[0] if near else ""


def _section(model: type[BaseModel], path: Sequence[str | int]) -> Any:
    """The model that reads what is at a path; none when the path leads nowhere."""
    current: Any = model
    for part in path:
        if isinstance(part, int):
            continue
        field = _fields(current).get(part) if _is_form(current) else None
        if field is None:
            return None
        current = next((kind for kind in _kinds(field.annotation) if _is_form(kind)), None)
    return current if _is_form(current) else None


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    # By the key a person writes: `from` is a word of Python, so a field behind it has another name.
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _is_form(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _kinds(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _kinds(argument)
