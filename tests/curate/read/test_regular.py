"""Rows that are found by all of their bytes at once are those that Python's reader finds mark by mark."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from commonhold.curate.read import delimited, regular
from commonhold.curate.read.delimited import _chunks, _rows_by_marks, delimited_rows
from commonhold.curate.read.encodings import Encoding
from commonhold.curate.read.regular import is_simple, whole_rows

UTF_8 = Encoding("utf-8")


def found(text: str) -> list[list[str]] | None:
    whole = whole_rows(text, ",")
    return None if whole is None else list(whole.rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text('a,"\n\ré ', max_size=30), st.sampled_from([1, 2, 5, 1 << 18]))
@example('"a","b""c"\r\n\r\n"",x\n', 3)
@example('"a\r\n', 1)
@example('a,"b\nc"\nd', 4)
def test_a_table_has_the_rows_that_a_reader_finds_mark_by_mark(tmp_path: Path, text: str, characters: int) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8", newline="")
    expected = list(_rows_by_marks(path, _chunks(path, UTF_8, ""), ",", 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "BLOCK_CHARACTERS", characters)
        assert list(delimited_rows(path, UTF_8, ",")) == expected


def test_quoted_cells_hold_marks_delimiters_and_lines() -> None:
    assert found('q,a\n"say ""hi"", you","two\r\nlines"\r\n') == [["q", "a"], ['say "hi", you', "two\r\nlines"]]


def test_an_empty_line_has_no_cell_and_an_empty_quoted_one_has_one() -> None:
    assert found('\n""\n,\n') == [[], [""], ["", ""]]


def test_rows_know_how_many_lines_stand_before_them() -> None:
    whole = whole_rows('q\n"two\nlines"\nx\nrest', ",")
    assert whole is not None
    assert (list(whole.numbers), whole.lines, whole.characters) == ([0, 1, 3], 4, len('q\n"two\nlines"\nx\n'))


def test_characters_are_counted_and_not_bytes() -> None:
    whole = whole_rows("é,ñ\nrest", ",")
    assert whole is not None
    assert (whole.rows, whole.characters) == ([["é", "ñ"]], 4)


@pytest.mark.parametrize(
    "text", ['say "hi"\n', '"say" hi\n', ' "hi"\n', "a\rb\n", "a\0\n", '"a" \n', 'a""b\n', "\ud800\n"]
)
def test_what_breaks_the_rules_is_left_to_the_reader(text: str) -> None:
    assert found(text) is None


def test_a_cell_past_the_limit_is_left_to_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regular, "MAX_CELL_CHARACTERS", 3)
    assert found("abc,abc\n") == [["abc", "abc"]]
    assert found("abc,abcd\n") is None


def test_an_open_row_waits_for_its_end() -> None:
    whole = whole_rows('"a\nb', ",")
    assert whole is not None
    assert (whole.rows, whole.characters) == ((), 0)


@pytest.mark.parametrize(("delimiter", "simple"), [(";", True), ("\t", True), ("\n", False), ("¦", False)])
def test_cells_are_found_between_single_bytes(delimiter: str, simple: bool) -> None:
    assert is_simple(delimiter) is simple
