from pathlib import Path

import pytest
from tests.sheets.made import book, cells, opened, read

from commonhold.errors import FormError

HOUSEHOLDS = [
    ["start", "village", "consent", "_id", "_uuid", "_submission_time", "__version__", "_index"],
    ["2026-01-05", "Ayo", "yes", 900, "u-900", "2026-01-05T10:00:00", "v1", 1],
    ["2026-01-06", "Bela", "no", 901, "u-901", "2026-01-06T10:00:00", "v2", 2],
]
QUESTIONS = [
    ["talk/question", "talk/answer", "_index", "_parent_table_name", "_parent_index", "_submission__id"],
    ["where is water?", "by the school", 1, "Households", 1, 900],
    ["when is market?", "on Friday", 2, "Households", 1, 900],
    ["who mends roads?", "the council", 3, "Households", 2, 901],
    ["nobody's", "row", 4, "Households", 7, 999],
]


def test_rows_of_a_repeat_group_carry_the_columns_of_their_submission(tmp_path: Path) -> None:
    path = book(tmp_path / "export.xlsx", {"Households": HOUSEHOLDS, "talk": QUESTIONS})
    rows, bad = read(path, ("question",), ("answer",), ("consent",), ("_uuid",), sheet="talk")
    told = [(row.cells["question"], row.cells["village"], row.cells["consent"], row.cells["_uuid"]) for row in rows]
    assert told == [
        ("where is water?", "Ayo", "yes", "u-900"),
        ("when is market?", "Ayo", "yes", "u-900"),
        ("who mends roads?", "Bela", "no", "u-901"),
    ]
    assert [(row.number, row.problem) for row in bad] == [
        (5, "Households has no readable row '7', to which this row should belong")
    ]


def test_of_two_columns_with_one_name_the_rows_own_counts(tmp_path: Path) -> None:
    path = book(tmp_path / "export.xlsx", {"Households": HOUSEHOLDS, "talk": QUESTIONS[:3]})
    rows = cells(path, ("answer",), sheet="talk")
    assert [(row["_index"], row["Households/_index"]) for row in rows] == [("1", "1"), ("2", "1")]


def test_the_submissions_themselves_are_the_first_sheet(tmp_path: Path) -> None:
    path = book(tmp_path / "export.xlsx", {"Households": HOUSEHOLDS, "talk": QUESTIONS})
    assert [row["village"] for row in cells(path, ("village",))] == ["Ayo", "Bela"]


def test_a_group_in_a_group_carries_both(tmp_path: Path) -> None:
    follow_up = [["note", "_index", "_parent_table_name", "_parent_index"], ["more wells", 1, "talk", 2]]
    path = book(tmp_path / "export.xlsx", {"Households": HOUSEHOLDS, "talk": QUESTIONS[:4], "deeper": follow_up})
    (row,) = cells(path, ("note",), ("answer",), ("village",), sheet="deeper")
    assert (row["note"], row["answer"], row["village"]) == ("more wells", "on Friday", "Ayo")


def test_files_of_odk_are_joined_by_their_keys(tmp_path: Path) -> None:
    (tmp_path / "desk.csv").write_text("village,consent,KEY\nAyo,yes,uuid:1\nBela,no,uuid:2\n")
    (tmp_path / "desk-talk.csv").write_text("question,answer,PARENT_KEY,KEY\nq1,a1,uuid:2,uuid:2/talk[1]\n")
    (row,) = cells(tmp_path / "desk-talk.csv", ("question",), ("village",), parent="desk.csv")
    assert (row["question"], row["village"], row["KEY"]) == ("q1", "Bela", "uuid:2/talk[1]")


def test_a_parent_that_nothing_links_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "desk.csv").write_text("village,consent\nAyo,yes\n")
    (tmp_path / "talk.csv").write_text("question,answer\nq,a\n")
    with pytest.raises(FormError, match=r"no column links its rows to those of 'desk\.csv'.*PARENT_KEY"):
        opened(tmp_path / "talk.csv", parent="desk.csv")


def test_labels_as_headers_are_columns_like_any_other(tmp_path: Path) -> None:
    label = "In your own words: what would you like to ask the health worker who comes on Tuesday? " * 3
    path = book(tmp_path / "export.xlsx", {"Desk": [[label, "_id"], ["when?", 1]]})
    assert opened(path, label.strip()).columns == (label.strip(), "_id")
