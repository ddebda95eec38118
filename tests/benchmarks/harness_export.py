"""Whether lm-evaluation-harness reads what `commonhold eval export` writes, and scores as commonhold does.

In an environment of its own, for the harness is no dependency:

    python3 -m venv /tmp/harness && /tmp/harness/bin/pip install lm-eval==0.4.13 and what commonhold's scorers import
    PYTHONPATH=pipeline:. /tmp/harness/bin/python -m tests.benchmarks.harness_export eval/tasks/riverbend \
        eval/tasks/riverbend-urgency eval/suites/forgetting

Exports every task below the named folders and one of every kind of starter, loads them with the harness's own task
manager, runs the harness with a made-up model that gives right replies to every other item, and compares the scores
with ours.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commonhold.evaluate.exchange.lm_eval import export
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.task_starter import kinds, write_starter
from commonhold.evaluate.tasks import Task, load_tasks
from commonhold.records.answer import ChoiceScore

METRIC = {
    "chrf/1": "chrf",
    "bleu/1": "bleu",
    "multiple_choice_sum/1": "acc",
    "multiple_choice_letters/1": "acc_norm",
    "multiple_choice/1": "acc_bytes",
}
PERCENT = ("chrf/1", "bleu/1")


def main(folders: list[str]) -> int:
    """Prints a line a task; 1 when a score differs."""
    with tempfile.TemporaryDirectory() as parent:
        starters = []
        for kind in kinds():
            write_starter(Path(parent) / f"starter-{kind}", kind)
            starters.append(Path(parent) / f"starter-{kind}")
        tasks = load_tasks([*map(Path, folders), *starters])
        out = Path(parent) / "out"
        export(tasks, out)
        results = _harness(out, tasks)
    worst = 0.0
    for task in tasks:
        name = METRIC.get(task.scorer, "perplexity" if task.kind == "likelihood" else "score")
        theirs = results[task.name][f"{name},none"] / (100 if task.scorer in PERCENT else 1)
        if task.kind == "likelihood":
            print(f"{task.name:<36} {len(task.items):>4} items  read and run: {name} {theirs:.3f}")
            continue
        ours = _ours(task)
        worst = max(worst, abs(theirs - ours))
        print(f"{task.name:<36} {len(task.items):>4} items  harness {theirs:.6f}  commonhold {ours:.6f}  ({name})")
    print(f"largest difference {worst:.2e}")
    return int(worst > 1e-9)


def replies(task: Task) -> dict[str, str]:
    """What the made-up model writes: a right reply, where one is known, to every other item, else the message."""
    scorer = SCORERS.get(task.scorer)()
    return {
        scorer.message(item): (place % 2 and scorer.right_reply(item)) or scorer.message(item)
        for place, item in enumerate(task.items)
    }


def log_likelihood(text: str) -> float:
    """What the made-up model finds of a choice: something between −1 and −3 for each of its letters."""
    return -float(len(text)) * (1 + len(text) * 7 % 5 / 2)


def _ours(task: Task) -> float:
    scorer = SCORERS.get(task.scorer)()
    if task.kind == "multiple_choice":
        said = [
            scorer.output(item, [ChoiceScore(log_likelihood(text), 1, len(text.encode())) for text in item.choices])
            for item in task.items
        ]
    else:
        said = [replies(task)[scorer.message(item)] for item in task.items]
    if hasattr(scorer, "corpus_score"):
        return float(scorer.corpus_score(task.items, said))
    return sum(scorer.score(item, output) for item, output in zip(task.items, said, strict=True)) / len(said)


def _harness(folder: Path, tasks: Sequence[Task]) -> dict[str, dict[str, Any]]:
    import lm_eval
    from lm_eval.api.model import LM
    from lm_eval.tasks import TaskManager

    known = {(task.name, message): reply for task in tasks for message, reply in replies(task).items()}

    class MadeUp(LM):  # type: ignore[misc]
        def generate_until(self, requests: list[Any], **_: object) -> list[str]:
            return [known[request.task_name, request.args[0]] for request in requests]

        def loglikelihood(self, requests: list[Any], **_: object) -> list[tuple[float, bool]]:
            return [(log_likelihood(request.args[1].strip()), False) for request in requests]

        def loglikelihood_rolling(self, requests: list[Any], **_: object) -> list[float]:
            return [0.0 for _request in requests]

    manager = TaskManager(include_path=str(folder), include_defaults=False)
    found = lm_eval.simple_evaluate(
        model=MadeUp(), tasks=[task.name for task in tasks], task_manager=manager, bootstrap_iters=0, verbosity="ERROR"
    )
    results: dict[str, dict[str, Any]] = found["results"]
    return results


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
