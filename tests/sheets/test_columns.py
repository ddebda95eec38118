from pathlib import Path

import pytest
from tests.sheets.made import cells, read

from commonhold.sheets.columns import ColumnSource, aliased, aliases, find, missing, named


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("q", "q"),
        ("question", "about/you/question"),
        ("What is  your question?", "What is your\nquestion?"),
        ("twice", None),  # at the end of two groups
        ("uestion", None),
        ("you", None),  # a group, with one column only
        ("absent", None),
    ],
)
def test_a_column_is_found_by_name_white_space_aside_or_at_the_end_of_its_group(name: str, column: str | None) -> None:
    columns = ["q", "about/you/question", "What is your\nquestion?", "a/twice", "b/twice", "x/q"]
    assert find(name, columns) == (None if column is None else ColumnSource(column))


def test_a_question_with_several_answers_is_joined_from_its_columns() -> None:
    columns = ["needs/water", "needs/health care", "needs/roads"]
    (alias,) = aliases([("needs",)], columns)
    assert aliased({"needs/water": "1", "needs/health care": "True", "needs/roads": "0"}, alias) == "water, health care"
    assert aliased({"needs/water": "", "needs/health care": "0"}, alias) == ""


def test_answers_by_their_short_names_are_joined_as_kobotoolbox_joins_them() -> None:
    (alias,) = aliases([("needs",)], ["needs/water", "needs/roads"])
    assert aliased({"needs/water": "1", "needs/roads": "1"}, alias) == "water roads"


def test_the_joined_column_wins_over_its_parts() -> None:
    assert aliases([("needs",)], ["needs", "needs/water", "needs/roads"]) == ()


def test_a_group_of_other_questions_is_not_taken_for_answers(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("you/name,you/age,q\nAna,40,hi\n")
    _, bad = read(tmp_path / "rows.csv", ("you",), ("q",))
    assert bad[0].problem == "column 'you/name' should hold 0 or 1 for an answer to 'you'"


def test_the_version_of_a_form_that_has_text_gives_the_cell(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("Question,question_v2,a\nold,,1\n,new,2\nboth,two,3\n")
    rows = cells(tmp_path / "rows.csv", ("question", "Question", "question_v2"), ("a",))
    assert [row["question"] for row in rows] == ["old", "new", "both"]


def test_a_column_is_missing_when_it_has_none_of_its_names() -> None:
    assert missing([("a", "b"), ("c", "d"), ("e",)], ["b", "g/e"]) == [("c", "d")]


def test_columns_without_a_name_or_with_one_twice_get_one_of_their_own() -> None:
    assert named(["\ufeffa ", "", "b", "a", " ", "column 2"]) == (
        "a (1)",
        "column 2'",
        "b",
        "a (2)",
        "column 5",
        "column 2",
    )
