"""Saved views of MLflow's run table: without one, it opens with neither scores nor settings, and sorts columns by name.

The form is that of MLflow 3.17's own page state, which it keeps in tags of the experiment when somebody shares a view.
"""

import json
from collections.abc import Sequence

SCORES, CURVES = "scores", "curves"
BESIDE = ("worst_tuned", "difference", "difference_ci_low", "difference_ci_high")
SETTINGS = ("train.epochs", "train.learning_rate", "train.lora.rank")
FIRST = {"attributes.`Run Name`": 215, "runDateAndNestInfo": 150, "tags.`gate`": 100}
"""Columns by MLflow's names for them, with their width in pixels."""
LOSSES = {
    "searchFilter": "tags.stage = 'train'",
    "orderByKey": "metrics.`train/eval_loss`",  # sorted by time, the trainings would be folded into their runs
    "orderByAsc": True,
    "chartsSearchFilter": "/(eval_)?loss$",
}
LETTER, MARGIN = 7.5, 24
"""Pixels of a heading: one that is cut off after \"eval/riverb\" tells no task from another."""


def view_links(experiment_id: str) -> str:
    """Links to the views, in Markdown."""
    page = f"#/experiments/{experiment_id}/runs?viewStateShareKey"
    return f"[Scores of all runs]({page}={SCORES}) · [Loss curves]({page}={CURVES}&compareRunsMode=CHART)."


def view_tags(tasks: Sequence[str]) -> dict[str, str]:
    """Tags of the experiment that hold the views.

    A screen shows gate, first task and what was set; to the right of them are the other tasks, then gains and the rest.
    """
    scores = [_metric(task, "tuned") for task in tasks]
    beside = [_metric(task, name) for task in tasks for name in BESIDE]
    settings = [f"params.`{name}`" for name in SETTINGS]
    chosen = ["tags.`gate`", *scores[:1], *settings, *scores[1:], *beside, "params.`base.id`"]
    columns = list(dict.fromkeys([*FIRST, *chosen, "duration"]))
    widths = {column: FIRST.get(column, _width(column)) for column in columns}
    table = {"selectedColumns": chosen, "columnOrder": columns, "columnWidths": widths}
    return {
        f"mlflow.sharedViewState.{SCORES}": json.dumps({**table, "searchFilter": "tags.kind = 'recipe-run'"}),
        f"mlflow.sharedViewState.{CURVES}": json.dumps(LOSSES),
    }


def _metric(task: str, name: str) -> str:
    return f"metrics.`eval/{task}/{name}`"


def _width(column: str) -> int:
    heading = column.partition("`")[2].rstrip("`")
    return round(len(heading) * LETTER) + MARGIN
