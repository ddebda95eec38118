"""The recipe's tasks and gates, read and checked."""

from collections.abc import Sequence

from commonhold.evaluate.gates import GateRule, check_rules
from commonhold.evaluate.results import slice_names
from commonhold.evaluate.tasks import Task, load_tasks
from commonhold.stages.stage import Context


def recipe_tasks(context: Context) -> tuple[Task, ...]:
    """The recipe's tasks, read and checked, with its gates checked against them."""
    tasks = load_tasks([context.path(written) for written in context.recipe.evaluate.tasks])
    check_rules(gate_rules(context), {task.name: slice_names(task.items) for task in tasks})
    return tasks


def tell_left_out(context: Context, tasks: Sequence[Task]) -> None:
    """Says which rows of the tasks' tables count for nothing."""
    for row in (row for task in tasks for row in task.left_out):
        context.say(f"note: {row}")


def gate_rules(context: Context) -> Sequence[GateRule]:
    """The recipe's gates."""
    return [GateRule(**{**gate.model_dump(), "slice": gate.slice or ""}) for gate in context.recipe.evaluate.gates]
