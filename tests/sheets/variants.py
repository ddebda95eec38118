"""One table, saved in every way that people save tables."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from tests.sheets.made import old_book, open_cell, open_document

Table = Sequence[Sequence[str]]
HEADER = ("id", "prompt", "answer", "group")
ENGLISH = (
    HEADER,
    ("1", "Where is the town hall, please?", "On the square; ask at the desk", "desk"),
    ("2", 'Who said "no" to the new well?', "The council", "water"),
    ("3", "The lamp is out\nagain. Whom do I call?", "Lighting, ext. 217", "lamps"),
    ("4", "Is it open on Friday?", "Yes, until noon", "desk"),
)


def _words(*rows: tuple[str, str]) -> Table:
    return (HEADER, *((str(number), *row, "desk") for number, row in enumerate(rows, start=1)))


WESTERN = _words(
    ("Où est la mairie, s'il vous plaît ?", "Près de l'église"), ("Ça va être fermé à Noël ?", "Oui, jusqu'au 2")
)
GREEK = _words(
    ("Πού είναι το δημαρχείο;", "Στην πλατεία"), ("Άνοιξε η βιβλιοθήκη;", "Όχι ακόμα"), ("Έχει νερό;", "Ναι")
)
RUSSIAN = _words(
    ("Где находится колодец?", "У школы"), ("Когда открывается библиотека?", "В девять утра"), ("Есть вода?", "Да")
)
ARABIC = _words(("أين توجد المكتبة العامة؟", "بجانب المدرسة القديمة"), ("متى يفتح السوق؟", "يوم الجمعة صباحا"))
SPACED = _words(("Is it open, on Friday?", "Yes, until noon"), ("And on Sunday?", "No"))
JAPANESE = _words(("図書館は何時に開きますか", "午前九時に開館します"), ("井戸はどこにありますか", "学校のとなりです"))


def delimited(table: Table, delimiter: str = ",", end: str = "\n") -> str:
    """The table as text; line breaks inside cells stay as they are."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(table)
    return text.getvalue()


def _text(table: Table, delimiter: str = ",", encoding: str = "utf-8", before: str = "", end: str = "\n") -> bytes:
    return (before + delimited(table, delimiter, end)).encode(encoding)


def _book(folder: Path, hidden: bool = False, title: str = "Sheet", above: Table = ()) -> bytes:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    if hidden:
        page.append(["choices"])
        page.append(["yes"])
        page.sheet_state = "hidden"
        page = book.create_sheet()
    page.title = title
    for row in (*above, *ENGLISH):
        page.append(list(row))
    book.save(folder / "made.xlsx")
    return (folder / "made.xlsx").read_bytes()


def _ods(folder: Path) -> bytes:
    def cell(text: str) -> str:
        parts = text.replace("&", "&amp;").split("\n")
        return open_cell("</text:p><text:p>".join(parts))

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in ENGLISH)
    return open_document(folder / "made.ods", rows).read_bytes()


def _xls(folder: Path) -> bytes:
    del folder
    return old_book({(row, column): text for row, cells in enumerate(ENGLISH) for column, text in enumerate(cells)})


def _parquet(folder: Path) -> bytes:
    head, *rows = ENGLISH
    pq.write_table(pa.table(dict(zip(head, map(list, zip(*rows, strict=True)), strict=True))), folder / "made.parquet")
    return (folder / "made.parquet").read_bytes()


def _objects() -> list[Mapping[str, str]]:
    head, *rows = ENGLISH
    return [dict(zip(head, row, strict=True)) for row in rows]


def _lines(folder: Path) -> bytes:
    del folder
    return "".join(json.dumps(each) + "\n" for each in _objects()).encode()


def _saved(table: Table, *options: str, **more: str) -> Callable[[Path], bytes]:
    return lambda _folder: _text(table, *options, **more)


RAGGED = _text(ENGLISH).replace(b'"Yes, until noon"', b"Yes, until noon")
TRAILING = tuple((*row, "", "") for row in ENGLISH)
TITLES = "Questions of the desk\n\nSpring 2026\n"

