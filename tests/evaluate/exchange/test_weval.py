"""Weval's blueprints as items."""

from pathlib import Path

import pytest

from commonhold.errors import FormError
from commonhold.evaluate.exchange.carried import Carried, ReplyChecks, write_carried
from commonhold.evaluate.exchange.weval import read_weval
from commonhold.evaluate.exchange.weval_points import add_points
from commonhold.evaluate.scorers.pattern import pattern_holds
from commonhold.evaluate.tasks import load_tasks

BLUEPRINT = """\
title: "Tenants' rights"
description: "What tenants may ask.\\n\\n**Sources**: the act"
system: Be brief.
tags: [law]
---
- id: deposit
  prompt: When do I get my deposit back?
  citation: Housing act, 12
  ideal: Within thirty days.
  should:
    - Says that it takes thirty days.: Housing act, 12
    - $icontains: thirty
    - point: Is kind.
      weight: 2
  should_not:
    - $contains: lawyer
    - Gives a guarantee.
- prompt: Who pays the heating?
  ideal: The landlord | owner pays.
- messages:
    - user: Is mould my fault?
  should: [Says that it depends.]
- id: talk
  messages:
    - user: Hi
    - assistant: Hello
    - user: Bye
  should: [Is polite.]
"""


def read(path: Path, text: str) -> Carried:
    path.write_text(text, encoding="utf-8")
    return read_weval(path)


def test_a_blueprint_becomes_items_with_points_and_sources(tmp_path: Path) -> None:
    carried = read(tmp_path / "tenants.yml", BLUEPRINT)
    (deposit,) = carried.checked
    assert deposit["source"] == "Housing act, 12"
    assert deposit["regex"] == "(?i)thirty\nnot:lawyer"
    assert deposit["rubric"].split("\n") == [
        "Says that it takes thirty days. [Housing act, 12]",
        "Is kind.",
        "Must not: Gives a guarantee.",
    ]
    assert [row["answer"] for row in carried.ideal] == ["The landlord / owner pays."]
    assert [row["prompt"] for row in carried.unjudged] == ["Is mould my fault?"]


def test_what_has_no_place_is_listed_with_its_line(tmp_path: Path) -> None:
    left = [str(left) for left in read(tmp_path / "tenants.yml", BLUEPRINT).left]
    assert left == [
        "header: system: the instruction comes from the recipe: data.system_prompt",
        "header: tags: no key of a task is for it",
        "prompt deposit (line 6), should: weights: points of an item have no weights; an item has",
        "prompt deposit (line 6): ideal: the item is judged by its checks; the ideal reply is not compared",
        "prompt 3 (line 20): kept in unjudged.csv: it has only points that people, or a judge, can rate",
        "prompt talk (line 23): left out: it is a conversation of several messages; a task has one",
    ]


def test_two_tasks_are_written_and_pass(tmp_path: Path) -> None:
    carried = read(tmp_path / "tenants.yml", BLUEPRINT)
    folders = write_carried(carried, tmp_path / "tenants")
    tasks = load_tasks(folders)
    assert [(task.name, task.scorer, task.title) for task in tasks] == [
        ("tenants", "checks/1", "Tenants' rights"),
        ("tenants-ideal", "chrf/1", "Tenants' rights"),
    ]
    assert tasks[0].licence == "CC0-1.0"
    assert tasks[0].description.endswith("What tenants may ask.\n\n**Sources**: the act")


def test_a_stroke_in_a_source_does_not_split_its_point(tmp_path: Path) -> None:
    carried = read(tmp_path / "x.yml", "- prompt: a\n  should: [{text: Is kind, citation: act | 2}, {$contains: b}]\n")
    (task,) = load_tasks(write_carried(carried, tmp_path / "acts"))
    assert task.items[0].rubric == ("Is kind [act / 2]",)


@pytest.mark.parametrize(
    "text",
    [
        "- prompt: a\n  ideal: b\n",
        "prompt: a\nideal: b\n",
        "title: t\nprompts:\n  - prompt: a\n    ideal: b\n",
        "title: t\n---\nprompt: a\nideal: b\n",
        '{"id": "x", "prompts": [{"promptText": "a", "idealResponse": "b"}]}',
        "- messages: [{role: user, content: a}]\n  ideal: b\n",
    ],
)
def test_every_layout_of_a_blueprint_is_read(tmp_path: Path, text: str) -> None:
    (row,) = read(tmp_path / "x.yml", text).ideal
    assert (row["prompt"], row["answer"]) == ("a", "b")


