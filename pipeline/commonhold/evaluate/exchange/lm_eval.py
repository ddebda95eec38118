"""Tasks as lm-evaluation-harness reads them, so that outsiders can repeat a score with a program they know."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from commonhold.errors import RequestError
from commonhold.evaluate.item import LETTERS, Item
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.scorers.scorer import references
from commonhold.evaluate.tasks import Task
from commonhold.files import write_jsonl, write_text

SCORING = "commonhold_scoring.py"
_CHOICES = """\
output_type: multiple_choice
doc_to_text: "{{message}}"
doc_to_choice: choices
doc_to_target: target
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
  - {metric: acc_norm, aggregation: mean, higher_is_better: true}
  - {metric: acc_bytes, aggregation: mean, higher_is_better: true}
"""
_LIKELIHOOD = """\
output_type: loglikelihood
doc_to_text: "{{message}}"
doc_to_target: "{{target}}"
# Of the whole answer; commonhold's is of one token.
metric_list:
  - {metric: perplexity, aggregation: perplexity, higher_is_better: false}
"""
_WRITTEN = """\
output_type: generate_until
doc_to_text: "{{{{message}}}}"
doc_to_target: "{{{{target}}}}"
generation_kwargs: {{max_gen_toks: {tokens}, do_sample: false, until: []}}
"""
_OWN = f"""\
process_results: !function {SCORING.removesuffix(".py")}.process_results
metric_list:
  - {{metric: score, aggregation: mean, higher_is_better: true}}
"""
_OF_ALL = """\
metric_list:
  - {{metric: {metric}, aggregation: {metric}, higher_is_better: true}}
"""
_SCORING = '''\
"""Judges a reply as commonhold does. Needs the package commonhold, of which this imports no heavy part."""

import json
from typing import Any

from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers import SCORERS


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """The score of one reply."""
    fields = json.loads(doc["item"])
    item = Item(**{key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()})
    return {"score": SCORERS.get(doc["scorer"])().score(item, results[0].strip())}
'''


def export(tasks: Sequence[Task], out: Path) -> list[Path]:
    """Writes a YAML file and a JSONL file for each task into a new folder; gives the YAML files.

    Raises:
        RequestError: the folder is there already, or there is a name that the harness cannot have.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RequestError(f"{out} is there already and not empty. Name another folder with --to")
    written = []
    for task in tasks:
        rows = out / f"{task.name}.jsonl"
        write_jsonl(rows, [_row(task, item) for item in task.items])
        write_text(out / f"{task.name}.yaml", _form(task, rows))
        written.append(out / f"{task.name}.yaml")
    if any(_is_own(task) for task in tasks):
        write_text(out / SCORING, _SCORING)
    write_text(out / "README.md", _readme(tasks, out))
    return written


def _row(task: Task, item: Item) -> dict[str, Any]:
    scorer = SCORERS.get(task.scorer)()
    row: dict[str, Any] = {"id": item.id, "message": scorer.message(item)}
    row |= {name: getattr(item, name) for name in ("language", "region", "group", "cluster", "weight")}
    if task.kind == "multiple_choice":
        return row | {"choices": item.choices, "target": LETTERS.index(item.answer)}
    if task.kind == "likelihood":
        return row | {"target": item.answer}
    return row | {
        "target": references(item)[0] if "answer" in scorer.columns else scorer.expected(item),
        "scorer": task.scorer,
        "item": json.dumps(asdict(item), ensure_ascii=False, sort_keys=True),
    }


def _form(task: Task, rows: Path) -> str:
    head = (
        f"# {task.title.splitlines()[0]}\n"
        f"# Written by commonhold eval export: change the task and export it again. Judged there by {task.scorer}.\n"
        f"# Licence of the items: {task.licence}\n"
        f"task: {task.name}\n"
        "dataset_path: json\n"
        f"dataset_kwargs: {{data_files: {{test: {json.dumps(str(rows.resolve()))}}}}}\n"
        "test_split: test\n"
    )
    tail = "num_fewshot: 0\nmetadata: {version: 1.0}\n"
    return head + _body(task) + tail


def _body(task: Task) -> str:
    if task.kind == "multiple_choice":
        return _CHOICES
    if task.kind == "likelihood":
        return _LIKELIHOOD
    written = _WRITTEN.format(tokens=task.max_new_tokens)
    return written + (_OWN if _is_own(task) else _OF_ALL.format(metric=task.scorer.partition("/")[0]))


def _is_own(task: Task) -> bool:
    """Whether the harness has no such measure of its own."""
    return task.kind == "generate" and task.scorer not in ("chrf/1", "bleu/1")


def _readme(tasks: Sequence[Task], out: Path) -> str:
    names = ",".join(task.name for task in tasks)
    system = (
        "\nThese tasks are asked with the recipe's instruction before every message: add it with "
        "`--system_instruction`.\n"
        if any(task.system_prompt == "recipe" for task in tasks)
        else ""
    )
    own = (
        f"\n`{SCORING}` judges replies exactly as commonhold does, and imports it: install commonhold beside the "
        "harness.\n"
        if any(_is_own(task) for task in tasks)
        else ""
    )
    return (
        "# Tasks for lm-evaluation-harness\n\nWritten by `commonhold eval export`. Tried with version 0.4.13.\n\n"
        f"```sh\nlm_eval --model hf --model_args pretrained=MODEL --apply_chat_template \\\n"
        f"  --include_path {out} --tasks {names}\n```\n{system}{own}\n"
        "The paths of the rows in the YAML files are those of the machine on which they were written.\n"
    )
