"""A toy community: data, two tasks and a recipe for the toy model, written into a folder as a person would."""

import csv
from collections.abc import Sequence
from pathlib import Path

from tests.computing import PRECISION
from tests.toys import make_base

TOY_BASE = "smollm2-1.7b-instruct"
"""A catalog id whose weights a person may place by hand: here the toy's."""
HEADER = ("Entry", "Who", "Message", "Reply", "OK?")
PLACES = ("well", "school", "market", "bridge", "clinic", "square", "mill", "harbour")
VERBS = ("is broken", "has no water", "smells odd", "was closed today", "needs a lamp")

DATASHEET = """\
datasheet: 1
title: Water desk
description: Toy messages for tests.
licence: CC0-1.0
contact: desk@example.org
withdrawal: Write to the contact with the entry number.
collected: {from: 2026-01-01, to: 2026-02-01, method: written for tests}
languages: [en]
region: US
files: [{path: rows.csv}]
columns: {id: Entry, prompt: Message, completion: Reply, contributor: Who}
consent: {basis: Asked at the desk., column: "OK?", accepted: ["yes"]}
"""

RECIPE = f"""\
recipe: 1
name: water-desk
governance:
  purpose: Say who looks after the water.
  intended_use: Tests.
  out_of_scope: [Everything else]
  contact: desk@example.org
  stewards: [the test suite]
data:
  folder: ../data
  min_words: 1
  validation_share: 0.1
  test_share: 0.0
base:
  id: {TOY_BASE}
  precision: {PRECISION}
train:
  epochs: 1
  learning_rate: 0.01
  max_tokens: 160
  max_overlong_ratio: 0.0
  lora: {{rank: 4, alpha: 8}}
evaluate:
  tasks: [../tasks]
publish:
  model: water-desk
  licence: CC0-1.0
  gguf: none
  recheck_items: 2
"""

GENERATE_TASK = """\
task: 1
name: replies
title: Says who looks after it
description: Toy.
kind: generate
scorer: include/1
system_prompt: recipe
max_new_tokens: 4
licence: CC0-1.0
"""
CHOICE_TASK = (
    GENERATE_TASK.replace("replies", "choices")
    .replace("generate", "multiple_choice")
    .replace("include/1", "multiple_choice/1")
)


def rows(count: int = 20, consent: str = "yes") -> list[tuple[str, ...]]:
    """Different messages of ten people."""
    return [
        (
            f"W{n}",
            f"p{n % 10}",
            f"The {PLACES[n % 8]} {VERBS[n % 5]} ({n})",
            f"The {PLACES[(n * 3) % 8]} desk",
            consent,
        )
        for n in range(count)
    ]


def write_rows(path: Path, table: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> None:
    """A CSV file as a spreadsheet exports it."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *table])


def make_community(folder: Path) -> Path:
    """Writes data, tasks, recipe and a workspace with the toy base; gives the recipe's path."""
    for name in ("data", "tasks/replies", "tasks/choices", "recipes", "work/bases"):
        (folder / name).mkdir(parents=True)
    (folder / "data" / "datasheet.yaml").write_text(DATASHEET, encoding="utf-8")
    write_rows(folder / "data" / "rows.csv", rows())
    (folder / "tasks" / "replies" / "task.yaml").write_text(GENERATE_TASK, encoding="utf-8")
    write_rows(
        folder / "tasks" / "replies" / "items.csv",
        [("a", "Who mends the pump?", "desk"), ("b", "No water at all here.", "desk")],
        ("id", "prompt", "must_include"),
    )
    (folder / "tasks" / "choices" / "task.yaml").write_text(CHOICE_TASK, encoding="utf-8")
    write_rows(
        folder / "tasks" / "choices" / "items.csv",
        [("c", "Which is wet?", "a", "water", "sand"), ("d", "Which is dry?", "b", "water", "sand")],
        ("id", "prompt", "answer", "choice_a", "choice_b"),
    )
    recipe = folder / "recipes" / "water.yaml"
    recipe.write_text(RECIPE, encoding="utf-8")
    make_base(folder / "work" / "bases" / TOY_BASE)
    return recipe
