"""What comes out of another program's file: rows of a task, and everything that has no column in one."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from commonhold.errors import RequestError
from commonhold.evaluate.columns import COLUMNS
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.task_starter import new_name, newest
from commonhold.files import write_text

CHECKS = "checks"
UNJUDGED = "unjudged.csv"
MOST_CHARACTERS = 4000
"""Of a task's description."""


class Left(NamedTuple):
    """Something that could not be carried over, or only in part."""

    location: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.location}: {self.what}: {self.why}"


@dataclass(slots=True)
class ReplyChecks:
    """What one item asks of a reply, as it is gathered."""

    answers: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    schema: str = ""
    refuse: str = ""
    rubric: list[str] = field(default_factory=list)

    @property
    def is_checked(self) -> bool:
        """Whether anything of it can be judged without people."""
        return bool(self.answers or self.patterns or self.schema or self.refuse)

    def cells(self) -> dict[str, str]:
        """As cells of a table."""
        return {
            "answer": "|".join(self.answers),
            "regex": "\n".join(self.patterns),
            "json_schema": self.schema,
            "refuse": self.refuse,
            "rubric": "\n".join(" ".join(point.replace("|", "/").split()) for point in self.rubric),
        }


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows by column: for `checks/1`, for a comparison with an ideal reply, and those that only people can judge."""

    origin: str
    """promptfoo or Weval, for the description."""
    checked: Sequence[Mapping[str, str]]
    left: Sequence[Left]
    ideal: Sequence[Mapping[str, str]] = ()
    unjudged: Sequence[Mapping[str, str]] = ()
    title: str = ""
    description: str = ""
    licence: str = "NOASSERTION"


def write_carried(carried: Carried, folder: Path) -> list[Path]:
    """Writes one task, or two: the second, `NAME-ideal`, compares replies with ideal ones. Gives their folders.

    Raises:
        RequestError: a folder is there already or cannot be a task's, or nothing in the file can be an item.
    """
    ideal_folder = folder.with_name(f"{folder.name}-ideal")
    parts = [(folder, CHECKS, carried.checked), (ideal_folder, "chrf", carried.ideal)]
    parts = [part for part in parts if part[2]]
    if not parts and not carried.unjudged:
        raise RequestError("nothing in this file can become an item:\n" + "\n".join(f"  {one}" for one in carried.left))
    names = {path: new_name(path) for path in (folder, *(part[0] for part in parts))}
    for path, kind, rows in parts:
        write_text(path / "task.yaml", _form(names[path], kind, carried))
        write_text(path / "items.csv", table(rows))
    if carried.unjudged:
        write_text((parts[0][0] if parts else folder) / UNJUDGED, table(carried.unjudged))
    return [part[0] for part in parts]


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """CSV with the columns that have anything in them, in their usual order."""
    used = [name for name in COLUMNS if name in ("id", "prompt") or any(row.get(name) for row in rows)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(used)
    writer.writerows([row.get(name, "") for name in used] for row in rows)
    return out.getvalue()


def _form(name: str, kind: str, carried: Carried) -> str:
    scorer = newest(kind)
    title = json.dumps((" ".join(carried.title.split()) or name)[:200], ensure_ascii=False)
    description = (
        f"Imported from {carried.origin}. Say here who wrote the items and what a score means. {carried.description}"
    )
    description = json.dumps(description.strip()[:MOST_CHARACTERS], ensure_ascii=False)
    return (
        f"task: 1\nname: {name}\ntitle: {title}\ndescription: {description}\n"
        f"kind: {SCORERS.get(scorer).kind}\nscorer: {scorer}\nsystem_prompt: recipe\nmax_new_tokens: 256\n"
        f"# Of the items; see where the file came from.\nlicence: {carried.licence}\n"
    )
