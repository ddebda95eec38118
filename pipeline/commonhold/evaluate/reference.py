"""The page docs/reference/tasks.md, made of the code: keys, columns and scorers."""

import inspect
from collections.abc import Iterator
from pathlib import Path

from commonhold.evaluate.columns import ALWAYS, COLUMNS
from commonhold.evaluate.item import Kind
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.task_starter import newest, table_text
from commonhold.evaluate.tasks import TaskForm
from commonhold.files import write_text

PAGE = "tasks.md"
_HEAD = """\
# Task reference

This page is made from the code; a test compares the two. [Write a task](../how-to/write-a-task.md) explains how to go
about it.

A task is a folder with `task.yaml` and one table: `items.csv`, `items.xlsx`, or another kind listed below.
"""
_TABLE = """\
The first row names the columns; capitals and spaces in names do not matter, nor does their order. Empty rows and
columns are skipped, and so are lines above the names.

| the table is | what is read |
|---|---|
| `items.csv`, `.tsv`, `.psv`, `.ssv`, `.txt` | cells separated by commas, semicolons, tabs or bars, in any encoding |
| `items.xlsx`, `.xlsm`, `.ods`, `.xls` | the sheet `items`, or else the first visible one with `id` and `prompt` |
| `items.jsonl`, `.ndjson`, `.json` | an object on a line, or one list of objects; several values may be a list |
| `items.parquet` | a column for each key |

It is read like [rows of records](../how-to/your-own-data.md), and `commonhold eval check` says what was guessed. A row
with too many or too few cells is left out and named, here and whenever the task is used; one that only lacks columns
without which it can be judged counts, with those empty. A row that cannot be read at all is a mistake. There are at
most 100,000 rows.

`weight` makes an item count more in the mean of its task and slices: two items of weight 2 and 1 have the mean
(2 · first + second) / 3. It adds no evidence. Intervals are as wide as with (Σw)² / Σw² items of equal weight.
"""


def task_reference() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_keys(), *_columns(), *_scorers()]).rstrip() + "\n"


def write_task_reference(folder: Path) -> None:
    """Writes the page into a folder."""
    write_text(folder / PAGE, task_reference())


def _keys() -> Iterator[str]:
    yield "## The keys of task.yaml\n"
    yield "| key | what it says | |\n|---|---|---|"
    for name, field in TaskForm.model_fields.items():
        given = "must be given" if field.is_required() else f"`{field.default}` if left out"
        yield f"| `{name}` | {_line(field.description or '')} | {given} |"
    yield ""


def _columns() -> Iterator[str]:
    yield "## The columns of the table\n"
    yield _TABLE
    yield "| column | what goes in it | for example | judged by |\n|---|---|---|---|"
    for name, column in COLUMNS.items():
        if name.startswith("choice_") and name != "choice_a":
            continue
        shown = "`choice_a` to `choice_f`" if name == "choice_a" else f"`{name}`"
        judges = ", ".join(f"`{scorer}`" for scorer in SCORERS.built_in() if name in SCORERS.get(scorer).columns)
        if name in ALWAYS:
            judges = "goes with every scorer"
        yield f"| {shown} | {_cell(column.meaning)} | `{_cell(column.example)}` | {judges} |"
    yield ""


def _scorers() -> Iterator[str]:
    yield "## Scorers\n"
    yield "A scorer gives each reply a score from 0 to 1. The same reply gets the same score today and next year: what"
    yield "changes gets a new number.\n"
    for name in SCORERS.built_in():
        scorer = SCORERS.get(name)
        kind: Kind = scorer.kind
        score = "from 0 to 1" if scorer.graded else "0 or 1"
        whole = "; over all items at once too" if hasattr(scorer, "corpus_score") else ""
        yield f"### {name}\n"
        yield f"{inspect.cleandoc(scorer.__doc__ or '')}\n"
        yield f"Kind `{kind}`, score {score}{whole}. Columns: {', '.join(f'`{one}`' for one in _used(name))}.\n"
        if scorer.follows:
            yield f"{scorer.follows}\n"
        short = name.partition("/")[0]
        if newest(short) == name:
            yield f"`commonhold eval new FOLDER --kind {short}` writes:\n"
            yield f"```csv\n{table_text(short).rstrip()}\n```\n"


def _used(name: str) -> list[str]:
    return [column for column in COLUMNS if column in SCORERS.get(name).columns]


def _line(text: str) -> str:
    return " ".join(_cell(text).split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
