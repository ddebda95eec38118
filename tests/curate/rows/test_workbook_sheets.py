"""Which sheets of a workbook are read, and what is told of the others."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from tests.sheets.made import book

from commonhold.curate.engine.executor import Inline
from commonhold.curate.engine.shards import read_kept
from commonhold.curate.rows.community_data import read_community
from commonhold.curate.rows.reading import read_all
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.errors import FormError

Community = Callable[..., Path]
Booked = Callable[..., Path]
HEAD = ["Message", "Reply", "Who", "Language", "OK?"]
ABOUT = [["How to fill in this sheet"], ["One row for each message"]]


def sheet(*messages: str, head: Sequence[str] = HEAD) -> list[Sequence[str]]:
    return [head, *([message, "r", "a", "en", "yes"] for message in messages)]


@pytest.fixture
def booked(community: Community, datasheet: str) -> Booked:
    """A community with one workbook; `files` are the entries of its datasheet."""

    def write(
        sheets: Mapping[str, Sequence[Sequence[str]]], files: str = "  - path: rows.xlsx", hidden: Sequence[str] = ()
    ) -> Path:
        folder = community("", datasheet.replace("  - path: rows.csv", files))
        workbook = openpyxl.load_workbook(book(folder / "rows.xlsx", sheets))
        for name in hidden:
            workbook[name].sheet_state = "hidden"
        workbook.save(folder / "rows.xlsx")
        return folder

    return write


def read(folder: Path) -> tuple[list[str], tuple[str, ...]]:
    data = read_community(folder)
    maker = RecordMaker(data.form, b"key", date(2026, 6, 1))
    with TemporaryDirectory() as work:
        reading = read_all(data, maker, Inline(), Path(work) / "read", 100)
        return [record.place for shard in reading.shards for record in read_kept(shard)], reading.warnings


def problem(folder: Path) -> str:
    with pytest.raises(FormError) as caught:
        read(folder)
    return caught.value.problems[0].message


def test_every_sheet_with_the_columns_is_read_and_the_others_are_named(booked: Booked) -> None:
    places, warnings = read(booked({"Read me": ABOUT, "January": sheet("a", "b"), "February": sheet("c"), "S4": []}))
    assert places == ["rows.xlsx#January:2", "rows.xlsx#January:3", "rows.xlsx#February:2"]
    assert warnings == (
        "rows.xlsx: the sheets 'January' (2 rows) and 'February' (1 row) have the same columns, and both were read, "
        "but not 'Read me' (2 rows, other columns). To read one alone, write in datasheet.yaml: sheet: 'February'",
    )


def test_columns_that_are_called_nearly_so_count_as_the_same(booked: Booked) -> None:
    places, warnings = read(booked({"A": sheet("a"), "B": sheet("b", head=["message ", "REPLY", "who", *HEAD[3:]])}))
    assert places == ["rows.xlsx#A:2", "rows.xlsx#B:2"]
    assert warnings[1] == (
        "rows.xlsx#B: read by a name that is written otherwise: 'message' as 'Message', 'REPLY' as 'Reply', "
        "'who' as 'Who'"
    )


def test_a_sheet_that_the_datasheet_names_is_read_alone(booked: Booked) -> None:
    sheets = {"A": sheet("a"), "B": sheet("b"), "C": sheet("c")}
    assert read(booked(sheets, "  - path: rows.xlsx\n    sheet: B")) == (["rows.xlsx#B:2"], ())


def test_sheets_that_are_listed_beside_the_workbook_are_read_once(booked: Booked) -> None:
    sheets = {"A": sheet("a"), "B": sheet("b")}
    assert read(booked(sheets, "  - path: rows.xlsx\n  - path: rows.xlsx\n    sheet: B")) == (
        ["rows.xlsx:2", "rows.xlsx#B:2"],
        (),
    )


def test_one_sheet_with_the_columns_keeps_the_name_of_the_workbook(booked: Booked) -> None:
    short = [["Message", "Reply"], ["a", "b"], ["c", "d"]]
    places, warnings = read(booked({"A": sheet("a"), "Notes": ABOUT, "Old": short}))
    assert places == ["rows.xlsx:2"]
    assert warnings == (
        "rows.xlsx: only the sheet 'A' was read, not 'Notes' (2 rows, other columns), "
        "'Old' (2 rows, without 'Who', 'Language', 'OK?'). To read another, write in datasheet.yaml: sheet: 'Notes'",
    )


def test_a_first_sheet_without_the_columns_is_passed_over(booked: Booked) -> None:
    assert read(booked({"Read me": ABOUT, "January": sheet("a")}))[0] == ["rows.xlsx#January:2"]


def test_a_hidden_sheet_is_not_read_and_named_when_it_has_the_columns(booked: Booked) -> None:
    folder = booked({"A": sheet("a"), "Old": sheet("b"), "Lists": ABOUT}, hidden=["Old", "Lists"])
    places, warnings = read(folder)
    assert places == ["rows.xlsx:2"]
    assert warnings == (
        "rows.xlsx: not read, since it is hidden: 'Old' (1 row). If it should count, list it in datasheet.yaml as one "
        "more file, with sheet: 'Old'",
    )
    form = folder / "datasheet.yaml"
    entry = "  - path: rows.xlsx"
    form.write_text(form.read_text().replace(entry, f"{entry}\n{entry}\n    sheet: Old"))
    assert read(folder) == (["rows.xlsx:2", "rows.xlsx#Old:2"], ())


def test_where_no_sheet_has_the_columns_each_is_named_with_its_own(booked: Booked) -> None:
    folder = booked({"Read me": ABOUT, "Lists": [["Street", "Town"], ["x", "y"]], "Old": sheet("b")}, hidden=["Old"])
    assert problem(folder) == (
        "no sheet of rows.xlsx has all the columns ('Message', 'Reply', 'Who', 'Language', 'OK?'): 'Read me' (2 rows) "
        "has 'How to fill in this sheet'; 'Lists' (2 rows) has 'Street', 'Town'. The hidden sheet 'Old' has them"
    )


def test_of_a_sheet_that_lacks_a_column_the_nearest_is_named(booked: Booked) -> None:
    folder = booked({"Read me": ABOUT, "January": sheet("a", head=["Message", "Replyy", *HEAD[2:]])})
    assert problem(folder) == "rows.xlsx#January has no column 'Reply'; did you mean 'Replyy'?"


def test_an_empty_copy_of_the_sheet_is_not_read(booked: Booked) -> None:
    assert read(booked({"January": sheet("a"), "Blank form": sheet()})) == (["rows.xlsx:2"], ())


@pytest.mark.parametrize(
    ("cell", "told"), [("Total:", True), ("合計", True), ("Grand total", True), ("Total cost?", False)]
)
def test_a_last_row_that_sums_up_the_others_is_told(booked: Booked, cell: str, told: bool) -> None:
    places, warnings = read(booked({"A": sheet("a", "Total", "b", cell)}))
    assert len(places) == 4
    assert warnings == (
        (f"rows.xlsx: row 5, the last one, begins with {cell!r} and was read. Delete sums",) if told else ()
    )


def test_two_columns_that_are_called_nearly_so_are_asked_about_and_the_answer_counts(
    community: Community, datasheet: str
) -> None:
    rows = "message,MESSAGE,Reply,Who,Language,OK?\na,b,r,x,en,yes\n"
    folder = community(rows, datasheet)
    assert problem(folder) == "rows.csv has the columns 'message' and 'MESSAGE'; each may be 'Message'"
    folder = community(rows, datasheet.replace("prompt: Message", "prompt: message"))
    assert read(folder)[0] == ["rows.csv:2"]