VARIANTS: Mapping[str, tuple[str, Table, Callable[[Path], bytes]]] = {
    "comma": ("csv", ENGLISH, _saved(ENGLISH)),
    "byte-order mark": ("csv", ENGLISH, _saved(ENGLISH, ",", "utf-8-sig")),
    "semicolon": ("csv", ENGLISH, _saved(ENGLISH, ";")),
    "tab in csv": ("csv", ENGLISH, _saved(ENGLISH, "\t")),
    "tsv": ("tsv", ENGLISH, _saved(ENGLISH, "\t")),
    "bar": ("csv", ENGLISH, _saved(ENGLISH, "|")),
    "Windows-1252": ("csv", WESTERN, _saved(WESTERN, ",", "cp1252")),
    "ISO-8859-7": ("csv", GREEK, _saved(GREEK, ",", "iso8859-7")),
    "UTF-16": ("csv", ENGLISH, _saved(ENGLISH, ",", "utf-16")),
    "UTF-16 without a mark": ("csv", ENGLISH, _saved(ENGLISH, ",", "utf-16-le")),
    "xlsx": ("xlsx", ENGLISH, _book),
    "hidden first sheet": ("xlsx", ENGLISH, lambda folder: _book(folder, hidden=True)),
    "one ragged row": ("csv", ENGLISH[:-1], lambda _: RAGGED),
    # Beyond the thirteen.
    "psv": ("psv", ENGLISH, _saved(ENGLISH, "|")),
    "ssv": ("ssv", ENGLISH, _saved(ENGLISH, ";")),
    "sheet called items": ("xlsx", ENGLISH, lambda folder: _book(folder, title="Items")),
    "xlsx with titles above": ("xlsx", ENGLISH, lambda folder: _book(folder, above=[["Questions"], [], ["2026"]])),
    "ods": ("ods", ENGLISH, _ods),
    "xls": ("xls", ENGLISH, _xls),
    "parquet": ("parquet", ENGLISH, _parquet),
    "jsonl": ("jsonl", ENGLISH, _lines),
    "ndjson": ("ndjson", ENGLISH, _lines),
    "lines in json": ("json", ENGLISH, _lines),
    "list in json": ("json", ENGLISH, lambda _: json.dumps(_objects(), indent=2).encode()),
    "list in jsonl": ("jsonl", ENGLISH, lambda _: json.dumps(_objects()).encode()),
    "carriage returns": ("csv", ENGLISH, lambda _: _text(ENGLISH).replace(b"\n", b"\r")),
    "line ends of Windows": ("csv", ENGLISH, _saved(ENGLISH, end="\r\n")),
    "line for Excel": ("csv", ENGLISH, _saved(ENGLISH, ";", before="sep=;\n")),
    "quoted line for Excel": ("csv", ENGLISH, _saved(ENGLISH, "~", before='"sep=~"\r\n')),
    "titles above": ("csv", ENGLISH, _saved(ENGLISH, before=TITLES)),
    "empty columns at the end": ("csv", ENGLISH, lambda _: _text(TRAILING)),
    "cells beyond the header": ("csv", ENGLISH, lambda _: _text((HEADER, *TRAILING[1:]))),
    "spaces before quotes": ("csv", SPACED, lambda _: _text(SPACED).replace(b',"', b', "')),
    "empty rows": ("csv", ENGLISH, lambda _: _text(ENGLISH) + b",,,\n\n"),
    "latin-1": ("csv", WESTERN, _saved(WESTERN, ",", "latin-1")),
    "Mac Roman": ("csv", WESTERN, _saved(WESTERN, ";", "mac_roman")),
    "Windows-1253": ("csv", GREEK, _saved(GREEK, ",", "cp1253")),
    "KOI8-R": ("csv", RUSSIAN, _saved(RUSSIAN, ",", "koi8-r")),
    "Windows-1251": ("csv", RUSSIAN, _saved(RUSSIAN, "\t", "cp1251")),
    "DOS Cyrillic": ("csv", RUSSIAN, _saved(RUSSIAN, ",", "cp866")),
    "Windows-1256": ("csv", ARABIC, _saved(ARABIC, ",", "cp1256")),
    "Shift-JIS": ("csv", JAPANESE, _saved(JAPANESE, ",", "shift_jis")),
    "EUC-JP": ("csv", JAPANESE, _saved(JAPANESE, ",", "euc_jp")),
    "Greek UTF-16 without a mark": ("csv", GREEK, _saved(GREEK, ",", "utf-16-be")),
    "Russian UTF-16 without a mark": ("csv", RUSSIAN, _saved(RUSSIAN, ";", "utf-16-le")),
    "Japanese UTF-16 without a mark": ("csv", JAPANESE, _saved(JAPANESE, ",", "utf-16-le")),
    "UTF-32": ("csv", RUSSIAN, _saved(RUSSIAN, ",", "utf-32")),
}
"""By what it is called: the ending, the rows that can be read with the header first, and the file's bytes."""
