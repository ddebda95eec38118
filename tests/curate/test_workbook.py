import datetime as dt
import io
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from commonhold.curate.workbook import read_workbook
from commonhold.errors import FormError, MissingInputError


def write(path: Path, rows: Sequence[Sequence[object]], sheet: str = "Rows") -> Path:
    book = openpyxl.Workbook()
    page = book.create_sheet(sheet, 0)
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def test_cells_become_the_text_a_person_sees(tmp_path: Path) -> None:
    row = ["hi", 5, 2.5, True, dt.date(2025, 3, 14), dt.datetime(2025, 3, 14, 9, 30), None]  # noqa: DTZ001
    path = write(tmp_path / "rows.xlsx", [list("abcdefg"), row])
    assert list(read_workbook(path).rows[0].cells.values()) == [
        *("hi", "5", "2.5", "true", "2025-03-14", "2025-03-14T09:30:00", ""),
    ]


def test_row_numbers_are_those_of_the_spreadsheet(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.xlsx", [[], [None, "a", "b"], [], [None, "1", "2"], [None, "3", "4"]])
    table = read_workbook(path)
    assert table.columns == ("a", "b")
    assert [(row.number, dict(row.cells)) for row in table.rows] == [
        (4, {"a": "1", "b": "2"}),
        (5, {"a": "3", "b": "4"}),
    ]


def test_the_named_sheet_is_read_and_an_unknown_one_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.xlsx", [["a"], ["1"]], sheet="Slips")
    assert read_workbook(path, "Slips").columns == ("a",)
    with pytest.raises(FormError, match="there is no sheet 'Slip'; it has 'Slips', 'Sheet'"):
        read_workbook(path, "Slip")


def test_a_column_without_a_name_is_refused_only_when_it_holds_text(tmp_path: Path) -> None:
    assert read_workbook(write(tmp_path / "a.xlsx", [["a", None, "b"], ["1", None, "2"]])).columns == ("a", "b")
    with pytest.raises(FormError, match="column 2: the column name '' is empty"):
        read_workbook(write(tmp_path / "b.xlsx", [["a", None, "b"], ["1", "x", "2"]]))


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="column 2: the column name 'a'"):
        read_workbook(write(tmp_path / "rows.xlsx", [["a", "a"], ["1", "2"]]))


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="the sheet is empty"):
        read_workbook(write(tmp_path / "rows.xlsx", []))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"rows\.xlsx"):
        read_workbook(tmp_path / "rows.xlsx")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.xlsx").write_text("a,b\n1,2\n")
    with pytest.raises(FormError, match="not readable as a spreadsheet"):
        read_workbook(tmp_path / "rows.xlsx")


def test_a_stray_cell_at_the_far_corner_is_refused_before_memory_is_reserved(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page["A1"], page["XFD1048576"] = "a", " "
    book.save(tmp_path / "rows.xlsx")
    with pytest.raises(FormError, match="row 1,048,576, column 16,384"):
        read_workbook(tmp_path / "rows.xlsx")


def test_a_file_that_unpacks_to_more_than_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commonhold.curate.workbook.MAX_UNPACKED_BYTES", 1 << 20)
    with zipfile.ZipFile(tmp_path / "rows.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/big", bytes((1 << 20) + 1))
    with pytest.raises(FormError, match="more than 1 MB when unpacked"):
        read_workbook(tmp_path / "rows.xlsx")


def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    good = write(tmp_path / "rows.xlsx", [["a", "b"], ["1", "2"]]).read_bytes()
    draw = random.Random(1)
    refused = 0
    for _ in range(150):
        data = bytearray(good)
        for _ in range(draw.choice([1, 20])):
            data[draw.randrange(len(data))] = draw.randrange(256)
        (tmp_path / "damaged.xlsx").write_bytes(data[: draw.randrange(1, len(data))] if draw.random() < 0.2 else data)
        try:
            assert read_workbook(tmp_path / "damaged.xlsx").columns
        except FormError:
            refused += 1
    assert refused > 50


def test_a_password_is_named_as_the_cause(tmp_path: Path) -> None:
    (tmp_path / "rows.xlsx").write_bytes(encrypted_container())
    with pytest.raises(FormError, match=r"protected by a password\. Save it without a password"):
        read_workbook(tmp_path / "rows.xlsx")


def encrypted_container() -> bytes:
    """The smallest OLE compound file (MS-CFB) with an EncryptedPackage entry, as Excel writes around a password."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def number(value: int, size: int = 4) -> bytes:
        return value.to_bytes(size, "little")

    def entry(name: str, kind: int, child: int, start: int, length: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        links = number(free) * 2 + number(child)
        return (
            text.ljust(64, b"\0")
            + number(len(text), 2)
            + bytes([kind, 1])
            + links
            + bytes(36)
            + number(start)
            + (number(length, 8))
        )

    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + number(0x3E, 2) + number(3, 2) + number(0xFFFE, 2)
    header += number(9, 2) + number(6, 2) + bytes(6) + number(0) + number(1) + number(1) + number(0)
    header += number(4096) + number(end) + number(0) + number(end) + number(0) + number(0) + number(free) * 108
    sectors = number(table) + number(end) + b"".join(number(sector) for sector in range(3, 10)) + number(end)
    directory = entry("Root Entry", 5, 1, end, 0) + entry("EncryptedPackage", 2, free, 2, 4096)
    stream = io.BytesIO()
    stream.write(header + sectors.ljust(512, b"\xff") + directory.ljust(512, b"\0") + bytes(4096))
    return stream.getvalue()
