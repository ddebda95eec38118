"""The command runs."""

from pathlib import Path

from commonhold.cli.answer import CommandAnswer
from commonhold.cli.command import command
from commonhold.cli.options import json_option, workspace_option


@command("runs")
@workspace_option
@json_option
def runs(workspace: Path, answer: CommandAnswer) -> int:
    """List the runs of the workspace.

    The oldest first, each with what became of its stages.
    """
    from commonhold.provenance.runs import list_runs

    lines, data = [], []
    for run in list_runs(workspace):
        did = ", ".join(f"{event.stage} {event.status}" for event in run.events)
        lines.append(f"{run.id}  {run.status:<11} {did}")
        stages = {event.stage: event.status for event in run.events}
        times = {"started": run.started, "ended": run.ended}
        data.append({"id": run.id, "recipe": run.recipe.name, "status": run.status, **times, "stages": stages})
    answer(data, lines)
    return 0
