"""Tables as spreadsheet programs leave them."""

import json
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sheets.made import book, open_cell, open_document

from commonhold.errors import MissingInputError
from commonhold.evaluate.columns import COLUMNS
from commonhold.sheets.column_letters import column_letter
from commonhold.sheets.json_cells import Cell
from commonhold.sheets.source import Source
from commonhold.sheets.whole_table import Expected, WholeTable, read_table, tidy

NEEDED = frozenset({"id", "prompt", "answer"})


def expected(needed: frozenset[str] = frozenset(), ragged: bool = False) -> Expected:
    """What a task's table should hold."""
    essential = frozenset({"id", "prompt"})
    return Expected(COLUMNS.__contains__, needed, "items", essential, leave_out_ragged=ragged)


def read(path: Path, data: bytes | str, ragged: bool = False) -> WholeTable:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_table(Source.at(path), expected(NEEDED, ragged))


def read_sheet(path: Path) -> WholeTable:
    return read_table(Source.at(path), expected(NEEDED))


def cells(sheet: WholeTable) -> list[dict[str, Cell]]:
    assert sheet.problems == ()
    return [
        {name: tidy(cell) if isinstance(cell, str) else cell for name, cell in row.cells.items()} for row in sheet.rows
    ]


def complaint(sheet: WholeTable) -> str:
    (problem,) = sheet.problems
    return str(problem).partition("items.")[2]


ONE = [{"id": "1", "prompt": "Café?", "answer": "sí"}]
PLAIN = "id,prompt,answer\n1,Café?,sí\n"


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("cp1252"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        (PLAIN + ",,\n,,\n\n").encode(),
        PLAIN.replace("id,prompt", " ID ,Prompt").encode(),
        "id,prompt,answer\n 1 ,\u00a0Café? ,sí\u200b\n".encode(),
        '"id";"prompt";"answer"\n"1";"Café?";"sí"\n'.encode(),
    ],
    ids=["bom", "utf-16", "windows", "semicolons", "tabs", "crlf", "columns", "rows", "names", "spaces", "quoted"],
)
def test_a_table_reads_the_same_however_it_was_saved(tmp_path: Path, data: bytes) -> None:
    assert cells(read(tmp_path / "items.csv", data)) == ONE


def test_windows_letters_are_a_guess_and_shown(tmp_path: Path) -> None:
    (note,) = read(tmp_path / "items.csv", PLAIN.encode("cp1252")).notes
    assert note.line == 2
    assert note.message.endswith("look whether these are right: Café, sí")


def test_utf_8_is_no_guess(tmp_path: Path) -> None:
    assert read(tmp_path / "items.csv", PLAIN).notes == ()


def test_another_alphabet_is_not_taken_for_windows(tmp_path: Path) -> None:
    sheet = read(tmp_path / "items.csv", "id,prompt,answer\n1,Где вода?,Здесь\n".encode("cp1251"))
    assert cells(sheet) == [{"id": "1", "prompt": "Где вода?", "answer": "Здесь"}]
    (note,) = sheet.notes
    assert "it was read as cp1251, the best guess; look whether these are right: Где, вода, Здесь" in note.message


def test_a_comma_in_a_quoted_cell_does_not_make_commas_the_separator(tmp_path: Path) -> None:
    assert cells(read(tmp_path / "items.csv", "id;prompt;answer\n1;a, b, c;d\n"))[0]["prompt"] == "a, b, c"


def test_rows_are_numbered_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    sheet = read(tmp_path / "items.csv", 'id,prompt,answer\n1,"two\nlines",b\n\n2,c,d\n')
    assert [(row.number, row.line) for row in sheet.rows] == [(2, 2), (4, 5)]


def test_a_line_that_tells_excel_the_separator_is_no_row(tmp_path: Path) -> None:
    sheet = read(tmp_path / "items.csv", "sep=;\nid;prompt;answer\n1;Café?;sí\n")
    assert cells(sheet) == ONE
    assert [(row.number, row.line) for row in sheet.rows] == [(2, 3)]


