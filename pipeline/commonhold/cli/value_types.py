"""Values on the command line: numbers within bounds, sizes, prices, files and folders."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

MOST_WORKERS = 1024
MOST_CARD_GB = 1000

T = TypeVar("T")


class Value(click.ParamType[T]):
    """A value that a function reads; where the function raises ValueError, the person reads what is expected."""

    def __init__(self, name: str, expected: str, read: Callable[[str], T]) -> None:
        self.name = name
        self.expected = expected
        self.read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> T:
        """Reads what was typed; a default is taken as it is."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        try:
            return self.read(value)
        except ValueError:
            self.fail(f"{self.expected}, not {value!r}", param, ctx)


class DefaultPath(click.ParamType[Path]):
    """A path, which shells complete; whether anything is there is for the command to say."""

    def __init__(self, name: str, completed_as: str) -> None:
        self.name = name
        self.completed_as = completed_as

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Any text is a path."""
        return Path(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Leaves files or folders to the shell."""
        return [CompletionItem(incomplete, type=self.completed_as)]


def _share(text: str) -> float:
    return _within(float(text), 0 <= float(text) <= 0.5)


def _workers(text: str) -> int:
    return _within(_whole(text), 1 <= _whole(text) <= MOST_WORKERS)


def _steps(text: str) -> int:
    return _within(_whole(text), _whole(text) >= 1)


def _card_gb(text: str) -> float:
    number = text.strip().upper().removesuffix("B").removesuffix("G").strip()
    return _within(float(number), 1 <= float(number) <= MOST_CARD_GB)


def _price(text: str) -> float:
    return _within(float(text), 0 < float(text) < math.inf)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _within(number: T, fits: bool) -> T:
    if not fits:
        raise ValueError(number)
    return number


FILE = DefaultPath("file", "file")
FOLDER = DefaultPath("folder", "dir")
SHARE = Value("share", "a share from 0 to 0.5", _share)
NUMBER = Value("number", f"a number from 1 to {MOST_WORKERS}", _workers)
STEPS = Value("steps", "a number of steps from 1 on", _steps)
CARD = Value("size", "a size such as 12GB", _card_gb)
"""Gigabytes of `12GB` or `12`."""
PRICE = Value("price", "a price such as 0.30", _price)