@pytest.mark.parametrize("text", ["", "title: t\n", "- should: [a]\n", "- 3\n"])
def test_what_is_no_blueprint_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormError, match=r"there is no prompt|there are no prompts"):
        read(tmp_path / "x.yml", text)


def holds(point: dict[str, object], output: str, *, negated: bool = False) -> bool:
    wanted = ReplyChecks()
    left = list(add_points(wanted, [point], "p", negated=negated))
    assert wanted.patterns, left
    return all(pattern_holds(pattern, output) for pattern in wanted.patterns)


@pytest.mark.parametrize(
    ("point", "right", "wrong"),
    [
        ({"$contains": "Duty"}, "my Duty", "duty"),
        ({"$icontains": "Duty"}, "duty", "dut"),
        ({"$contain": "Duty"}, "Dutyfree", "duty"),
        ({"$contains_any_of": ["a", "b"]}, "b", "c"),
        ({"$icontains_any_of": ["A", "B"]}, "b", "c"),
        ({"$contains_all_of": ["a", "b"]}, "ba", "a"),
        ({"$matches": r"^\d"}, "1a", "a1"),
        ({"$imatch": "^A"}, "a1", "1a"),
        ({"$matches_all_of": ["^a", "b$"]}, "ab", "a"),
        ({"$match_any_of": ["^a", "b$"]}, "ac", "c"),
        ({"$starts_with": "Yes"}, "Yes.", "Oh Yes"),
        ({"$ends_with": "you."}, "Thank you. ", "you. Bye"),
        ({"$contains_word": "Paraná"}, "el Paraná.", "Paranáense"),
        ({"$icontains_word": "são paulo"}, "São Paulo", "são paulos"),
        ({"$not_contains": "spam"}, "Spam", "spam"),
        ({"$not_icontains": "spam"}, "ham", "SPAM"),
        ({"$not_contains_any_of": ["a", "b"]}, "c", "cb"),
        ({"$not_contains_all_of": ["a", "b"]}, "c", "a"),
        ({"$not_match": r"\d"}, "a", "1"),
        ({"$not_starts_with": "Un"}, "No, Un", "Unfortunately"),
        ({"fn": "contains", "arg": "duty"}, "duty", "Duty"),
        ({"fn": "contains", "fnArgs": "duty", "citation": "act"}, "duty", "Duty"),
    ],
)
def test_a_function_judges_as_weval_does(point: dict[str, object], right: str, wrong: str) -> None:
    assert holds(point, right)
    assert not holds(point, wrong)


def test_should_not_turns_a_check_round() -> None:
    assert holds({"$contains": "a"}, "b", negated=True)
    assert not holds({"$contains": "a"}, "a", negated=True)
    assert holds({"$not_contains": "a"}, "a", negated=True)


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        ({"$js": "r.length > 3"}, "it needs a program, a service or a judge"),
        ({"$factcheck": "dates"}, "it needs a program, a service or a judge"),
        ({"$word_count_between": [5, 10]}, "counting has no scorer"),
        ({"$contains_at_least_n_of": [1, ["a", "b"]]}, "counting has no scorer"),
        ({"$matches": "(?<=a)b"}, "RE2 cannot look behind"),
        ({"$contains": ""}, "it has no argument"),
    ],
)
def test_functions_without_a_column_are_listed(point: dict[str, object], reason: str) -> None:
    wanted = ReplyChecks()
    (left,) = add_points(wanted, [point], "p", negated=False)
    assert reason in left.why
    assert not wanted.is_checked


def test_ways_to_be_right_are_kept_for_people(tmp_path: Path) -> None:
    wanted = ReplyChecks()
    left = list(add_points(wanted, [["is kind", {"$contains": "a"}], ["declines"]], "p", negated=False))
    assert wanted.rubric == ["One way of 2 (1): is kind; $contains [a]", "One way of 2 (2): declines"]
    assert len(left) == 2
    assert not wanted.is_checked