def test_cells_that_were_left_out_at_the_end_are_empty(tmp_path: Path) -> None:
    sheet = read(tmp_path / "items.csv", "id,prompt,answer,language\n1,a,b\n")
    assert cells(sheet) == [{"id": "1", "prompt": "a", "answer": "b", "language": ""}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,prompt,answer,language\n1,a\n", "csv:2 row 2: 2 cells where the header has 4."),
        ("id,prompt,answer\n1,a,b,c\n", "csv:2 row 2: 4 cells where the header has 3."),
        ("id,prompt,answer,\n1,a,b,c\n", "csv:1 row 1: column D has no name, but row 2 has text in it."),
        ("id,prompt,answer,Answer\n1,a,b,c\n", "csv:1 row 1: the column 'answer' appears twice, the second time as"),
        ('id,prompt,answer\n1,"a,b\n', "csv:2 row 2: a quotation mark opens in this row and is never closed."),
        ('id,prompt,answer\n1,"a"b,c\n', "csv:2 row 2: there is text between a closing quotation mark and a comma."),
        ("", "csv:1: the file is empty; the first row must name the columns"),
        (",,\n", "csv:1: the file is empty; the first row must name the columns"),
    ],
)
def test_what_cannot_be_a_table(tmp_path: Path, text: str, expected: str) -> None:
    assert complaint(read(tmp_path / "items.csv", text)).startswith(expected)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="there is no such file"):
        read_sheet(tmp_path / "items.csv")


def workbook(path: Path, *rows: Sequence[object], title: str = "Sheet", far: str = "") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if far:
        sheet[far] = "x"
    book.save(path)
    return path


def test_a_workbook_reads_as_it_looks(tmp_path: Path) -> None:
    path = workbook(tmp_path / "items.xlsx", ["id", "prompt", "answer"], [], [1, "Open?", True], [2, "Ext?", 204.0])
    sheet = read_sheet(path)
    assert [(row.number, row.cells["id"], row.cells["answer"]) for row in sheet.rows] == [
        (3, "1", "yes"),
        (4, "2", "204"),
    ]


def test_the_sheet_called_items_goes_before_the_first(tmp_path: Path) -> None:
    path = workbook(tmp_path / "items.xlsx", ["notes"])
    book = openpyxl.load_workbook(path)
    book.create_sheet("Items").append(["id", "prompt"])
    book["Items"].append(["1", "a"])
    book.save(path)
    assert [row.cells["prompt"] for row in read_sheet(path).rows] == ["a"]


def test_a_date_in_a_workbook_is_refused_with_its_row(tmp_path: Path) -> None:
    import datetime as dt

    path = workbook(tmp_path / "items.xlsx", ["id", "prompt"], ["1", dt.date(2026, 3, 4)])
    assert complaint(read_sheet(path)).startswith("xlsx row 2: 2026-03-04 is stored as a date")


def test_a_far_cell_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = workbook(tmp_path / "items.xlsx", ["id", "prompt"], far="XFD1048576")
    assert "the last cell in use is in row 1,048,576, column 16,384" in complaint(read_sheet(path))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"id,prompt\n1,a\n"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    assert complaint(read(tmp_path / "items.xlsx", data)).startswith("xlsx: not readable as a spreadsheet")


