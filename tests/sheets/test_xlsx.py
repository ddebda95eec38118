import datetime as dt
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from tests.sheets.made import book, cells, container, old_book, open_cell, open_document, opened, read

from commonhold.errors import FormError, MissingInputError


def test_cells_become_the_text_a_person_sees(tmp_path: Path) -> None:
    row = ["hi", 5, 2.5, True, dt.date(2025, 3, 14), dt.datetime(2025, 3, 14, 9, 30), None, 0.1 + 0.2]  # noqa: DTZ001
    path = book(tmp_path / "rows.xlsx", {"Rows": [list("abcdefgh"), row]})
    assert list(cells(path)[0].values()) == [
        *("hi", "5", "2.5", "true", "2025-03-14", "2025-03-14T09:30:00", "", "0.3"),
    ]


def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    path = book(tmp_path / "rows.xlsx", {"S": [[], [None, "a", "b"], [], [None, "1", "2"], [None, "3", "4"]]})
    rows, _ = read(path, ("a",))
    assert [(row.number, row.cells["a"], row.cells["b"]) for row in rows] == [(4, "1", "2"), (5, "3", "4")]


def test_the_named_sheet_is_read_and_an_unknown_one_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "rows.xlsx", {"Other": [["x"], ["y"]], "Slips": [["a"], ["1"]]})
    assert cells(path, sheet="Slips") == [{"a": "1"}]
    with pytest.raises(FormError, match="there is no sheet 'Slip'; it has 'Other', 'Slips'"):
        opened(path, sheet="Slip")


def test_the_first_sheet_that_is_not_hidden_is_read(tmp_path: Path) -> None:
    path = book(tmp_path / "rows.xlsx", {"Lists": [["x"], ["y"]], "Rows": [["a"], ["1"]]})
    workbook = openpyxl.load_workbook(path)
    workbook["Lists"].sheet_state = "hidden"
    workbook.save(path)
    assert cells(path) == [{"a": "1"}]


def test_a_cell_merged_over_rows_counts_in_each_and_one_over_columns_in_the_first(tmp_path: Path) -> None:
    rows = [["q", "a", "who"], ["where?", "here", "Ana"], [None, "there", None], ["wide", None, "Bo"], ["x", "y", "Cy"]]
    path = book(tmp_path / "rows.xlsx", {"S": rows}, merged=["A2:A3", "C2:C3", "A4:B4"])
    assert [tuple(row.values()) for row in cells(path)] == [
        ("where?", "here", "Ana"),
        ("where?", "there", "Ana"),
        ("wide", "", "Bo"),
        ("x", "y", "Cy"),
    ]


def test_merged_cells_count_where_they_stand_in_a_sheet_that_begins_in_its_third_column(tmp_path: Path) -> None:
    rows = [[], [None, None, "q", "a"], [None, None, "where?", "here"], [None, None, None, "there"]]
    path = book(tmp_path / "rows.xlsx", {"S": rows}, merged=["C3:C4"])
    assert [(row["q"], row["a"]) for row in cells(path, ("q",))] == [("where?", "here"), ("where?", "there")]


def test_a_merge_that_reaches_below_the_data_makes_no_rows(tmp_path: Path) -> None:
    path = book(tmp_path / "rows.xlsx", {"S": [["q", "a"], ["1", "2"], [None, None], ["5", "6"]]}, merged=["A2:A3"])
    assert [row["q"] for row in cells(path)] == ["1", "5"]


def test_a_header_of_two_merged_lines_is_read_by_the_lower_one(tmp_path: Path) -> None:
    rows = [["Who", "Words", None], [None, "Message", "Reply"], ["Ana", "hi", "hello"]]
    path = book(tmp_path / "rows.xlsx", {"S": rows}, merged=["A1:A2", "B1:C1"])
    assert cells(path, ("Message",), ("Reply",)) == [{"Who": "Ana", "Message": "hi", "Reply": "hello"}]


def test_formulas_are_never_calculated_and_without_a_saved_result_the_row_is_bad(tmp_path: Path) -> None:
    path = book(tmp_path / "rows.xlsx", {"S": [["q", "a"], ["=1+1", "x"], ["ok", "y"]]})
    rows, bad = read(path)
    assert [row.number for row in rows] == [3]
    assert (bad[0].number, bad[0].problem) == (2, "the formula in cell A2 was never calculated")
    assert [row["a"] for row in cells(path, ("a",))] == ["x", "y"]  # the formula is in no wanted column


