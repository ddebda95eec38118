"""First tasks to fill in, and how items are shown."""

from pathlib import Path

import pytest

from commonhold.errors import RequestError
from commonhold.evaluate.preview import find_item, preview
from commonhold.evaluate.scorers import SCORERS
from commonhold.evaluate.task_starter import kinds, newest, write_starter
from commonhold.evaluate.tasks import Task, load_tasks


def starter(parent: Path, kind: str) -> Task:
    write_starter(parent / "my-task", kind)
    (task,) = load_tasks([parent / "my-task"])
    return task


@pytest.mark.parametrize("name", list(SCORERS))
def test_every_scorer_has_a_starter_that_passes_the_check(tmp_path: Path, name: str) -> None:
    task = starter(tmp_path, name.partition("/")[0])
    assert task.scorer == newest(name.partition("/")[0])
    assert len(task.items) == 2


def test_a_starter_explains_its_keys(tmp_path: Path) -> None:
    form, _ = write_starter(tmp_path / "my-task", "include")
    text = form.read_text(encoding="utf-8")
    assert "# How replies are judged: Every phrase of `must_include` stands in the reply" in text
    assert text.count("#") >= 9


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("my-task", "includ", "no kind of task is called 'includ'; did you mean 'include'?"),
        ("My Task", "include", "'My Task' cannot be a task's name: .* Try 'my-task'"),
        ("x", "include", "'x' cannot be a task's name: two or more small letters, .* Try 'x-task'"),
        ("taken", "include", "taken is there already and not empty"),
    ],
)
def test_what_cannot_be_begun(tmp_path: Path, name: str, kind: str, message: str) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "x").touch()
    with pytest.raises(RequestError, match=message):
        write_starter(tmp_path / name, kind)


def test_kinds_are_scorers_without_versions() -> None:
    assert "include" in kinds()
    assert len(kinds()) == len(list(SCORERS))


def shown(task: Task, *replies: str, item: str = "") -> list[str]:
    return list(preview(task, find_item(task, item), "Be kind.", None, replies))


def test_an_item_is_shown_as_it_is_asked_and_judged(tmp_path: Path) -> None:
    assert shown(starter(tmp_path, "include")) == [
        "my-task, item example-1",
        "",
        "Asked:",
        "  system: Be kind.",
        "  user: There is a pothole on Alder Street. Whom do I call?",
        "",
        "Judged by include/1: Every phrase of `must_include` stands in the reply as whole words, and none of "
        "`must_not_include`.",
        "  right: Streets + ext. 204; not: Water",
        "",
        "1.00  right         Streets / ext. 204",
        "0.00  wrong         I do not know.",
        "0.00  wrong         Streets / ext. 204 / Water",
        "0.00  wrong         (an empty reply)",
    ]


def test_given_replies_are_scored_and_no_others(tmp_path: Path) -> None:
    lines = shown(starter(tmp_path, "token_f1"), "from nine to five", "a photo", item="example-1")
    assert lines[-2:] == ["0.73  partly right  from nine to five", "0.00  wrong         a photo"]  # 2 · 4 / (4 + 7)


def test_choices_are_all_shown_with_their_scores(tmp_path: Path) -> None:
    lines = shown(starter(tmp_path, "multiple_choice"))
    assert lines[-3:] == ["0.00  wrong         Water", "1.00  right         Streets", "0.00  wrong         Lighting"]


def test_a_template_shows_the_conversation(tmp_path: Path) -> None:
    task = starter(tmp_path, "multiple_choice_generated")
    lines = list(preview(task, task.items[0], "", lambda messages: f"<{messages[-1].content}>", ()))
    assert lines[3:5] == ["  <There is a pothole on Alder Street. Whom do I call? Answer with a letter.", "  a) Water"]


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_can_be_shown(tmp_path: Path, kind: str) -> None:
    assert len(shown(starter(tmp_path, kind), item="example-2")) > 6


def test_an_unknown_item_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"no item is called 'x'\. The first is 'example-1'"):
        find_item(starter(tmp_path, "include"), "x")
