"""CSV as volunteers save it: every row with its line, every ragged row told."""

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.errors import FormError
from commonhold.forms import MAX_CELL_CHARACTERS, Row, parse_csv


def _problems(text: str, delimiter: str = ",") -> list[str]:
    with pytest.raises(FormError) as caught:
        parse_csv(text, "x.csv", delimiter)
    return [str(problem) for problem in caught.value.problems]


def test_cells_are_untouched_and_headers_trimmed() -> None:
    table = parse_csv(' id , text\n1,"  two  words, quoted ""so"" "\n', "x.csv")
    assert table.columns == ("id", "text")
    assert table.rows == (Row(2, {"id": "1", "text": '  two  words, quoted "so" '}),)


def test_a_row_has_the_line_on_which_it_begins() -> None:
    table = parse_csv('id,text\n1,"one\ntwo\nthree"\n2,x\n\n , \n3,"y\nz"\n4,w', "x.csv")
    assert [(row.number, row.cells["id"]) for row in table.rows] == [(2, "1"), (5, "2"), (8, "3"), (10, "4")]


def test_a_line_break_in_a_cell_is_kept_as_it_was() -> None:
    assert parse_csv('a\r\n"x\r\ny"\r\n', "x.csv").rows == (Row(2, {"a": "x\r\ny"}),)


def test_blank_lines_above_the_header_are_skipped_and_counted() -> None:
    table = parse_csv("\n,\na,b\n1,2\n", "x.csv")
    assert table.columns == ("a", "b")
    assert table.rows[0].number == 4


def test_another_delimiter_leaves_commas_alone() -> None:
    assert parse_csv("a;b\n1,5;2\n", "x.csv", ";").rows[0].cells == {"a": "1,5", "b": "2"}


def test_all_ragged_rows_are_told_at_once() -> None:
    remedy = "Quote cells that hold ',' or line breaks, or check the delimiter"
    assert _problems("a,b\n1\n1,2\n1,2,3\n") == [
        f"x.csv:2 row 2: 1 cells where the header has 2. {remedy}",
        f"x.csv:4 row 4: 3 cells where the header has 2. {remedy}",
    ]


def test_every_column_name_that_is_empty_or_stands_twice_is_told() -> None:
    message = "is empty or stands twice. Rename it"
    assert _problems("a,,b,a \n") == [
        f"x.csv:1 column 2: the column name '' {message}",
        f"x.csv:1 column 4: the column name 'a' {message}",
    ]


@pytest.mark.parametrize("text", ["", "\n\n", " , ,\n"])
def test_a_file_without_a_header_is_empty(text: str) -> None:
    assert _problems(text) == ["x.csv:1: the file is empty; the first row must name the columns"]


def test_an_unclosed_quote_is_told_at_the_row_that_opens_it_with_the_ragged_rows_before() -> None:
    first, second = _problems('a,b\n1\n1,2\n1,"two\n3,4\n')
    assert first.startswith("x.csv:2 row 2: 1 cells")
    assert second.startswith("x.csv:4 row 4: not readable as CSV: unexpected end of data")


def test_text_after_a_closing_quote_is_refused() -> None:
    assert _problems('a\n"x"y\n')[0].startswith("x.csv:2 row 2: not readable as CSV")


def test_a_cell_of_exactly_the_limit_is_read_and_one_character_more_is_not() -> None:
    full = "x" * MAX_CELL_CHARACTERS
    assert parse_csv(f"a\n{full}\n", "x.csv").rows[0].cells["a"] == full
    assert _problems(f"a\n{full}x\n")[0].startswith("x.csv:2 row 2: not readable as CSV: field larger than field limit")


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@given(st.lists(st.lists(CELLS.map(lambda cell: f"x{cell}"), min_size=2, max_size=2), max_size=8))
def test_what_a_spreadsheet_writes_comes_back(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["first", "second"], *rows])
    table = parse_csv(stream.getvalue(), "x.csv")
    assert [list(row.cells.values()) for row in table.rows] == rows


@given(st.text(st.sampled_from("ab,;\"' \n\r\t\x00é\ufeff")))
def test_any_text_is_read_or_refused_and_never_crashes(text: str) -> None:
    with contextlib.suppress(FormError):
        table = parse_csv(text, "x.csv")
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
