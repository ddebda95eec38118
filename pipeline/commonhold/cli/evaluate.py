"""The commands of eval: write a task, check it, see how it is asked, import it, export it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import CommandGroup, CommandSection, command
from commonhold.cli.console import console
from commonhold.cli.options import json_option, workspace_option
from commonhold.cli.ratings import pack, ratings
from commonhold.cli.value_types import FILE, FOLDER
from commonhold.errors import FormError, MissingInputError, MissingModelError, Problem, RequestError
from commonhold.number_format import count

if TYPE_CHECKING:
    from commonhold.evaluate.preview import Render
    from commonhold.evaluate.tasks import Task
    from commonhold.sheets.source import SourceFolder

folders_argument = click.argument(
    "folders", nargs=-1, required=True, metavar="FOLDER...", type=FOLDER, help="a task, or a folder of tasks"
)


@command("new")
@click.argument("folder", type=FOLDER, help="a new folder, such as eval/tasks/my-group/my-task")
@click.option(
    "--kind",
    default="include",
    metavar="KIND",
    help="how replies are scored: include (the default), multiple_choice, refusal, cites and others",
)
@json_option
def new(folder: Path, kind: str, answer: CommandAnswer) -> int:
    """Write a first task to fill in.

    Two files, task.yaml and items.csv, with rows to replace.
    """
    from commonhold.evaluate.task_starter import write_starter

    form, table = write_starter(folder, kind)
    answer(
        {"task": form, "items": table},
        [
            f"{form}: open it in a text editor; say what the task is",
            f"{table}: open it in a spreadsheet program; replace the rows, save as CSV (UTF-8)",
            f"Then: commonhold eval check {folder}",
        ],
    )
    return 0


@command("check")
@folders_argument
@json_option
def check(folders: tuple[Path, ...], answer: CommandAnswer) -> int:
    """Find mistakes in tasks, and what may mislead.

    All the mistakes come at once. What is allowed and likely to mislead is listed to be looked at.
    """
    from commonhold.evaluate.task_warnings import advice
    from commonhold.evaluate.tasks import read_task

    problems: list[Problem] = []
    lines, tasks, read_tasks = [], [], []
    with _copied(folders) as copies:
        for folder in copies:
            try:
                read_tasks.append((folder, read_task(folder)))
            except MissingInputError as error:
                problems.append(Problem(str(folder.shown), 0, "", str(error)))
    for folder, checked in read_tasks:
        problems += checked.problems
        read = checked.read
        looked = advice(checked.task, read) if checked.task else [*read.notes, *read.left_out]
        warnings = [str(each) for each in looked]
        lines += [f"look at  {warning}" for warning in warnings]
        task = checked.task
        if task:
            remark = count(len(warnings), "thing") + " to look at" if warnings else "nothing to remark"
            lines.append(f"{folder.shown} is in order: {count(len(task.items), 'item')}, {task.scorer}, {remark}")
        figures = {"items": len(task.items), "scorer": task.scorer} if task else {}
        tasks.append({"folder": folder.shown, "in_order": task is not None, **figures, "warnings": warnings})
    answer({"tasks": tasks, "problems": problems}, lines)
    if problems:
        raise FormError(problems)
    return 0


@command("preview")
@click.argument("folder", type=FOLDER, help="a task")
@click.option("--item", default="", metavar="ID", help="another item than the first")
@click.option("--answer", "replies", multiple=True, metavar="TEXT", help="score this reply; may be given several times")
@click.option("--recipe", type=FILE, metavar="RECIPE", help="with its instruction, in its base model's chat template")
@workspace_option
@json_option
def show_item(
    folder: Path, item: str, replies: tuple[str, ...], recipe: Path | None, workspace: Path, answer: CommandAnswer
) -> int:
    """Show how an item is asked and scored."""
    from commonhold.evaluate.preview import find_item, preview

    (task, *others) = _loaded([folder])
    if others:
        raise RequestError(f"{folder} holds {len(others) + 1} tasks. Name one of them: {task.folder}")
    system_prompt, render = _recipe_side(recipe, workspace) if recipe else ("", None)
    shown_item = find_item(task, item)
    lines = list(preview(task, shown_item, system_prompt, render, replies))
    answer({"task": task.name, "item": shown_item.id, "scorer": task.scorer, "preview": lines}, lines)
    return 0


@contextmanager
def _copied(folders: Sequence[Path]) -> "Iterator[list[SourceFolder]]":
    """Copies of the tasks in folders, so that each of their files is opened once."""
    from commonhold.evaluate.tasks import task_folders
    from commonhold.stages.snapshot import read_once

    with read_once() as snapshot:
        yield [snapshot.copy_folder(folder.path, str(n)) for n, folder in enumerate(task_folders(folders))]


def _loaded(folders: Sequence[Path]) -> "tuple[Task, ...]":
    """Tasks, with a word for each row of their tables that is left out."""
    from commonhold.evaluate.tasks import load_tasks

    with _copied(folders) as copies:
        tasks = load_tasks(copies)
    for row in (row for task in tasks for row in task.left_out):
        console(f"look at  {row}")
    return tasks


def _recipe_side(path: Path, workspace: Path) -> "tuple[str, Render | None]":
    """The recipe's instruction, and its base model's chat template if the model is on this machine."""
    from commonhold.cli.recipe_context import context_of

    context = context_of(path, [], workspace)
    system_prompt = context.recipe.data.system_prompt
    try:
        base = context.base()
    except MissingModelError as error:
        console(f"shown without the base model's chat template: {error}")
        return system_prompt, None
    from commonhold.models.chat_template import render
    from commonhold.models.load import load_tokenizer

    tokenizer = load_tokenizer(base.path)
    return system_prompt, lambda messages: render(tokenizer, messages, reply_follows=True)


@command("import")
@click.argument("file", type=FILE, help="a .csv, else a blueprint in YAML or JSON")
@click.option("--to", type=FOLDER, required=True, metavar="FOLDER", help="a new folder for the task")
@click.option(
    "--prompt", default="", metavar="TEXT", help="how the message is made of a CSV's columns: 'Translate {{text}}'"
)
@json_option
def import_task(file: Path, to: Path, prompt: str, answer: CommandAnswer) -> int:
    """Import a task from promptfoo or Weval.

    From a promptfoo CSV or a Weval blueprint. What has no place in a task is listed.
    """
    from commonhold.evaluate.exchange.carried import UNJUDGED, write_carried
    from commonhold.evaluate.exchange.promptfoo import read_promptfoo
    from commonhold.evaluate.exchange.weval import read_weval
    from commonhold.stages.snapshot import read_once

    with read_once() as snapshot:
        copy = snapshot.copy_file(file)
        carried = read_promptfoo(copy, prompt) if copy.suffix == ".csv" else read_weval(copy)
    folders = write_carried(carried, to)
    left = [str(line) for line in carried.left]
    checked, ideal, unjudged = len(carried.checked), len(carried.ideal), len(carried.unjudged)
    numbers = f"{count(checked, 'item')} with checks, {ideal} with an ideal reply"
    answer(
        {"tasks": folders, "checked": checked, "ideal": ideal, "unjudged": unjudged, "not_carried_over": left},
        [
            *(f"not carried over  {line}" for line in left),
            f"{file}: {numbers}, {unjudged} for people only ({UNJUDGED})",
            f"{count(len(left), 'thing')} not carried over, or only in part" if left else "all was carried over",
            *(f"Next: commonhold eval check {folder}" for folder in folders),
        ],
    )
    return 0


@command("export")
@folders_argument
@click.option("--to", type=FOLDER, required=True, metavar="FOLDER", help="a new folder for the files")
@json_option
def export(folders: tuple[Path, ...], to: Path, answer: CommandAnswer) -> int:
    """Export tasks to lm-evaluation-harness."""
    from commonhold.evaluate.exchange.lm_eval import export as write_tasks

    written = write_tasks(_loaded(folders), to)
    readme = to / "README.md"
    answer({"files": written, "readme": readme}, [*map(str, written), f"How to run them: {readme}"])
    return 0


evaluate = CommandGroup(
    "eval",
    [CommandSection("Commands", (new, check, show_item, import_task, export, pack, ratings))],
    help="Write tasks, and ask people to compare replies.",
    short_help="Write tasks, and ask people to compare replies",
)
