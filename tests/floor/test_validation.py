"""Forms against models: every problem at once, at its line, in plain words."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import Field

from commonhold.errors import FormError
from commonhold.forms import Form, nearest_key, parse_yaml, validate


class Stall(Form):
    """One stall of a market."""

    owner: str
    start: int = Field(alias="from", default=0, ge=0)
    kind: Literal["food", "craft"] = "food"
    rent: float = 1.5
    open: bool = True
    days: tuple[str, ...] = ()
    size: Annotated[tuple[int, ...], Field(min_length=1)] | Literal["any"] = "any"


class Market(Form):
    """A market."""

    name: str
    main: Stall
    stalls: tuple[Stall, ...] = ()


def _read(text: str) -> Market:
    return validate(Market, parse_yaml(text, "x.yaml"), "x.yaml", "explain")


def _problems(text: str) -> list[str]:
    with pytest.raises(FormError) as caught:
        _read(text)
    return [str(problem) for problem in caught.value.problems]


def _stall_problem(line: str) -> str:
    (problem,) = _problems(f"name: m\nmain:\n  owner: Ana\n  {line}\n")
    return problem


def test_a_form_that_is_right_is_read_and_defaults_are_filled_in() -> None:
    market = _read("name: m\nmain: {owner: Ana, from: 3, rent: 2, days: [mon]}\n")
    assert market.main == Stall.model_validate({"owner": "Ana", "from": 3, "rent": 2.0, "days": ("mon",)})


def test_what_was_read_does_not_change() -> None:
    market = _read("name: m\nmain: {owner: Ana}\n")
    with pytest.raises(ValueError, match="frozen"):
        market.name = "other"  # type: ignore[misc]


def test_all_problems_come_at_once_each_with_its_line() -> None:
    text = "name: 3\nmain:\n  ownr: Ana\nstalls:\n  - owner: Bo\n    kind: fod\n  - kind: craft\n    days: mon\n"
    assert _problems(text) == [
        "x.yaml:1 name: this should be text, got 3. Run: explain name",
        "x.yaml:2 main.owner: this key is missing. Run: explain main.owner",
        "x.yaml:3 main.ownr: unknown key; did you mean 'owner'? Run: explain main",
        "x.yaml:6 stalls.0.kind: this should be 'food' or 'craft', got \"fod\". Run: explain stalls.0.kind",
        "x.yaml:7 stalls.1.owner: this key is missing. Run: explain stalls.1.owner",
        'x.yaml:8 stalls.1.days: this should be a list, such as [one, two], got "mon". Run: explain stalls.1.days',
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('from: "3"', 'main.from: this should be a whole number, got "3"'),
        ("from: true", "main.from: this should be a whole number, got true"),
        ("from: 3.0", "main.from: this should be a whole number, got 3.0"),
        ("from: -1", "main.from: this should be at least 0, got -1"),
        ("rent: true", "main.rent: this should be a number, got true"),
        ("open: 1", "main.open: this should be true or false, got 1"),
        ("open: yes", 'main.open: this should be true or false, got "yes"'),
        ("days: {mon: 1}", "main.days: this should be a list, such as [one, two]"),
        ("days: [1]", "main.days.0: this should be text, got 1"),
        (
            "size: all",
            "main.size: this should be a list, such as [one, two], got \"all\"; or this should be 'any', got",
        ),
        ("start: 3", "main.start: unknown key"),
        ("form: 3", "main.form: unknown key; did you mean 'from'?"),
        ("zzz: 3", "main.zzz: unknown key. Run: explain main"),
    ],
)
def test_a_value_is_taken_as_written_and_refused_in_plain_words(line: str, message: str) -> None:
    assert _stall_problem(line).startswith(f"x.yaml:4 {message}")


def test_a_section_without_keys_is_told_what_a_section_is() -> None:
    (problem,) = _problems("name: m\nmain:\n")
    assert problem.startswith(
        "x.yaml:2 main: this should be a section: its keys on the lines below, indented, got null"
    )


def test_a_list_in_place_of_a_form_is_told_so() -> None:
    (problem,) = _problems("- name: m\n")
    assert problem == "x.yaml:1: this should be a section: its keys on the lines below, indented. Run: explain"


def test_a_long_value_is_cut_in_the_message() -> None:
    (problem,) = _problems(f"name: m\nmain: {{owner: Ana, kind: {'x' * 500}}}\n")
    assert "x" * 79 + "…" in problem
    assert "x" * 80 not in problem


def test_without_a_help_command_the_remedy_says_what_to_write() -> None:
    with pytest.raises(FormError, match=r"x\.yaml:1 name: this key is missing\. Write it: 'name: …'$"):
        validate(Market, parse_yaml("main: {owner: Ana}", "x.yaml"), "x.yaml")


@pytest.mark.parametrize(
    ("path", "near"),
    [
        (("stalls", 0, "ownr"), "owner"),
        (("stalls", 0, "from_"), "from"),
        (("stalls", 0, "zzz"), ""),
        (("zzz", "owner"), ""),
        (("name", "owner"), ""),
        (("main", "owner", "zzz"), ""),
    ],
)
def test_the_nearest_key_is_one_that_a_person_writes(path: tuple[str | int, ...], near: str) -> None:
    assert nearest_key(Market, path) == near


class Foreign(Form):
    """A form that knows other programs' words."""

    synonyms: ClassVar[Mapping[str, str]] = {"landlord": "owner", "owners": "names.first"}
    owner: str = ""


@pytest.mark.parametrize(("word", "meant"), [("landlord", "owner"), ("owners", "names.first"), ("owned", "owner")])
def test_a_word_of_another_program_is_refused_with_ours(word: str, meant: str) -> None:
    with pytest.raises(FormError, match=f"unknown key; did you mean '{meant}'"):
        validate(Foreign, parse_yaml(f"{word}: Ana", "x.yaml"), "x.yaml")