def test_the_saved_result_of_a_formula_counts_and_an_error_does_not(tmp_path: Path) -> None:
    path = book(tmp_path / "rows.xlsx", {"S": [["q"], ["=A1"], ["=1/0"], ['=""']]})
    results = {b"A2": b"<v>7</v>", b"A3": b"<v>#DIV/0!</v>", b"A4": b"<v></v>"}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert sheet.count(b"<v></v>") == 3
    for place, result in results.items():
        kind = {b"A3": b' t="e"', b"A4": b' t="str"'}.get(place, b"")
        before, after = sheet.split(b'<c r="' + place + b'"', 1)
        sheet = before + b'<c r="' + place + b'"' + kind + after.replace(b"<v></v>", result, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**parts, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, data)
    rows, bad = read(path)
    assert [(row.number, row.cells["q"]) for row in rows] == [(2, "7")]
    assert [(row.number, row.problem) for row in bad] == [(3, "cell A3 shows #DIV/0!")]


def test_a_column_without_a_name_can_be_meant_by_its_place(tmp_path: Path) -> None:
    path = book(tmp_path / "rows.xlsx", {"S": [["a", None, "b"], ["1", "x", "2"]]})
    assert cells(path) == [{"a": "1", "column 2": "x", "b": "2"}]


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="the file is empty"):
        opened(book(tmp_path / "rows.xlsx", {"S": []}))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"rows\.xlsx"):
        opened(tmp_path / "rows.xlsx")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.xlsx").write_text("a,b\n1,2\n")
    with pytest.raises(FormError, match="not readable as a spreadsheet"):
        opened(tmp_path / "rows.xlsx")


def test_a_sheet_of_excel_97_is_read(tmp_path: Path) -> None:
    values: dict[tuple[int, int], str | float] = {(0, 0): "Message", (0, 1): "n", (1, 0): "hola, señor", (1, 1): 5.0}
    values |= {(2, 0): "x", (2, 1): 2.5}
    (tmp_path / "rows.xls").write_bytes(old_book(values))
    assert cells(tmp_path / "rows.xls") == [{"Message": "hola, señor", "n": "5"}, {"Message": "x", "n": "2.5"}]


def test_an_open_document_sheet_is_read_with_its_repeated_rows(tmp_path: Path) -> None:
    row = "<table:table-row {0}>{1}</table:table-row>"
    xml = row.format("", open_cell("q") + open_cell("a"))
    xml += row.format("table:number-rows-repeated='2'", open_cell("x", "table:number-columns-repeated='2'"))
    rows, _ = read(open_document(tmp_path / "rows.ods", xml))
    assert [(row.number, row.cells) for row in rows] == [(2, {"q": "x", "a": "x"}), (3, {"q": "x", "a": "x"})]


def test_a_stray_cell_in_an_old_sheet_that_makes_it_reserve_all_memory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.xls").write_bytes(old_book({(0, 0): "q", (65_535, 1_499): "x"}))
    with pytest.raises(FormError, match="too long or too much memory"):
        opened(tmp_path / "rows.xls")


def test_a_sheet_whose_xml_is_never_closed_is_refused(tmp_path: Path) -> None:
    cell = f"<table:table-row>{open_cell('q')}</table:table-row></table:tab<le>"
    with pytest.raises(FormError, match=r"content\.xml in it is damaged"):
        opened(open_document(tmp_path / "rows.ods", cell))


def test_a_stray_cell_at_the_far_corner_is_refused_before_memory_is_reserved(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    page = workbook.worksheets[0]
    page["A1"], page["XFD1048576"] = "a", " "
    workbook.save(tmp_path / "rows.xlsx")
    with pytest.raises(FormError, match="row 1,048,576, column 16,384"):
        opened(tmp_path / "rows.xlsx")


def test_a_password_is_named_as_the_cause(tmp_path: Path) -> None:
    (tmp_path / "rows.xlsx").write_bytes(container("EncryptedPackage", b""))
    with pytest.raises(FormError, match=r"protected by a password\. Save it without a password"):
        opened(tmp_path / "rows.xlsx")


def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    good = book(tmp_path / "rows.xlsx", {"S": [["a", "b"], ["1", "2"]]}).read_bytes()
    draw = random.Random(1)
    refused = 0
    for _ in range(150):
        data = bytearray(good)
        for _ in range(draw.choice([1, 20])):
            data[draw.randrange(len(data))] = draw.randrange(256)
        (tmp_path / "damaged.xlsx").write_bytes(data[: draw.randrange(4, len(data))] if draw.random() < 0.2 else data)
        try:
            read(tmp_path / "damaged.xlsx")
        except FormError:
            refused += 1
    assert 50 < refused < 150
