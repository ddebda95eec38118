"""Valid files of every kind, and ways to damage them."""

import io
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

import docx
import pyarrow as pa
import pyarrow.parquet as pq
from tests.sheets.made import book, old_book, open_cell, open_document, pdf

TOKENS = (
    *(b'"', b"'", b"\n", b"\r", b"\0", b",", b";", b"\t", b"<", b">", b"&", b"&#x110000;", b"{", b"[", b"]]>", b"%"),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud83d", b"NaN", b"1e999", b"-1", b"999999999", b"4294967295"),
    *(b"<!DOCTYPE x>", b"/Length 99999999", b"commonhold row", b"XFD1048576", b" t='e'", b"<f/>", b"mergeCell"),
)
MAX_BYTES = 200_000


def seeds(folder: Path) -> dict[str, bytes]:
    """A small valid file for each ending."""
    text = 'Message,Reply,Who\n"hi, you","he said ""yes""",Ana\nseñor,sí,Bo\n'
    book(folder / "s.xlsx", {"S": [["q", "a"], ["1", 2.5], ["=1+1", True], ["x", "y"]]}, merged=["B3:B4"])
    row = "<table:table-row>{}</table:table-row>"
    open_document(folder / "s.ods", row.format(open_cell("q") * 2) + row.format(open_cell("x") * 2))
    document = docx.Document()
    document.add_heading("When?")
    document.add_paragraph("At nine.")
    document.add_table(rows=1, cols=2)
    document.save(str(folder / "s.docx"))
    pq.write_table(pa.table({"q": ["hi", None], "n": [1, 2], "tags": [["x"], []]}), folder / "s.parquet")
    page = "<html><head><meta charset='utf-8'><style>p{}</style></head>"
    page += "<h1>Where?</h1><p hidden>x</p><table><tr><td>a</table>"
    return {
        ".csv": text.encode(),
        ".tsv": text.replace(",", "\t").encode("utf-16"),
        ".jsonl": b'{"q": "hi", "n": 1.5, "x": [1]}\n{"q": null, "y": true}\n',
        ".json": b'[{"q": "hi", "n": 1.5},\n {"q": null, "y": true}]\n',
        ".parquet": (folder / "s.parquet").read_bytes(),
        ".xlsx": (folder / "s.xlsx").read_bytes(),
        ".xls": old_book({(0, 0): "q", (0, 1): "a", (1, 0): "x", (1, 1): 2.0}),
        ".ods": (folder / "s.ods").read_bytes(),
        ".docx": (folder / "s.docx").read_bytes(),
        ".html": page.encode(),
        ".pdf": pdf([[("Where?", 18, False), ("Here it is.", 11, False)], [("When?", 11, True)]]),
    }


def mutated(data: bytes, draw: random.Random, others: Mapping[str, bytes]) -> bytes:
    """A file with some bytes wrong; of a packed one, half the time those of a part."""
    if data[:2] == b"PK" and draw.random() < 0.7:
        return _repacked(data, draw)
    return _damaged(data, draw) if draw.random() < 0.97 else draw.choice(sorted(others.values()))


def _repacked(data: bytes, draw: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        names = archive.namelist()
        chosen = draw.choice([name for name in names if name.endswith((".xml", ".rels"))])
        for name in names:
            if name != chosen:
                packed.writestr(name, archive.read(name))
            elif draw.random() < 0.95:
                packed.writestr(name, _damaged(archive.read(name), draw))
    return out.getvalue()


def _damaged(data: bytes, draw: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(draw.choice([1, 1, 2, 5, 20])):
        at = draw.randrange(len(damaged) + 1)
        match draw.randrange(6):
            case 0 if damaged:
                damaged[at % len(damaged)] = draw.randrange(256)
            case 1:
                del damaged[at : at + draw.choice([1, 4, 100])]
            case 2:
                damaged[at:at] = draw.choice(TOKENS)
            case 3:
                damaged[at:at] = damaged[at : at + draw.choice([2, 50, 500])] * draw.choice([1, 3, 200])
            case 4:
                damaged[at:at] = draw.choice(TOKENS) * draw.choice([2, 1000])
            case _:
                damaged[at : at + 4] = draw.choice([b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4)])
        if len(damaged) > MAX_BYTES:
            del damaged[MAX_BYTES:]
    return bytes(damaged)
