import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sheets.made import cells, opened, read, source

from commonhold.errors import FormError
from commonhold.sheets import csv_rows
from commonhold.sheets.csv_rows import delimited_rows, respaced
from commonhold.sheets.encodings import Encoding
from commonhold.sheets.row import Raw

CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def lines(path: Path, delimiter: str = ",") -> list[Raw]:
    return list(delimited_rows(source(path), Encoding("utf-8"), delimiter))


def test_a_tab_separates_the_cells_of_a_tsv_file(tmp_path: Path) -> None:
    assert cells(write(tmp_path / "rows.tsv", "a\tb\n1,5\t2\n")) == [{"a": "1,5", "b": "2"}]


def test_encoding_and_delimiter_are_those_of_the_datasheet(tmp_path: Path) -> None:
    (tmp_path / "rows.CSV").write_bytes("a~b\nseñor~sí\n".encode("cp1252"))
    path = tmp_path / "rows.CSV"
    assert cells(path, encoding="windows-1252", delimiter="~") == [{"a": "señor", "b": "sí"}]


@pytest.mark.parametrize(("delimiter", "spoken"), [(";", "a semicolon"), ("\t", "a tab"), ("|", "a bar")])
def test_another_delimiter_is_found_and_said(tmp_path: Path, delimiter: str, spoken: str) -> None:
    path = write(tmp_path / "rows.csv", "q,a\n1,yes, no\n".replace(",", delimiter, 1).replace("1,", f"1{delimiter}"))
    assert cells(path, ("q",), ("a",)) == [{"q": "1", "a": "yes, no"}]
    assert any(spoken in warning for warning in opened(path, "q", "a").warnings)


def test_commas_inside_the_texts_do_not_outweigh_the_header(tmp_path: Path) -> None:
    text = "Message;Reply\n" + "well, yes, no, so;a, b, c, d\n" * 20
    assert len(cells(write(tmp_path / "rows.csv", text), ("Message",), ("Reply",))) == 20


def test_semicolons_inside_the_texts_leave_the_comma_in_place(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.csv", "q,a\n" + "one; two,three; four\n" * 5)
    assert opened(path).columns == ("q", "a")
    assert opened(path).warnings == ()


def test_a_column_of_sentences_is_not_split_at_the_marks_in_some_of_them(tmp_path: Path) -> None:
    some = write(tmp_path / "some.csv", "q\n" + "plain words\n" * 10 + "first; second\n" * 4)
    assert len(cells(some)) == 14
    unsteady = write(tmp_path / "unsteady.csv", "one; two\n" * 5 + "one; two; three\n" * 4)
    assert opened(unsteady).columns == ("one; two",)


def test_the_first_line_that_excel_writes_settles_the_delimiter(tmp_path: Path) -> None:
    assert cells(write(tmp_path / "rows.csv", "sep=~\r\nq~a\r\n1~2\r\n"), ("q",)) == [{"q": "1", "a": "2"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_keep_the_number_of_the_line_on_which_they_begin(tmp_path: Path, end: str) -> None:
    text = end.join(["q,a", '"two', 'lines",x', "", "y,z", ""])
    rows, bad = read(write(tmp_path / "rows.csv", text))
    assert bad == []
    assert [row.number for row in rows] == [2, 5]
    assert rows[0].cells["q"].split() == ["two", "lines"]


def test_a_quotation_mark_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    rows, bad = read(write(tmp_path / "rows.csv", 'q,a\n1,2\n3,"four\n5,6\n7,8\n'))
    assert [(row.number, row.cells["q"]) for row in rows] == [(2, "1"), (4, "5"), (5, "7")]
    assert [(row.number, row.cells) for row in bad] == [(3, ("3", '"four'))]
    assert "never closed" in bad[0].problem


def test_text_after_a_closing_quotation_mark_costs_one_row(tmp_path: Path) -> None:
    rows, bad = read(write(tmp_path / "rows.csv", 'q,a\n"say "hi" now",x\n3,4\n'))
    assert [row.number for row in rows] == [3]
    assert "between a closing quotation mark and a comma" in bad[0].problem


def test_a_cell_past_the_limit_costs_one_row(tmp_path: Path) -> None:
    long = "x" * ((1 << 20) + 1)
    rows, bad = read(write(tmp_path / "rows.csv", f"q,a\n{long},1\n{long[1:]},2\n"))
    assert [row.cells["a"] for row in rows] == ["2"]
    assert [row.problem for row in bad] == ["a cell of more than 1,048,576 characters"]


def test_a_line_past_the_limit_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(FormError, match=r"rows\.csv:2: a line of more than 16,777,216 characters"):
        read(write(tmp_path / "rows.csv", "q,a\n" + "x" * (1 << 24)))


def test_open_quotation_marks_are_not_read_again_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MAX_READ_AGAIN", 20_000)
    text = "q,a\n" + 'x","\n' * 1000  # each line leaves a mark open, and so does the rest from each line on
    with pytest.raises(FormError, match="too many quotation marks are never closed"):
        lines(write(tmp_path / "rows.csv", text))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["2011", " ", ' "6', "000", '000"', "Galway"], ["2011", "", "6,000,000", "Galway"]),
        (["a", "b"], ["a", "b"]),
        (["a", ' "b', "c"], ["a", ' "b', "c"]),
    ],
)
def test_a_space_before_a_quotation_mark_is_forgiven(row: list[str], expected: list[str]) -> None:
    assert respaced(row, ",") == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6), st.sampled_from(",;\t|"))
def test_any_table_that_python_writes_comes_back(
    tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    path = write(tmp_path / "rows.csv", stream.getvalue())
    assert [tuple(line.cells) for line in lines(path, delimiter)] == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from('a,"\n\r;'), max_size=60))
def test_every_line_is_accounted_for_once(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "rows.csv", text)
    numbers = [line.number for line in lines(path)]
    assert numbers == sorted(set(numbers))
    with path.open(newline="") as stream:
        total = len(stream.readlines())
    assert numbers[:1] == ([1] if text else [])
    assert all(number <= total for number in numbers)
