"""Rows that are found by all of their bytes at once are those that Python's reader finds mark by mark."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.sheets.made import source

from commonhold.sheets import csv_blocks, csv_rows, text_lines
from commonhold.sheets.csv_blocks import is_simple, whole_rows
from commonhold.sheets.csv_rows import _rows_by_marks, delimited_rows
from commonhold.sheets.encodings import Encoding
from commonhold.sheets.text_lines import text_chunks

UTF_8 = Encoding("utf-8")


def found(text: str) -> list[list[str]] | None:
    whole = whole_rows(text.encode("utf-8", "surrogateescape"), ",", "surrogateescape")
    return None if whole is None else list(whole.rows)


def assert_read_as_mark_by_mark(path: Path, encoding: Encoding, size: int) -> None:
    """In blocks of so many characters or bytes."""
    expected = list(_rows_by_marks(source(path), text_chunks(source(path), encoding, ""), ",", 1))
    with pytest.MonkeyPatch.context() as patch:
        for module in (csv_rows, text_lines):
            patch.setattr(module, "BLOCK_CHARACTERS", size)
        assert list(delimited_rows(source(path), encoding, ",")) == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text('a,"\n\ré ', max_size=30), st.sampled_from([1, 2, 5, 1 << 18]))
@example('"a","b""c"\r\n\r\n"",x\n', 3)
@example('"a\r\n', 1)
@example('a,"b\nc"\nd', 4)
def test_a_table_has_the_rows_that_a_reader_finds_mark_by_mark(tmp_path: Path, text: str, characters: int) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert_read_as_mark_by_mark(path, UTF_8, characters)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text('a,"\n\ré ', max_size=30),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"]),
    st.sampled_from([1, 2, 5, 1 << 17]),
)
@example('é,"b\nc"\nd"', "utf-8-sig", 1)
@example('é,"b\nc"\nd"', "utf-16", 1)
def test_rows_are_the_same_in_every_encoding(tmp_path: Path, text: str, name: str, characters: int) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding=name, newline="")
    assert_read_as_mark_by_mark(path, Encoding(name), characters)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from([b"a", b",", b'"', b"\n", b"\r\n", "é".encode(), b"\xe9", b"\xff", b"\xe2\x82"]), max_size=20
    ),
    st.sampled_from([1, 3, 1 << 17]),
)
@example([b"a,\xe9\n", b'"', b"\xe2\x82"], 3)
def test_bytes_that_are_no_letters_stand_where_they_stood(tmp_path: Path, parts: list[bytes], size: int) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"".join(parts))
    assert_read_as_mark_by_mark(path, Encoding("utf-8", "surrogateescape"), size)


def test_quoted_cells_hold_marks_delimiters_and_lines() -> None:
    assert found('q,a\n"say ""hi"", you","two\r\nlines"\r\n') == [["q", "a"], ['say "hi", you', "two\r\nlines"]]


def test_an_empty_line_has_no_cell_and_an_empty_quoted_one_has_one() -> None:
    assert found('\n""\n,\n') == [[], [""], ["", ""]]


def test_rows_know_how_many_lines_stand_before_them() -> None:
    whole = whole_rows(b'q\n"two\nlines"\nx\nrest', ",")
    assert whole is not None
    assert (list(whole.numbers), whole.lines, whole.size) == ([0, 1, 3], 4, len('q\n"two\nlines"\nx\n'))


def test_letters_of_several_bytes_are_read() -> None:
    whole = whole_rows("é,ñ\nrest".encode(), ",")
    assert whole is not None
    assert (whole.rows, whole.size) == ([["é", "ñ"]], 6)


@pytest.mark.parametrize("text", ['say "hi"\n', '"say" hi\n', ' "hi"\n', "a\rb\n", "a\0\n", '"a" \n', 'a""b\n'])
def test_what_breaks_the_rules_is_left_to_the_reader(text: str) -> None:
    assert found(text) is None


def test_a_cell_past_the_limit_is_left_to_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_blocks, "MAX_CELL_CHARACTERS", 3)
    assert found("abc,abc\n") == [["abc", "abc"]]
    assert found("abc,abcd\n") is None


def test_an_open_row_waits_for_its_end() -> None:
    whole = whole_rows(b'"a\nb', ",")
    assert whole is not None
    assert (whole.rows, whole.size) == ((), 0)


@pytest.mark.parametrize(("delimiter", "simple"), [(";", True), ("\t", True), ("\n", False), ("¦", False)])
def test_cells_are_found_between_single_bytes(delimiter: str, simple: bool) -> None:
    assert is_simple(delimiter) is simple