def test_json_lines_take_lists_numbers_and_truth(tmp_path: Path) -> None:
    row = {"id": 1, "prompt": "a", "must_include": ["x|y", "z"], "refuse": True, "weight": 2.5, "group": None}
    (found,) = cells(read(tmp_path / "items.jsonl", json.dumps(row) + "\n\n"))
    expected = {"id": "1", "prompt": "a", "must_include": ("x|y", "z"), "refuse": "yes", "weight": "2.5", "group": ""}
    assert found == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "jsonl:1 row 1: not readable as JSON"),
        ("[1]", "jsonl:1 row 1: this is not an object."),
        ('{"id": {}}', "jsonl:1 row 1, column id: a cell is text, a number, true or false, or a list of texts"),
    ],
)
def test_json_lines_that_are_no_rows(tmp_path: Path, line: str, expected: str) -> None:
    assert complaint(read(tmp_path / "items.jsonl", line)).startswith(expected)


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(place: int, letter: str) -> None:
    assert column_letter(place) == letter


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_problems(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("items.csv", "items.jsonl", "items.json", "items.xlsx", "items.ods"):
        sheet = read(folder / name, data)
        assert sheet.problems or all(isinstance(row.number, int) for row in sheet.rows)


TABLE = [["id", "prompt", "answer"], ["1", "Open?", "yes"]]


def hide(path: Path, *names: str) -> Path:
    book = openpyxl.load_workbook(path)
    for name in names:
        book[name].sheet_state = "hidden"
    book.save(path)
    return path


def test_the_first_visible_sheet_with_the_columns_is_read_and_told(tmp_path: Path) -> None:
    sheets = {"Read me": [["about the prompt"]], "Old": TABLE, "Table": TABLE, "More": TABLE}
    sheet = read_sheet(hide(book(tmp_path / "items.xlsx", sheets), "Old"))
    assert cells(sheet) == [{"id": "1", "prompt": "Open?", "answer": "yes"}]
    assert [note.message for note in sheet.notes] == [
        "only the sheet 'Table' was read, not 'Read me' (1 row), 'More' (1 row, the same columns)"
    ]


def test_a_hidden_sheet_called_items_does_not_go_before_what_people_see(tmp_path: Path) -> None:
    other = [["id", "prompt", "answer"], ["9", "Hidden?", "no"]]
    path = book(tmp_path / "items.xlsx", {"items": other, "Table": TABLE, "Notes": [["x"]]})
    assert cells(read_sheet(hide(path, "items")))[0]["id"] == "1"


def test_an_ods_is_looked_through_for_the_columns_too(tmp_path: Path) -> None:
    row = "<table:table-row>{}</table:table-row>"
    rows = "".join(row.format("".join(map(open_cell, cells))) for cells in TABLE)
    path = open_document(tmp_path / "items.ods", f"{row.format(open_cell('about'))}</table:table><table:table "
                         f"table:name='Questions'>{rows}")  # fmt: skip
    sheet = read_sheet(path)
    assert cells(sheet) == [{"id": "1", "prompt": "Open?", "answer": "yes"}]
    assert [note.message for note in sheet.notes] == ["only the sheet 'Questions' was read, not 'S' (1 row)"]


def test_every_date_of_a_row_is_asked_about(tmp_path: Path) -> None:
    import datetime as dt

    path = workbook(tmp_path / "items.xlsx", TABLE[0], ["1", dt.date(2026, 3, 4), dt.time(9, 30)], ["2", "a", "b"])
    found = read_sheet(path).problems
    assert [problem.message for problem in found] == [
        "2026-03-04 is stored as a date, not as text",
        "09:30:00 is stored as a date, not as text",
    ]


def test_a_formula_that_was_never_calculated_is_asked_about(tmp_path: Path) -> None:
    path = workbook(tmp_path / "items.xlsx", TABLE[0], ["1", "a", "=1+1"])
    assert "row 2: the formula in cell C2 was never calculated" in complaint(read_sheet(path))


def test_a_schema_in_json_keeps_its_numbers(tmp_path: Path) -> None:
    row = {"id": 1, "prompt": "a", "answer": "b", "json_schema": {"maximum": 3, "enum": [1.5, "x"]}}
    path = tmp_path / "items.json"
    path.write_text(json.dumps([row], indent=1), encoding="utf-8")
    wanted = Expected(COLUMNS.__contains__, json_keys=frozenset({"json_schema"}))
    (found,) = read_table(Source.at(path), wanted).rows
    assert json.loads(str(found.cells["json_schema"])) == row["json_schema"]


def test_two_spellings_of_one_key_are_one_too_many(tmp_path: Path) -> None:
    assert "the key 'prompt' appears twice" in complaint(
        read(tmp_path / "items.jsonl", '{"id":1,"prompt":"a","Prompt":"b"}')
    )


def test_a_single_object_over_many_lines_is_refused(tmp_path: Path) -> None:
    text = json.dumps({"id": "1", "prompt": "a"}, indent=2)
    assert "Write a list of objects, or one object a line" in complaint(read(tmp_path / "items.json", text))


def test_missing_last_cells_are_told_once(tmp_path: Path) -> None:
    sheet = read(tmp_path / "items.csv", "id,prompt,answer,language\n1,a,b\n2,c,d,en\n3,e,f\n")
    (note,) = sheet.notes
    assert (note.place, note.line) == ("row 2 and 1 other", 2)
    assert note.message == "3 cells where the header has 4; the last ones count as empty"


def test_numbers_in_a_task_are_read_in_the_format_of_their_cell(tmp_path: Path) -> None:
    path = book(tmp_path / "items.xlsx", {"Table": [["id", "prompt", "answer"], ["1", "Which code?", 2139]]})
    workbook = openpyxl.load_workbook(path)
    workbook["Table"]["C2"].number_format = "00000"
    workbook.save(path)
    assert cells(read_sheet(path)) == [{"id": "1", "prompt": "Which code?", "answer": "02139"}]
