import csv
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sheets.made import cells, opened, read

from commonhold.curate.rows.datasheet import DataFile
from commonhold.curate.rows.repair import repair_name, write_repair
from commonhold.sheets.row import BadRow, Origin

BROKEN = 'q,a\n1,2\n3,"=four\n5\n6,7,8\n'


def broken(tmp_path: Path, name: str = "rows.repair.csv") -> Path:
    """A repair file for a sheet of which rows 3 to 5 are bad."""
    (tmp_path / "rows.csv").write_text(BROKEN)
    _, bad = read(tmp_path / "rows.csv")
    write_repair(tmp_path / name, opened(tmp_path / "rows.csv").header, bad)
    return tmp_path / name


def test_the_repair_file_is_the_volunteers_sheet_with_what_is_wrong_in_front(tmp_path: Path) -> None:
    lines = broken(tmp_path).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "problem,how to fix,commonhold row,q,a,beyond the last column 1"
    assert lines[1].startswith(
        'a quotation mark opens in this row and is never closed,"Close it, or remove it",rows.csv:3 '
    )
    assert lines[1].endswith(',3,"""=four",')
    assert lines[3].endswith(",6,7,8")


def test_rows_that_were_not_touched_are_still_bad_rows_of_their_first_place(tmp_path: Path) -> None:
    path = broken(tmp_path)
    rows, bad = read(path, ("q",))
    assert rows == []
    first = read(tmp_path / "rows.csv")[1]
    assert [each.origin for each in bad] == [Origin("rows.csv", number) for number in (3, 4, 5)]
    assert [each.repairs for each in bad] == [each.identity for each in first]
    assert bad[1].problem == "1 cells where the header has 2"


def test_a_row_that_was_repaired_stands_for_the_bad_one(tmp_path: Path) -> None:
    path = broken(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('3,"""=four",', "3,four,"), encoding="utf-8")
    rows, bad = read(path, ("q",))
    assert [(dict(row.cells), row.origin) for row in rows] == [
        ({"q": "3", "a": "four", "beyond the last column 1": ""}, Origin("rows.csv", 3))
    ]
    assert rows[0].repairs == read(tmp_path / "rows.csv")[1][0].identity
    assert len(bad) == 2


def test_emptying_the_problem_says_that_the_row_is_right(tmp_path: Path) -> None:
    path = broken(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("1 cells where the header has 2", ""), encoding="utf-8")
    assert [row.cells["q"] for row in read(path)[0]] == ["5"]


def test_removing_the_problems_as_a_whole_repairs_nothing(tmp_path: Path) -> None:
    path = broken(tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row[1:] for row in csv.reader(stream)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    assert [bad.problem for bad in read(path)[1]][:2] == ["the row was not repaired"] * 2


def test_text_beyond_the_last_column_must_be_moved(tmp_path: Path) -> None:
    path = broken(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",6,7,8", ",6,7 and more,8"), encoding="utf-8")
    assert "text beyond the last column" in read(path)[1][2].problem
    path.write_text(text.replace(",6,7,8", ",6,7 8,"), encoding="utf-8")
    assert [row.cells["a"] for row in read(path)[0]] == ["7 8"]


def test_rows_may_be_added_and_an_identity_may_not_be_changed(tmp_path: Path) -> None:
    path = broken(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + ",,,new,row,\n,,someone,x,y,\n", encoding="utf-8")
    rows, bad = read(path)
    assert [(row.cells["q"], row.origin.file) for row in rows] == [("new", "rows.repair.csv")]
    assert bad[-1].problem == "'someone' names no row"


def test_a_second_repair_file_keeps_the_first_place(tmp_path: Path) -> None:
    path = broken(tmp_path)
    again = tmp_path / "again.csv"
    write_repair(again, opened(path).header, read(path)[1])
    assert again.read_text(encoding="utf-8-sig").splitlines()[0] == path.read_text(encoding="utf-8-sig").splitlines()[0]
    assert [each.origin for each in read(again)[1]] == [Origin("rows.csv", number) for number in (3, 4, 5)]


def test_a_workbook_comes_back_as_one_and_its_formulas_as_text(tmp_path: Path) -> None:
    path = broken(tmp_path, "rows.repair.xlsx")
    write_repair(tmp_path / "f.xlsx", ("q",), [BadRow(7, ("=1+1",), "wrong", "fix it", Origin("rows.csv", 7))])
    assert openpyxl.load_workbook(tmp_path / "f.xlsx").worksheets[0]["D2"].data_type == "s"
    page = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in page[1]][:5] == ["problem", "how to fix", "commonhold row", "q", "a"]
    assert len(read(path)[1]) == 3
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0]["E3"] = "five"
    workbook.save(path)
    assert [(row.cells["q"], row.cells["a"], row.origin.row) for row in read(path)[0]] == [("5", "five", 4)]


def test_a_formula_without_a_result_does_not_repair_a_row(tmp_path: Path) -> None:
    path = broken(tmp_path, "rows.repair.xlsx")
    workbook = openpyxl.load_workbook(path)
    workbook.worksheets[0]["D3"], workbook.worksheets[0]["E3"] = "five", "=1+1"
    workbook.save(path)
    problems = [bad.problem for bad in read(path, ("a",))[1]]
    assert problems[1] == "the formula in cell E3 was never calculated"


def test_columns_of_the_volunteer_keep_their_names_even_when_they_are_ours(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("problem,=a\nroad,1\nwater\n")
    _, bad = read(tmp_path / "rows.csv")
    write_repair(tmp_path / "r.csv", opened(tmp_path / "rows.csv").header, bad)
    text = (tmp_path / "r.csv").read_text(encoding="utf-8")
    (tmp_path / "r.csv").write_text(text.replace(",water,", ",water,2"), encoding="utf-8")
    assert cells(tmp_path / "r.csv") == [{"problem": "water", "=a": "2"}]


def test_lines_of_json_come_back_as_objects(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"q": "fine"}\n{"q": oops}\n')
    _, bad = read(tmp_path / "rows.jsonl")
    path = tmp_path / "rows.repair.jsonl"
    write_repair(path, opened(tmp_path / "rows.jsonl").header, bad)
    assert "is not repaired" in read(path, ("q",))[1][0].problem
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"line": "{\\"q\\": oops}"', '"q": "oops"'), encoding="utf-8")
    (row,), _ = read(path, ("q",))
    assert (row.cells["q"], row.origin, row.repairs) == ("oops", Origin("rows.jsonl", 2), bad[0].identity)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (DataFile(path="a/rows.tsv"), "a/rows.repair.tsv"),
        (DataFile(path="book.ods", sheet="Form 1/2"), "book.Form 1_2.repair.xlsx"),
        (DataFile(path="rows.parquet"), "rows.repair.csv"),
        (DataFile(path="rows.jsonl"), "rows.repair.jsonl"),
    ],
)
def test_a_repair_file_is_named_after_its_file(file: DataFile, name: str) -> None:
    assert repair_name(file) == name


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(CELL, min_size=1, max_size=4).filter(lambda row: any(cell.strip() for cell in row)))
def test_any_row_comes_back_unchanged_from_either_kind_of_repair_file(tmp_path: Path, row: list[str]) -> None:
    bad = BadRow(7, tuple(row), "wrong", "fix it", Origin("rows.csv", 7))
    for name in ("r.csv", "r.xlsx"):
        write_repair(tmp_path / name, ("q", "a"), [bad])
        (again,) = read(tmp_path / name)[1]
        assert (again.problem in ("wrong", "there is text beyond the last column"), again.repairs) == (
            True,
            bad.identity,
        )
        assert again.identity == bad.identity
