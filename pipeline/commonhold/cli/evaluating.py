"""Commands about tasks: write a first one, check it, see how it is asked, bring tasks from and to other programs."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from commonhold.cli.dispatch import talk
from commonhold.errors import FormError, MissingInputError, MissingModelError, Problem, RequestError
from commonhold.evaluate.advice import advice
from commonhold.evaluate.preview import Render, find_item, preview
from commonhold.evaluate.tasks import Task, load_tasks, read_task, task_folders
from commonhold.figures import count


def new(arguments: argparse.Namespace) -> int:
    """A first task, with rows to replace."""
    from commonhold.evaluate.starter import write_starter

    form, table = write_starter(arguments.folder, arguments.kind)
    print(f"{form}: open it in a text editor; say what the task is")
    print(f"{table}: open it in a spreadsheet program; replace the rows, save as CSV (UTF-8)")
    print(f"Then: commonhold eval check {arguments.folder}")
    return 0


def check(arguments: argparse.Namespace) -> int:
    """All the mistakes of all the tasks, and what is allowed and likely to mislead."""
    problems: list[Problem] = []
    for folder in task_folders(arguments.folders):
        try:
            found = read_task(folder)
        except MissingInputError as error:
            problems.append(Problem(str(folder.shown), 0, "", str(error)))
            continue
        problems += found.problems
        read = found.read
        warnings = advice(found.task, read) if found.task else [*read.notes, *read.left_out]
        for warning in warnings:
            print(f"look at  {warning}")
        if found.task:
            told = count(len(warnings), "thing") + " to look at" if warnings else "nothing to remark"
            print(f"{folder.shown} is in order: {count(len(found.task.items), 'item')}, {found.task.scorer}, {told}")
    if problems:
        raise FormError(problems)
    return 0


def show(arguments: argparse.Namespace) -> int:
    """How an item is asked and judged."""
    (task, *others) = _loaded([arguments.folder])
    if others:
        raise RequestError(f"{arguments.folder} holds {len(others) + 1} tasks. Name one of them: {task.folder}")
    system_prompt, render = _recipe_side(arguments.recipe, arguments.workspace) if arguments.recipe else ("", None)
    item = find_item(task, arguments.item)
    print(*preview(task, item, system_prompt, render, arguments.answer), sep="\n")
    return 0


def _loaded(folders: Sequence[Path]) -> tuple[Task, ...]:
    """Tasks, with a word for each row of their tables that is left out."""
    tasks = load_tasks(folders)
    for row in (row for task in tasks for row in task.left_out):
        talk(f"look at  {row}")
    return tasks


def _recipe_side(path: Path, workspace: Path) -> tuple[str, Render | None]:
    """The recipe's instruction, and its base model's chat template if the model is on this machine."""
    from commonhold.recipe.load import load_recipe
    from commonhold.stages.stage import Context
    from commonhold.stages.workspace import Workspace

    context = Context(load_recipe(path, []), Workspace(workspace), talk)
    system_prompt = context.recipe.data.system_prompt
    try:
        base = context.base()
    except MissingModelError as error:
        talk(f"shown without the base model's chat template: {error}")
        return system_prompt, None
    from commonhold.models.chat import render
    from commonhold.models.load import load_tokenizer

    tokenizer = load_tokenizer(base.path)
    return system_prompt, lambda messages: render(tokenizer, messages, reply_follows=True)


def bring_in(arguments: argparse.Namespace) -> int:
    """A task from promptfoo's or Weval's file, and a list of what has no place in one."""
    from commonhold.evaluate.exchange.carried import UNJUDGED, write_carried
    from commonhold.evaluate.exchange.promptfoo import read_promptfoo
    from commonhold.evaluate.exchange.weval import read_weval

    table = arguments.file.suffix.lower() == ".csv"
    carried = read_promptfoo(arguments.file, arguments.prompt) if table else read_weval(arguments.file)
    folders = write_carried(carried, arguments.to)
    for line in carried.left:
        print(f"not carried over  {line}")
    numbers = f"{count(len(carried.checked), 'item')} with checks, {len(carried.ideal)} with an ideal reply"
    print(f"{arguments.file}: {numbers}, {len(carried.unjudged)} for people only ({UNJUDGED})")
    print(
        f"{len(carried.left)} things were not carried over, or only in part" if carried.left else "all was carried over"
    )
    for folder in folders:
        print(f"Next: commonhold eval check {folder}")
    return 0


def hand_out(arguments: argparse.Namespace) -> int:
    """Tasks as lm-evaluation-harness reads them."""
    from commonhold.evaluate.exchange.lm_eval import export

    written = export(_loaded(arguments.folders), arguments.to)
    print(*written, sep="\n")
    print(f"How to run them: {arguments.to / 'README.md'}")
    return 0
