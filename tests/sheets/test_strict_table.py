"""Tables that nobody looks at after reading: every row whole, or told with its line."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commonhold.sheets.limits import MAX_CELL_CHARACTERS
from commonhold.sheets.source import Source
from commonhold.sheets.whole_table import Expected, TableRow, WholeTable, read_table

STRICT = Expected(lambda name: name in ("id", "text", "a", "b"), strict=True, name=str.strip)


def read(folder: Path, text: str) -> WholeTable:
    (folder / "x.csv").write_text(text, encoding="utf-8", newline="")
    return read_table(Source(folder / "x.csv", "x.csv"), STRICT)


def problems(folder: Path, text: str) -> list[str]:
    found = [str(problem) for problem in read(folder, text).problems]
    assert found
    return found


def test_cells_are_untouched_and_headers_trimmed(tmp_path: Path) -> None:
    table = read(tmp_path, ' id , text\n1,"  two  words, quoted ""so"" "\n')
    assert table.columns == ("id", "text")
    assert table.rows == (TableRow(2, 2, {"id": "1", "text": '  two  words, quoted "so" '}),)


def test_a_row_has_the_line_on_which_it_begins(tmp_path: Path) -> None:
    table = read(tmp_path, 'id,text\n1,"one\ntwo\nthree"\n2,x\n\n , \n3,"y\nz"\n4,w')
    assert [(row.line, row.cells["id"]) for row in table.rows] == [(2, "1"), (5, "2"), (8, "3"), (10, "4")]
    assert [row.number for row in table.rows] == [2, 3, 6, 7]


def test_a_line_break_in_a_cell_is_kept_as_it_was(tmp_path: Path) -> None:
    assert read(tmp_path, 'a\r\n"x\r\ny"\r\n').rows == (TableRow(2, 2, {"a": "x\r\ny"}),)


def test_blank_lines_above_the_header_are_skipped_and_counted(tmp_path: Path) -> None:
    table = read(tmp_path, "\n,\na,b\n1,2\n")
    assert table.columns == ("a", "b")
    assert (table.rows[0].line, table.rows[0].number, table.notes) == (4, 4, ())


def test_a_title_above_the_header_is_not_skipped(tmp_path: Path) -> None:
    assert problems(tmp_path, "title\na,b\n1,2\n")[0].startswith("x.csv:2 row 2: 2 cells where the header has 1")


def test_another_delimiter_leaves_commas_alone(tmp_path: Path) -> None:
    table = read(tmp_path, "a;b\n1,5;2\n")
    assert table.rows[0].cells == {"a": "1,5", "b": "2"}
    assert [note.message for note in table.notes] == ["the cells are separated by a semicolon, not a comma"]


def test_all_ragged_rows_are_told_at_once(tmp_path: Path) -> None:
    remedy = "Quote cells that hold the delimiter or line breaks, or save the table as CSV again"
    assert problems(tmp_path, "a,b\n1\n1,2\n1,2,3\n") == [
        f"x.csv:2 row 2: 1 cells where the header has 2. {remedy}",
        f"x.csv:4 row 4: 3 cells where the header has 2. {remedy}",
    ]


@pytest.mark.parametrize("row", ["1,2,", '1, "2,3"', "1,2,,"])
def test_what_a_lenient_reader_forgives_is_ragged(tmp_path: Path, row: str) -> None:
    assert "cells where the header has 2" in problems(tmp_path, f"a,b\n{row}\n")[0]


def test_every_column_name_that_is_empty_or_appears_twice_is_told(tmp_path: Path) -> None:
    assert problems(tmp_path, "a,,b,a \n1,2,3,4\n") == [
        "x.csv:1 row 1: column B has no name, but row 2 has text in it. Write the column's name on top of it",
        "x.csv:1 row 1: the column 'a' appears twice, the second time as column D. Delete or rename one of the two",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", " , ,\n"])
def test_a_file_without_a_header_is_empty(tmp_path: Path, text: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("x.csv:1: the file is empty; the first row must name the columns")


def test_an_unclosed_quote_is_told_with_the_ragged_rows(tmp_path: Path) -> None:
    first, second = problems(tmp_path, 'a,b\n1\n1,2\n1,"two\n3,4\n')
    assert first.startswith("x.csv:2 row 2: 1 cells")
    assert second.startswith("x.csv:4 row 4: a quotation mark opens in this row and is never closed")


def test_an_unclosed_quote_in_the_header_is_told(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, 'a,"b\n1,2\n')
    assert problem.startswith("x.csv:1: a quotation mark opens in this row and is never closed")


def test_text_after_a_closing_quote_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, 'a\n"x"y\n')
    assert problem.startswith("x.csv:2 row 2: there is text between a closing quotation mark")


def test_a_cell_of_the_limit_is_read_and_one_more_letter_is_not(tmp_path: Path) -> None:
    full = "x" * MAX_CELL_CHARACTERS
    assert read(tmp_path, f"a\n{full}\n").rows[0].cells["a"] == full
    assert problems(tmp_path, f"a\n{full}x\n")[0].startswith("x.csv:2 row 2: a cell of more than 1,048,576 characters")


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS.map(lambda cell: f"x{cell}"), min_size=2, max_size=2), max_size=8))
def test_what_a_spreadsheet_writes_comes_back(tmp_path: Path, rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["a", "b"], *rows])
    table = read(tmp_path, stream.getvalue())
    assert [list(row.cells.values()) for row in table.rows] == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("ab,;\"' \n\r\t\x00é\ufeff")))
def test_any_text_is_read_or_refused_and_never_crashes(tmp_path: Path, text: str) -> None:
    table = read(tmp_path, text)
    assert table.problems or all(len(row.cells) == len(table.columns) for row in table.rows)
