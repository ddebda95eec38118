"""What a command answers on stdout: lines for people, or one JSON document for programs."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """Prints the answer; made by `--json`, which every command with an answer takes."""

    as_json: bool
    stream: TextIO

    def __call__(self, data: object, lines: str | Iterable[str]) -> None:
        """Prints the data as JSON if that was asked for, else the lines."""
        text = json_text(data) if self.as_json else lines if isinstance(lines, str) else "\n".join(lines)
        if text:
            print(text, file=self.stream)

    def early(self, text: str) -> None:
        """Prints for people what need not wait for the end; a program gets it with the rest."""
        if not self.as_json:
            print(text, file=self.stream, flush=True)


def json_text(data: object) -> str:
    """Plain data, records and paths as indented JSON."""
    return json.dumps(data, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
