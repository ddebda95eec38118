"""Small files of every kind, made by hand or by the libraries that write them."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from commonhold.sheets.open_rows import FileSettings, open_rows
from commonhold.sheets.row import BadRow, Names, Row
from commonhold.sheets.source import Source
from commonhold.sheets.table import Opened


def source(path: Path, sheet: str = "") -> Source:
    """A file as a datasheet names it."""
    return Source(path, str(path), f"{path.name}#{sheet}" if sheet else path.name, "datasheet.yaml")


def open_named(path: Path, wanted: Sequence[Names], more: Mapping[str, str]) -> Opened:
    """Opens a file of which a datasheet says some more: encoding, delimiter, sheet, parent."""
    said: dict[str, Any] = dict(more)
    name = said.pop("parent", None)
    parent = source(path.parent / name) if name and path.suffix != ".xlsx" else None
    declared = FileSettings(parent=parent, parent_name=name, **said)
    return open_rows(source(path, said.get("sheet", "")), declared, wanted)


def opened(path: Path, *wanted: str, **more: str) -> Opened:
    """Opens a file as a datasheet would that maps the wanted columns."""
    return open_named(path, tuple((name,) for name in wanted), more)


def read(path: Path, *wanted: Names, **more: str) -> tuple[list[Row], list[BadRow]]:
    """The usable and the bad rows of a file."""
    rows = list(open_named(path, wanted, more).rows)
    return [row for row in rows if isinstance(row, Row)], [row for row in rows if isinstance(row, BadRow)]


def cells(path: Path, *wanted: Names, **more: str) -> list[dict[str, str]]:
    """The cells of the usable rows; there must be no bad one."""
    rows, bad = read(path, *wanted, **more)
    assert bad == []
    return [dict(row.cells) for row in rows]


def book(path: Path, sheets: Mapping[str, Sequence[Any]], merged: Sequence[str] = ()) -> Path:
    """A workbook; `merged` are ranges of its first sheet."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        page = workbook.create_sheet(name)
        for row in rows:
            page.append(row)
    for cells_range in merged:
        workbook.worksheets[0].merge_cells(cells_range)
    workbook.save(path)
    return path


def open_document(path: Path, rows: str) -> Path:
    """A spreadsheet in OpenDocument format with one sheet; `rows` is its XML."""
    names = "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
    names += "xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' "
    names += "xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'"
    content = f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='S'>"
    content += f"{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>"
    manifest += f"<manifest:file-entry manifest:full-path='/' manifest:media-type='{kind}'/></manifest:manifest>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def open_cell(text: str, attributes: str = "") -> str:
    """One text cell of an OpenDocument row."""
    return f"<table:table-cell office:value-type='string' {attributes}><text:p>{text}</text:p></table:table-cell>"


def container(name: str, stream: bytes) -> bytes:
    """The smallest OLE compound file (MS-CFB) with one stream of up to 4096 bytes, as Excel wrote before 2007."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD

    def number(value: int, size: int = 4) -> bytes:
        return value.to_bytes(size, "little")

    def entry(title: str, kind: int, child: int, start: int, length: int) -> bytes:
        text = title.encode("utf-16-le") + b"\0\0"
        head = text.ljust(64, b"\0") + number(len(text), 2) + bytes([kind, 1])
        return head + number(free) * 2 + number(child) + bytes(36) + number(start) + number(length, 8)

    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + number(0x3E, 2) + number(3, 2) + number(0xFFFE, 2)
    header += number(9, 2) + number(6, 2) + bytes(6) + number(0) + number(1) + number(1) + number(0)
    header += number(4096) + number(end) + number(0) + number(end) + number(0) + number(0) + number(free) * 108
    sectors = number(table) + number(end) + b"".join(number(sector) for sector in range(3, 10)) + number(end)
    directory = entry("Root Entry", 5, 1, end, 0) + entry(name, 2, free, 2, 4096)
    return header + sectors.ljust(512, b"\xff") + directory.ljust(512, b"\0") + stream.ljust(4096, b"\0")


def old_book(
    values: Mapping[tuple[int, int], str | float],
    codes: Mapping[tuple[int, int], str] | None = None,
    hidden: Sequence[int] = (),
) -> bytes:
    """A workbook of Excel 97 (BIFF8) with one sheet `S`; values by row and column from 0, texts in Latin-1.

    `codes` are the number formats of cells, `hidden` are rows.
    """
    places = list(codes or {})

    def record(kind: int, data: bytes) -> bytes:
        return kind.to_bytes(2, "little") + len(data).to_bytes(2, "little") + data

    def cell(row: int, column: int, value: str | float) -> bytes:
        style = places.index((row, column)) + 1 if (row, column) in places else 0
        place = b"".join(number.to_bytes(2, "little") for number in (row, column, style))
        if isinstance(value, str):
            text = value.encode("latin-1")
            return record(0x0204, place + len(text).to_bytes(2, "little") + b"\0" + text)
        return record(0x0203, place + struct.pack("<d", value))

    def begin(kind: int) -> bytes:
        return record(0x0809, b"\0\x06" + kind.to_bytes(2, "little") + bytes(12))

    def look(number: int) -> bytes:
        return record(0xE0, b"\0\0" + number.to_bytes(2, "little") + bytes(16))

    sheet = begin(0x10)
    sheet += b"".join(record(0x208, row.to_bytes(2, "little") + bytes(10) + b"\x20\0\0\0") for row in hidden)
    sheet += b"".join(cell(*place, value) for place, value in values.items()) + record(0x0A, b"")
    formats = b"".join(
        record(0x41E, (164 + index).to_bytes(2, "little") + len(code).to_bytes(2, "little") + b"\0" + code.encode())
        for index, code in enumerate((codes or {}).values())
    )
    looks = look(0) + b"".join(look(164 + index) for index in range(len(places))) if places else b""
    before = begin(5) + formats + looks
    start = len(before) + len(record(0x85, bytes(6) + b"\x01\0S")) + len(record(0x0A, b""))
    bound = record(0x85, start.to_bytes(4, "little") + b"\0\0" + b"\x01\0S")
    return container("Workbook", before + bound + record(0x0A, b"") + sheet)


def pdf(pages: Sequence[Sequence[tuple[str, int, bool]]]) -> bytes:
    """A PDF file; a page is lines of text with the size of their letters and whether they are bold."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    objects += [f"<</Type/Font/Subtype/Type1/BaseFont/{name}>>" for name in ("Helvetica", "Helvetica-Bold")]
    kids = []
    for lines in pages:
        drawn, height = [], 800
        for text, size, bold in lines:
            height -= size + 6
            drawn.append(f"BT /F{2 if bold else 1} {size} Tf 40 {height} Td ({text}) Tj ET")
        stream = "\n".join(drawn)
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        fonts = "<</Font<</F1 3 0 R/F2 4 0 R>>>>"
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 840]/Contents {len(objects)} 0 R/Resources{fonts}>>"
        objects.append(page)
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010} 00000 n \n" for place in places).encode())
    out.write(f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()
