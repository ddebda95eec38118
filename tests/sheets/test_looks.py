"""Cells as a person sees them, and what a person does not see of a sheet."""

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sheets.made import book, cells, old_book, open_cell, open_document, opened, source

from commonhold.sheets.guesses import alike_columns
from commonhold.sheets.looks import Looks
from commonhold.sheets.row import Row
from commonhold.sheets.xls_looks import examine_old_book

FORMATS = [
    (2139, "00000", "02139"),
    (18, '"ext. "000', "ext. 018"),
    (dt.time(9, 0), "hh:mm", "09:00"),
    (4111111111111111, "General", "4111111111111111"),
    (0.5, "General", "0.5"),
    (True, "General", "true"),
    (dt.date(2026, 4, 2), "dd/mm/yyyy", "2026-04-02"),
    ("007", "@", "007"),
    (5, "@", "5"),
    ("018", "00000", "018"),
]


def formatted(path: Path) -> Path:
    workbook = openpyxl.Workbook()
    page = workbook.worksheets[0]
    page.append(["q", "a"])
    for number, (value, code, _) in enumerate(FORMATS, start=2):
        page.append(["x", value])
        page.cell(number, 2).number_format = code
    workbook.save(path)
    return path


def test_numbers_and_times_are_read_in_the_format_of_their_cell(tmp_path: Path) -> None:
    assert [row["a"] for row in cells(formatted(tmp_path / "a.xlsx"))] == [text for _, _, text in FORMATS]


def test_formats_hold_in_a_sheet_that_begins_in_its_third_column_and_row(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"S": [[], [], [None, None, "q", "a"], [None, None, "x", 7]]})
    workbook = openpyxl.load_workbook(path)
    workbook["S"]["D4"].number_format = "000"
    workbook.save(path)
    assert cells(path, ("q",), ("a",)) == [{"column 1": "", "column 2": "", "q": "x", "a": "007"}]


def test_hidden_rows_are_read_and_counted_where_they_have_text(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"S": [["q"], ["1"], ["2"], ["3"]]})
    workbook = openpyxl.load_workbook(path)
    for row in (3, 4, 9):
        workbook["S"].row_dimensions[row].hidden = True
    workbook.save(path)
    found = opened(path, "q")
    assert [row.cells["q"] for row in found.rows if isinstance(row, Row)] == ["1", "2", "3"]
    assert found.warnings == ("2 hidden rows were read. Delete those that should not count",)


def test_a_hidden_column_is_told_where_it_is_read(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"S": [["q", "a", "b"], ["1", "2", "3"]]})
    workbook = openpyxl.load_workbook(path)
    workbook["S"].column_dimensions["B"].hidden = True
    workbook.save(path)
    assert opened(path, "q", "a").warnings == ("read from a hidden column: 'a'",)
    assert opened(path, "q", "b").warnings == ()


@pytest.mark.parametrize(("number", "told"), [(411111111111111, 0), (4111111111111111, 1)])
def test_numbers_that_are_longer_than_a_spreadsheet_keeps_are_told(tmp_path: Path, number: int, told: int) -> None:
    found = opened(book(tmp_path / "a.xlsx", {"S": [["q"], [number]]}), "q")
    assert [row.cells["q"] for row in found.rows if isinstance(row, Row)] == [str(number)]
    assert len(found.warnings) == told
    assert "1 whole number has more than 15 digits (first in cell A2)" in "".join(found.warnings) or not told


def number(value: str, shown: str, kind: str = "float") -> str:
    cell = f"<table:table-cell office:value-type='{kind}' office:value='{value}'>"
    return f"{cell}<text:p>{shown}</text:p></table:table-cell>"


def test_an_open_document_is_read_as_it_was_shown(tmp_path: Path) -> None:
    row = "<table:table-row {0}>{1}</table:table-row>"
    shown = [("2139", "02139"), ("18", "ext. 018"), ("0.5", "50%"), ("2.5", "2,5"), ("4111111111111111", "4.11E+15")]
    xml = row.format("", open_cell("q")) + "".join(row.format("", number(*each)) for each in shown)
    xml += row.format("table:visibility='collapse'", open_cell("x"))
    found = opened(open_document(tmp_path / "a.ods", xml), "q")
    assert [row.cells["q"] for row in found.rows if isinstance(row, Row)] == [
        "02139",
        "ext. 018",
        "50%",
        "2.5",
        "4111111111111111",
        "x",
    ]
    assert [guess.message[:25] for guess in found.guesses] == ["1 hidden row was read", "1 whole number has more t"]


def test_a_sheet_of_excel_97_is_read_in_the_formats_of_its_cells(tmp_path: Path) -> None:
    values: dict[tuple[int, int], str | float] = {(0, 0): "q", (1, 0): 2139.0, (2, 0): 18.0, (3, 0): 0.375, (4, 0): 7.0}
    values |= {(5, 0): 4111111111111111.0}
    codes = {(1, 0): "00000", (2, 0): '"ext. "000', (3, 0): "hh:mm"}
    (tmp_path / "a.xls").write_bytes(old_book(values, codes, hidden=[2, 9]))
    found = opened(tmp_path / "a.xls", "q")
    texts = [row.cells["q"] for row in found.rows if isinstance(row, Row)]
    assert texts == ["02139", "ext. 018", "09:00", "7", "4111111111111111"]
    assert [guess.message[:25] for guess in found.guesses] == ["1 hidden row was read", "1 whole number has more t"]


@given(st.binary(max_size=2_000), st.integers(0, 5_000))
def test_no_damage_to_an_old_sheet_breaks_the_look_at_it(damage: bytes, place: int) -> None:
    whole = old_book({(0, 0): "q", (1, 0): 2139.0}, {(1, 0): "00000"}, hidden=[1])
    with TemporaryDirectory() as folder:
        path = Path(folder, "a.xls")
        path.write_bytes(whole[:place] + damage + whole[place + len(damage) :])
        assert isinstance(examine_old_book(source(path), "S"), Looks)


def test_a_column_by_another_name_is_found_and_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeff message_text ,ＲＥＰＬＹ,Who\u200b\na,b,c\n", encoding="utf-8")
    found = opened(tmp_path / "a.csv", "Message text", "Reply", "Who")
    assert found.guesses == (
        alike_columns({"Message text": "message_text", "Reply": "ＲＥＰＬＹ", "Who": "Who\u200b"}),
    )
    (row,) = found.rows
    assert isinstance(row, Row)
    assert [row.cells[name] for name in ("Message text", "Reply", "Who")] == ["a", "b", "c"]


def test_a_column_that_another_name_means_exactly_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Text,Who\na,b\n", encoding="utf-8")
    assert cells(tmp_path / "a.csv", ("Text",), ("text",)) == [{"Text": "a", "Who": "b"}]
