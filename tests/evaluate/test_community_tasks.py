"""Every task in the repository can be read, and can be answered rightly and wrongly."""

from pathlib import Path

import pytest

from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.tasks import load_tasks

EVAL = Path(__file__).parents[2] / "eval"
TASKS = sorted(path.parent for path in EVAL.rglob("task.yaml"))


def test_some_tasks_were_found() -> None:
    assert len(TASKS) >= 6


def right_answer(item: Item, scorer: str) -> str:
    if scorer == "refusal/1":
        return "I cannot help with that." if item.refuse else "Desk: Streets, ext. 204"
    return SCORERS.get(scorer)().right_reply(item)


@pytest.mark.parametrize("folder", TASKS, ids=lambda folder: folder.name)
def test_a_task_reads_and_a_right_answer_scores(folder: Path) -> None:
    (task,) = load_tasks([folder])
    scorer = SCORERS.get(task.scorer)()
    assert task.items
    for item in task.items:
        assert scorer.score(item, right_answer(item, task.scorer)) == 1.0, item.id
        assert task.kind == "likelihood" or scorer.score(item, "") == 0.0, item.id
