"""A file whose bytes are of another kind than its name says: told as what it is, with a remedy that works."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.sheets.made import container, opened, read

from commonhold.errors import FormError

PAGE = b"<!DOCTYPE html>\n<html><body><h1>Rows</h1><table><tr><td>q</td></tr></table></body></html>"
LOGIN = b"<html><head><title>Sign in</title></head><body><input type='password'></body></html>"


def _zip(*parts: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for part in parts:
                archive.writestr(part, "<x/>")

    return make


def _bytes(data: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


@pytest.mark.parametrize(
    ("name", "make", "told"),
    [
        ("a.xlsx", _bytes(b"q,a\n1,2\n"), "this is text, such as CSV. Give it its right ending: .csv"),
        ("a.xlsx", _bytes(b'[{"q": 1}]'), "this is JSON. Give it its right ending: .json"),
        ("a.xlsx", _bytes(LOGIN), "this is a sign-in page, which was saved in place of the file. Sign in, download"),
        ("a.xls", _bytes(PAGE), "this is a web page (HTML). Open it in a spreadsheet program and save it as .xlsx"),
        ("a.xlsx", _bytes(PAGE), "not readable as a spreadsheet: this is a web page (HTML)"),
        ("~$a.xlsx", _bytes(b"\x05Ana" + bytes(160)), "a lock file that an office program leaves"),
        (".~lock.a.xlsx", _bytes(b",ana,desk,;"), "a lock file that an office program leaves"),
        ("a.xlsx", _zip("word/document.xml"), "this is a Word document. Give it its right ending: .docx"),
        ("a.docx", _zip("xl/workbook.xml"), "not a Word document: this is an Excel workbook"),
        ("a.xlsx", _zip("a.csv"), "this is a ZIP archive. Unpack it"),
        ("a.xlsx", _bytes(b"PK\x03\x04rest"), "damaged or breaks off. Copy or download it again"),
        ("a.xlsx", _bytes(b""), "this is an empty file. Save it again"),
        ("a.xlsx", _bytes(bytes(200)), "nothing but zero bytes, as when copying was interrupted"),
        ("a.csv", _zip("xl/workbook.xml"), "an Excel workbook, not a text file. Give it its right ending: .xlsx"),
        ("a.csv", _bytes(LOGIN), "this is a sign-in page"),
        ("a.jsonl", _bytes(PAGE), "this is a web page (HTML), not a text file"),
        ("a.csv", _bytes(b"\x1f\x8b\x08\0"), "this is a gzip archive, not a text file. Unpack it"),
        ("a.csv", _bytes(b"SQLite format 3\0\x10"), "an SQLite database, not a text file. Export the table as CSV"),
        ("a.csv", _bytes(b"\x89PNG\r\n\x1a\n"), "a picture (PNG), not a text file"),
        ("a.csv", _bytes(b"version https://git-lfs.github.com/spec/v1\n"), "a pointer of Git LFS, not the file itself"),
        ("a.pdf", _bytes(b"hello"), "not readable as PDF: this is plain text. Give it its right ending: .txt"),
        ("a.txt", _bytes(b"{\\rtf1 hello}"), "a rich text document (RTF), not a text file. Open it and save"),
        ("a.parquet", _bytes(b"q,a\n"), "not readable as Parquet: this is text, such as CSV"),
        ("a.xlsx", _bytes(container("WordDocument", b"")), "an old Word document (.doc). Open it and save it as .docx"),
        ("a.xlsx", _bytes(container("EncryptedPackage", b"")), "protected by a password. Save it without a password"),
    ],
)
def test_each_kind_has_a_message_of_its_own(tmp_path: Path, name: str, make: Callable[[Path], None], told: str) -> None:
    make(tmp_path / name)
    with pytest.raises(FormError) as caught:
        opened(tmp_path / name)
    assert told in str(caught.value)
    assert "signature" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", b"<b>q</b>,a\n1,2\n"),
        ("a.csv", b"PK,a\n1,2\n"),
        ("a.csv", b"ID,a\n1,2\n"),
        ("a.md", b"<html>\n# Title\n</html>\ntext"),
        ("a.html", b"<p>Sign in at the desk</p>"),
    ],
)
def test_what_only_resembles_another_kind_is_read(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert read(tmp_path / name)[0]


def test_a_csv_called_xlsx_is_read_under_the_ending_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"q,a\n1,2\n")
    with pytest.raises(FormError) as caught:
        opened(tmp_path / "a.xlsx")
    ending = str(caught.value).partition("right ending: ")[2].partition(",")[0]
    (tmp_path / "a.xlsx").rename(tmp_path / f"a{ending}")
    assert opened(tmp_path / f"a{ending}").columns == ("q", "a")
