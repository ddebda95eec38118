"""The page of keys, columns and scorers says what the code does."""

from pathlib import Path

import pytest

from commonhold.evaluate.columns import ALWAYS, COLUMNS
from commonhold.evaluate.reference import task_reference
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.tasks import TaskForm

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "tasks.md"
WRITE_ANEW = (
    "is not what the code says; write it again: PYTHONPATH=pipeline python -c 'from pathlib import Path; "
    'from commonhold.evaluate.reference import *; write_task_reference(Path("docs/reference"))\''
)


def test_the_committed_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == task_reference(), WRITE_ANEW


@pytest.mark.parametrize("name", TaskForm.model_fields)
def test_every_key_says_what_it_is(name: str) -> None:
    assert (TaskForm.model_fields[name].description or "").endswith(".")
    assert f"| `{name}` | " in task_reference()


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_is_judged_by_or_goes_with_every_scorer(name: str) -> None:
    assert name in ALWAYS or any(name in SCORERS.get(scorer).columns for scorer in SCORERS)


@pytest.mark.parametrize("name", list(SCORERS))
def test_every_scorer_says_what_is_right_in_a_sentence(name: str) -> None:
    scorer = SCORERS.get(name)
    assert (scorer.__doc__ or "").split("\n")[0].endswith(".")
    assert scorer.columns <= set(COLUMNS)
    assert f"\n### {name}\n" in task_reference()
