"""Tasks as a community writes them: a folder with task.yaml and a table of items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import ConfigDict, Field, StringConstraints

from commonhold.digests import digest_of, digests_below
from commonhold.errors import FormError, MissingInputError, Problem, RequestError
from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.item_rows import ReadItems, item_tables, items_file, read_items
from commonhold.evaluate.scorers import SCORERS
from commonhold.forms import Document, Form, read_yaml, validate, written_as
from commonhold.sheets.source import SourceFolder

TASK = "task.yaml"
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class TaskForm(Form):
    """What task.yaml says."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    task: Literal[1]
    """Version of this form."""
    name: Annotated[
        str,
        written_as(r"[a-z0-9][a-z0-9._-]{1,62}", "2 to 63 small letters, digits, dots, hyphens or underscores"),
    ]
    """The same as the folder's name."""
    title: Text
    """A few words for tables."""
    description: Text
    """In plain language: what is asked, who wrote the items, what a score means."""
    kind: Kind
    """`generate`: the model writes a reply; `multiple_choice`: it picks one; `likelihood`: how likely it finds one."""
    scorer: Text
    """Registered name of the scorer, with its version."""
    system_prompt: Literal["recipe", "none"]
    """`recipe`: the recipe's system prompt stands before every message."""
    max_new_tokens: int = Field(default=48, ge=1, le=4096)
    """Longest reply in tokens; the rest is cut off."""
    licence: Text
    """SPDX identifier of the licence of the items."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task with its items."""

    name: str
    title: str
    description: str
    kind: Kind
    scorer: str
    system_prompt: Literal["recipe", "none"]
    max_new_tokens: int
    licence: str
    items: tuple[Item, ...]
    folder: Path
    """As messages call it."""
    digest: str
    left_out: tuple[Problem, ...] = ()
    """Rows of its table that are no items, because they have too many or too few cells."""


def task_digest(folder: Path) -> str:
    """Digest over the names and contents of all the files in a task's folder."""
    return digest_of(digests_below(folder))


def task_folders(paths: Sequence[Path | SourceFolder]) -> tuple[SourceFolder, ...]:
    """The task folders among `paths` and directly inside them, each once.

    Raises:
        MissingInputError: one of `paths` is not there or has no task in it.
    """
    by_path: dict[Path, SourceFolder] = {}
    missing: list[str] = []
    for given in map(SourceFolder.at, paths):
        inside = (SourceFolder(inner, given.shown / inner.name) for inner in sorted(given.path.glob("*")))
        folders = [given] if _is_task(given.path) else [folder for folder in inside if _is_task(folder.path)]
        if not folders:
            missing.append(
                f"{given.shown}: there is no task here. Name a folder with task.yaml and items.csv, or one of those"
            )
        for folder in folders:
            by_path.setdefault(folder.path.resolve(), folder)
    if missing:
        raise MissingInputError("\n".join(missing))
    return tuple(by_path.values())


def _is_task(folder: Path) -> bool:
    return (folder / TASK).is_file() or bool(item_tables(folder))


def load_tasks(paths: Sequence[Path | SourceFolder]) -> tuple[Task, ...]:
    """The tasks in folders, or in folders of folders, in the order of `paths`.

    Raises:
        MissingInputError: a path or one of a task's two files is not there.
        FormError: tasks have mistakes; all the mistakes of all the tasks at once.
    """
    tasks: list[Task] = []
    problems: list[Problem] = []
    for folder in task_folders(paths):
        read = read_task(folder)
        if read.task is None:
            problems += read.problems
        else:
            tasks.append(read.task)
    problems += _repeated_names(tasks)
    if problems:
        raise FormError(problems)
    return tuple(tasks)


class ReadTask(NamedTuple):
    """A task as far as it could be read, everything that is wrong with it, and its rows."""

    task: Task | None
    problems: tuple[Problem, ...]
    read: ReadItems


def read_task(folder: Path | SourceFolder) -> ReadTask:
    """One task folder; with problems there is no task.

    Raises:
        MissingInputError: one of its two files is not there.
    """
    task_folder = SourceFolder.at(folder)
    file = task_folder.source(TASK)
    nothing = ReadItems((), ())
    try:
        document = read_yaml(file.path, file.name)
    except FormError as error:
        return ReadTask(None, error.problems, nothing)
    problems: list[Problem] = []
    form: TaskForm | None = None
    try:
        form = validate(TaskForm, document, file.name)
        problems += _form_problems(form, document, task_folder.shown)
    except FormError as error:
        problems += error.problems
    scorer = form.scorer if form else str(document.data.get("scorer")) if isinstance(document.data, dict) else ""
    read = read_items(items_file(task_folder), scorer) if scorer in SCORERS else nothing
    problems += read.problems
    if problems or form is None:
        return ReadTask(None, tuple(problems), read)
    return ReadTask(_task(form, read, task_folder), (), read)


def _task(form: TaskForm, read: ReadItems, folder: SourceFolder) -> Task:
    return Task(
        name=form.name,
        title=form.title,
        description=form.description,
        kind=form.kind,
        scorer=form.scorer,
        system_prompt=form.system_prompt,
        max_new_tokens=form.max_new_tokens,
        licence=form.licence,
        items=read.items,
        folder=folder.shown,
        digest=task_digest(folder.path),
        left_out=read.left_out,
    )


def _form_problems(form: TaskForm, document: Document, folder: Path) -> Iterator[Problem]:
    file = str(folder / TASK)
    real_name = folder.resolve().name
    if form.name != real_name:
        message = f"the name is {form.name!r} but the folder is {real_name!r}"
        yield Problem(file, document.lines[("name",)], "name", message, "Rename one of the two")
    line = document.lines[("scorer",)]
    try:
        kind = SCORERS.get(form.scorer).kind
    except RequestError as error:
        yield Problem(file, line, "scorer", str(error), f"Known: {', '.join(SCORERS)}. {SCORERS.remedy}")
        return
    if form.kind != kind:
        message = f"{form.scorer} judges tasks of kind {kind}, but this one is {form.kind}"
        yield Problem(file, line, "scorer", message, "Change kind or scorer")


def _repeated_names(tasks: Sequence[Task]) -> Iterator[Problem]:
    first: dict[str, Task] = {}
    for task in tasks:
        if (other := first.setdefault(task.name, task)) is not task:
            message = f"{other.folder} has the name {task.name!r} too"
            yield Problem(str(task.folder / TASK), 0, "name", message, "Rename one of the two folders")
