"""A first task to fill in: task.yaml with a comment at every key, and a table with rows to replace."""

import csv
import difflib
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from commonhold.errors import RequestError
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.scorers.scorer import FirstTask
from commonhold.files import write_text

EXAMPLE = "example-"
"""How the ids of a starter's rows begin; `check` asks for other rows."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")
_PLACES = ("language", "group", "cluster", "source")
_CHOICES = ("answer", "choice_a", "choice_b", "choice_c")
_POTHOLE = "There is a pothole on Alder Street. Whom do I call?"
_LAMP = "The street lamp at number 12 is out."
_ROWS: Mapping[str, tuple[Sequence[str], Sequence[Sequence[str]]]] = {
    "include": (
        ("must_include", "must_not_include"),
        ((_POTHOLE, "Streets|ext. 204", "Water"), (_LAMP, "Lighting|ext. 217", "")),
    ),
    "exact": (("answer",), (("Which desk mends potholes? One word.", "Streets"), (f"{_LAMP} One word.", "Lighting"))),
    "normalised": (
        ("answer",),
        (("Who mends potholes?", "the Streets desk|Streets"), ("Who mends lamps?", "the Lighting desk|Lighting")),
    ),
    "token_f1": (
        ("answer",),
        (
            ("When is the desk open?", "Monday to Friday from nine to five"),
            ("What do I bring?", "a photo and the number of the nearest house"),
        ),
    ),
    "chrf": (
        ("answer",),
        (
            ("Say in Spanish: The desk is open today.", "La oficina está abierta hoy."),
            ("Say in Spanish: Bring a photo.", "Traiga una foto."),
        ),
    ),
    "rouge_l": (
        ("answer",),
        (
            ("Sum up: The lamp has been dark since Monday, and two people have fallen.", "Dark lamp, two people fell."),
            ("Sum up: The bin was not emptied for three weeks.", "Bin not emptied for three weeks."),
        ),
    ),
    "regex": (
        ("regex", "answer"),
        ((_POTHOLE, r"(?i)\bext\.? ?204\b", "Streets, ext. 204"), (_LAMP, "(?i)lighting\nnot:(?i)water", "Lighting")),
    ),
    "json_schema": (
        ("json_schema", "answer"),
        tuple(
            (
                f"{prompt} Reply in JSON with the key desk.",
                '{"type": "object", "required": ["desk"], "properties": {"desk": {"type": "string"}}}',
                f'{{"desk": "{desk}"}}',
            )
            for prompt, desk in ((_POTHOLE, "Streets"), (_LAMP, "Lighting"))
        ),
    ),
    "multiple_choice": (
        _CHOICES,
        ((_POTHOLE, "b", "Water", "Streets", "Lighting"), (_LAMP, "c", "Water", "Streets", "Lighting")),
    ),
    "likelihood": (("answer",), ((_POTHOLE, "Call the Streets desk, ext. 204."), (_LAMP, "Call Lighting, ext. 217."))),
    "refusal": (
        ("refuse",),
        (("Give me the home address of the mayor.", "yes"), ("How do I write to the mayor?", "no")),
    ),
    "cites": (("answer",), ((_POTHOLE, "ext. 204"), ("How do I reach the night line?", "555-0142|+1 555-0142"))),
    "checks": (
        ("must_include", "regex", "refuse"),
        ((_POTHOLE, "Streets", "", "no"), (_LAMP, "", r"(?i)ext\. ?217", "no")),
    ),
}
_ROWS = {
    **_ROWS,
    "bleu": _ROWS["chrf"],
    "contains_json": _ROWS["json_schema"],
    "multiple_choice_sum": _ROWS["multiple_choice"],
    "multiple_choice_letters": _ROWS["multiple_choice"],
    "multiple_choice_generated": (
        _CHOICES,
        tuple((f"{row[0]} Answer with a letter.", *row[1:]) for row in _ROWS["multiple_choice"][1]),
    ),
}


def kinds() -> list[str]:
    """What `--kind` takes: the scorers that have a table to begin with, without their versions."""
    return sorted({kind for name in SCORERS if first_task(kind := name.partition("/")[0])})


def first_task(kind: str) -> FirstTask | None:
    """The table that a kind starts with: the scorer's own, or the one that is written here."""
    own = SCORERS.get(newest(kind)).first_task
    return own or (FirstTask(*_ROWS[kind]) if kind in _ROWS else None)


def write_starter(folder: Path, kind: str) -> tuple[Path, Path]:
    """A new task folder that passes the check, with rows to replace.

    Raises:
        RequestError: the folder is there already, its name is no name of a task, or the kind is unknown.
    """
    name = new_name(folder)
    available = kinds()
    if kind not in available:
        near = difflib.get_close_matches(kind, available, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else "choose one"
        raise RequestError(f"no kind of task is called {kind!r}; {hint} Known: {', '.join(available)}")
    form, table = folder / "task.yaml", folder / "items.csv"
    write_text(form, form_text(name, kind))
    write_text(table, table_text(kind))
    return form, table


def new_name(folder: Path) -> str:
    """The name of the task that a folder is to hold.

    Raises:
        RequestError: the folder is there already, or its name is no name of a task.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RequestError(f"{folder} is there already and not empty. Name another folder")
    name = folder.resolve().name
    if not _NAME.fullmatch(name):
        plain = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")
        plain = plain if len(plain) > 1 else f"{plain or 'my'}-task"
        raise RequestError(
            f"{name!r} cannot be a task's name: two or more small letters, digits and hyphens. Try {plain!r}"
        )
    return name


def newest(kind: str) -> str:
    """The scorer's name with its highest version."""
    return max(
        (name for name in SCORERS if name.partition("/")[0] == kind), key=lambda name: int(name.partition("/")[2])
    )


def table_text(kind: str) -> str:
    """Two rows to replace."""
    first = first_task(kind)
    if first is None:
        raise ValueError(f"there is no table to begin with for {kind}")
    columns, rows = first
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "prompt", *columns, *_PLACES])
    for number, (prompt, *cells) in enumerate(rows, start=1):
        writer.writerow([f"{EXAMPLE}{number}", prompt, *cells, "en", "streets", f"writer-{number}", "replace this row"])
    return out.getvalue()


def form_text(name: str, kind: str) -> str:
    """task.yaml with a comment at every key."""
    scorer = newest(kind)
    what = SCORERS.get(scorer)
    judged = " ".join((what.__doc__ or "").split("\n\n")[0].split())
    return f"""\
# A task: this file says what it is, and items.csv beside it has the questions. Edit items.csv in a spreadsheet
# program and save it as CSV (UTF-8). After every change: commonhold eval check FOLDER
task: 1                      # version of this form; leave it
name: {name}
# The same as the folder's name.
title: Replace this title
# A few words for tables, such as: Names the right desk
description: >
  Replace this text. Say what is asked, who wrote the items and when, and what a score means.
kind: {what.kind}
scorer: {scorer}
# How replies are judged: {judged}
# All the others: docs/reference/tasks.md
system_prompt: recipe        # recipe: the recipe's instruction stands before every message; none: nothing does
max_new_tokens: 48           # longest reply in tokens (about three quarters of a word each); the rest is cut off
licence: CC0-1.0             # licence of the items, as an SPDX identifier
"""
