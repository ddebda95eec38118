"""What is set on the command line: `--set train.epochs=1` put into a recipe's plain data before it is checked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from commonhold.errors import FormError, Problem
from commonhold.forms import Document, parse_yaml

OPTION = "--set"


@dataclass(frozen=True, slots=True)
class Override:
    """One value from the command line."""

    text: str
    """As typed: `train.lora.rank=8`."""
    path: tuple[str, ...]
    value: Any

    @property
    def label(self) -> str:
        """How a message names it."""
        return f"{OPTION} {self.text}"

    @property
    def key(self) -> str:
        """The dotted key that is set."""
        return ".".join(self.path)

    def covers(self, key: str) -> bool:
        """Whether the dotted `key` is the key that is set, or lies in its value."""
        return key == self.key or key.startswith(f"{self.key}.")


def parse_overrides(texts: Sequence[str]) -> tuple[list[Override], list[Problem]]:
    """The overrides that can be read, in order, and what is wrong with the others."""
    overrides: list[Override] = []
    problems: list[Problem] = []
    for text in texts:
        key, equals, value = text.partition("=")
        path = tuple(part.strip() for part in key.split("."))
        label = f"{OPTION} {text}"
        if not equals or not all(path):
            problems.append(Problem(label, 0, "", "this is not key=value", f"Write {OPTION} train.epochs=1"))
            continue
        try:
            # Behind a key of its own, so that an empty value is read as YAML reads it: as null.
            data = parse_yaml(f"value: {value}", label).data
        except FormError as error:
            problems += [replace(problem, line=0, place="") for problem in error.problems]
            continue
        if list(data) != ["value"]:
            problems.append(Problem(label, 0, "", "this is more than one value", "Write a list as [one, two]"))
            continue
        overrides.append(Override(text, path, data["value"]))
    return overrides, problems


def apply_overrides(document: Document, overrides: Sequence[Override]) -> tuple[Document, list[Problem]]:
    """A copy of the document with the values put in, and the overrides that have no place in it.

    Sections that the file leaves out are added; a list is set whole. Keys that an override brings have line 0.
    """
    problems: list[Problem] = []
    for override in overrides:
        try:
            data = _with_value(document.data, override.path, override.value)
        except _NotASectionError as error:
            remedy = f"Set the whole of it: {OPTION} '{error.key}=…'" if error.key else ""
            problems.append(Problem(override.label, 0, "", f"{error.key or 'the recipe'} is not a section", remedy))
            continue
        lines = {path: line for path, line in document.lines.items() if path[: len(override.path)] != override.path}
        for path in _paths(override.value):
            lines[(*override.path, *path)] = 0
        for length in range(1, len(override.path)):
            lines.setdefault(override.path[:length], 0)
        document = Document(data, lines)
    return document, problems


def deciding_override(key: str, overrides: Sequence[Override]) -> Override | None:
    """The override that gave the dotted `key` its value, or took it away: the last of those that cover it."""
    return next((override for override in reversed(overrides) if override.covers(key)), None)


def blame_overrides(problem: Problem, overrides: Sequence[Override]) -> Problem:
    """The same problem, placed at the override that brought it; unchanged when the file did."""
    override = deciding_override(problem.place, overrides)
    if override is not None:
        inside = problem.place.removeprefix(override.key).removeprefix(".")
        return replace(problem, file=override.label, line=0, place=inside)
    if problem.line == 0:  # a section that is only in an override: `trian.epochs=1` brings `trian`
        for override in overrides:
            if override.key.startswith(f"{problem.place}."):
                return replace(problem, file=override.label, place="")
    return problem


class _NotASectionError(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _with_value(data: Any, path: Sequence[str], value: Any, above: tuple[str, ...] = ()) -> Any:
    if not path:
        return value
    if data is None:  # `train:` with nothing below it
        data = {}
    if not isinstance(data, dict):
        raise _NotASectionError(".".join(above))
    key, *rest = path
    return {**data, key: _with_value(data.get(key), rest, value, (*above, key))}


def _paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    yield ()
    children: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        children = value.items()
    elif isinstance(value, list):
        children = enumerate(value)
    for key, child in children:
        yield from ((key, *path) for path in _paths(child))
