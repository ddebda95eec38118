from pathlib import Path

import pytest
from tests.sheets.made import cells, opened, read

from commonhold.errors import FormError, MissingInputError


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_title_lines_above_the_header_are_left_out_and_told(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.csv", "Desk of the village,\n\nSpring 2026,\nMessage,Reply\nhi,hello\n")
    assert cells(path, ("Message",), ("Reply",)) == [{"Message": "hi", "Reply": "hello"}]
    assert opened(path, "Message", "Reply").warnings == ("2 rows above the column names in row 4 left out",)


def test_a_row_that_names_a_column_in_passing_is_not_the_header(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.csv", "Message,of the week,\nMessage,Reply,Who\nhi,hello,Ana\n")
    assert opened(path, "Message", "Reply").columns == ("Message", "Reply", "Who")


def test_without_a_mapping_the_first_row_as_full_as_most_is_the_header(tmp_path: Path) -> None:
    assert opened(write(tmp_path / "a.csv", "Title,,\n,,\nq,a,n\n1,2,3\n4,5,6\n")).columns == ("q", "a", "n")
    assert opened(write(tmp_path / "b.csv", ",2000,2001\nmen,1,2\nwomen,3,4\n")).columns == ("column 1", "2000", "2001")


def test_a_blank_first_row_names_nothing(tmp_path: Path) -> None:
    assert cells(write(tmp_path / "rows.csv", "\n , \nq,a\n1,2\n")) == [{"q": "1", "a": "2"}]


def test_two_columns_of_one_name_are_told_apart_by_number(tmp_path: Path) -> None:
    assert cells(write(tmp_path / "rows.csv", "a,b,a\n1,2,3\n")) == [{"a (1)": "1", "b": "2", "a (2)": "3"}]


def test_ragged_rows_are_bad_rows_and_the_rest_is_read(tmp_path: Path) -> None:
    rows, bad = read(write(tmp_path / "rows.csv", "q,a\n1\n2,3\n4,5,6\n7,8,,\n"))
    assert [row.cells for row in rows] == [{"q": "2", "a": "3"}, {"q": "7", "a": "8"}]
    assert [(row.number, row.cells, row.problem) for row in bad] == [
        (2, ("1",), "1 cells where the header has 2"),
        (4, ("4", "5", "6"), "3 cells where the header has 2"),
    ]


def test_a_header_that_comes_again_is_no_record(tmp_path: Path) -> None:
    rows, bad = read(write(tmp_path / "rows.csv", "q,a\n1,2\nq,a\n3,4\n"))
    assert [row.number for row in rows] == [2, 4]
    assert [row.problem for row in bad] == ["the row repeats the column names"]


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n", "\ufeff"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormError, match=r"rows\.csv:1: the file is empty; the first row must name the columns"):
        opened(write(tmp_path / "rows.csv", text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"rows\.csv: there is no such file"):
        opened(tmp_path / "rows.csv")


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="16,385 columns, more than 16,384"):
        opened(write(tmp_path / "rows.csv", ",".join(map(str, range(16_385))) + "\n"))


def test_too_many_rows_and_too_many_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "rows.csv", "q,a\n1,2\n3,4\n")
    monkeypatch.setattr("commonhold.sheets.table.MAX_ROWS", 1)
    with pytest.raises(FormError, match=r"rows\.csv:3: more than 1 rows\. Split it"):
        list(opened(path).rows)
    monkeypatch.setattr("commonhold.sheets.limits.check_file.__defaults__", (11,))
    with pytest.raises(FormError, match="12 bytes, more than 11"):
        opened(path)
