"""Ways in which a community's data cannot be used, each with what has to be said of it."""

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.community import HEADER, TOY_BASE, rows, write_rows
from tests.sheets.made import book, container


class Situation(NamedTuple):
    """A way in which data cannot be used."""

    spoil: Callable[[Path], object]
    """Takes the community's folder."""
    place: str
    cause: str
    remedy: str
    command: str = "curate"
    """What refuses it too."""


def edit(file: str, old: str, new: str) -> Callable[[Path], object]:
    """Puts one text in place of another, which must be there."""

    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def table(*lines: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Callable[[Path], object]:
    """Other rows."""
    return lambda folder: write_rows(folder / "data/rows.csv", lines, header)


def raw(data: bytes, name: str = "rows.csv") -> Callable[[Path], object]:
    """Other bytes, under a name that the datasheet then has."""

    def spoil(folder: Path) -> None:
        (folder / "data" / name).write_bytes(data)
        if name != "rows.csv":
            edit("data/datasheet.yaml", "rows.csv", name)(folder)

    return spoil


def workbook(more: str = "", **sheets: list[tuple[str, ...]]) -> Callable[[Path], object]:
    """Rows in a workbook instead."""

    def spoil(folder: Path) -> None:
        book(folder / "data/rows.xlsx", sheets)
        edit("data/datasheet.yaml", "{path: rows.csv}", f"{{path: rows.xlsx{more}}}")(folder)

    return spoil


def both(*spoils: Callable[[Path], object]) -> Callable[[Path], object]:
    """One after the other."""
    return lambda folder: [spoil(folder) for spoil in spoils]


def archive() -> bytes:
    """A ZIP file that is no document."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr("rows.txt", "a,b")
    return stream.getvalue()


SITUATIONS = {
    "wrong column": Situation(
        edit("data/datasheet.yaml", "prompt: Message", "prompt: Question"),
        "datasheet.yaml:11 columns.prompt",
        "Question",
        "Message",
    ),
    "empty file": Situation(raw(b""), "rows.csv", "is empty", "Add a row of names"),
    "header only": Situation(table(), "rows.csv", "has a header and no rows", "Add rows"),
    "missing file": Situation(
        lambda folder: (folder / "data/rows.csv").unlink(),
        "datasheet.yaml:10",
        "no file 'rows.csv'",
        "Correct the name",
    ),
    "ZIP named .csv": Situation(raw(archive()), "rows.csv", "a ZIP archive", "Unpack it"),
    "workbook named .csv": Situation(
        both(
            workbook(S=[HEADER, *rows()]),
            lambda folder: shutil.move(folder / "data/rows.xlsx", folder / "data/rows.csv"),
            edit("data/datasheet.yaml", "rows.xlsx", "rows.csv"),
        ),
        "rows.csv",
        "an Excel workbook",
        "its right ending: .xlsx",
    ),
    "CSV named .xlsx": Situation(
        raw(b"Entry,Who\n1,2\n", "rows.xlsx"), "rows.xlsx", "text, such as CSV", "its right ending: .csv"
    ),
    "password": Situation(
        raw(container("EncryptedPackage", b""), "rows.xlsx"), "rows.xlsx", "password", "without a password"
    ),
    "lock file": Situation(raw(b"\x06desk " * 20, "~$rows.xlsx"), "~$rows.xlsx", "a lock file", "without '~$'"),
    "web page": Situation(
        raw(b"<!DOCTYPE html><html><body>Sign in</body></html>"),
        "rows.csv",
        "a sign-in page",
        "download the file again",
    ),
    "binary": Situation(raw(bytes(range(256)) * 9), "rows.csv", "not a text file", "Save it as CSV"),
    "wrong sheet": Situation(
        workbook(", sheet: Answers", Sheet1=[HEADER, *rows()]), "rows.xlsx", "'Answers'", "Sheet1"
    ),
    "no sheet with the columns": Situation(
        workbook(ReadMe=[("How to fill this in",), ("Write a row each.",)], Rows=[("Frage", "Antwort"), ("a", "b")]),
        "rows.xlsx",
        "Rows",
        "name the sheet",
    ),
    "wrong delimiter": Situation(
        edit("data/datasheet.yaml", "{path: rows.csv}", "{path: rows.csv, delimiter: ';'}"),
        "datasheet.yaml:10",
        "no ';' between its columns",
        "Correct delimiter",
    ),
    "wrong encoding": Situation(
        both(
            table(*rows()[:19], ("W19", "p9", "The café is closed today (19)", "The school desk", "yes")),
            edit("data/datasheet.yaml", "{path: rows.csv}", "{path: rows.csv, encoding: utf-16}"),
        ),
        "rows.csv:1",
        "not readable as utf-16",
        "encoding: utf-8",
    ),
    "every row with too many cells": Situation(
        raw(
            (",".join(HEADER) + "\n" + "".join(f"W{n},p{n},No water, again,The desk,yes\n" for n in range(20))).encode()
        ),
        "rows.csv",
        "6 cells",
        "Quote",
    ),
    "wrong consent column": Situation(
        edit("data/datasheet.yaml", 'column: "OK?"', "column: Agreed"),
        "datasheet.yaml:12",
        "Agreed",
        "OK?",
    ),
    "nobody consents": Situation(table(*rows(consent="no")), "OK?", "20 rows: no consent", "consent.accepted"),
    "consent answer that the datasheet does not know": Situation(
        table(*rows(consent="ja")), "OK?", "consent", "consent.accepted"
    ),
    "replies of one word": Situation(
        both(
            table(*((*row[:3], "Yes", "yes") for row in rows())),
            edit("recipes/water.yaml", "min_words: 1", "min_words: 3"),
        ),
        "water.yaml",
        "20 rows: too short",
        "Lower data.min_words",
    ),
    "no messages": Situation(
        table(*((*row[:2], "", *row[3:]) for row in rows())), "water.yaml", "20 rows: the message is empty", "filled in"
    ),
    "one column as message and reply": Situation(
        edit("data/datasheet.yaml", "completion: Reply", "completion: Message"),
        "datasheet.yaml:11",
        "learnt as its own echo",
        "Name the column with the replies",
    ),
    "consent that is over": Situation(
        both(
            table(*((*row, "2026-03-01") for row in rows()), header=(*HEADER, "Until")),
            edit("data/datasheet.yaml", 'accepted: ["yes"]', 'accepted: ["yes"], columns: {expiry: Until}'),
        ),
        "water.yaml",
        "20 rows: consent has run out",
        "Ask the contributors again",
    ),
    "out of date": Situation(
        both(
            table(*((*row, "2024-05-01") for row in rows()), header=(*HEADER, "Date")),
            edit("data/datasheet.yaml", "contributor: Who", "contributor: Who, date: Date"),
            edit("data/datasheet.yaml", "region: US", "region: US\noutdated_before: 2026-01-01"),
        ),
        "water.yaml",
        "20 rows: out of date",
        "outdated_before in datasheet.yaml",
    ),
    "one thumb": Situation(
        both(
            table(*((*row, "up") for row in rows()), header=(*HEADER, "Thumb")),
            edit("data/datasheet.yaml", "contributor: Who", "contributor: Who, rating: Thumb"),
            edit("recipes/water.yaml", "  epochs: 1", "  objective: {method: kto}\n  epochs: 1"),
        ),
        "datasheet.yaml",
        "thumb",
        "kto",
    ),
    "base that is not here": Situation(
        lambda folder: shutil.rmtree(folder / "work/bases" / TOY_BASE),
        "water.yaml",
        TOY_BASE,
        f"commonhold fetch {TOY_BASE}",
        "train",
    ),
    "licence that forbids publishing": Situation(
        edit("data/datasheet.yaml", "licence: CC0-1.0", "licence: CC-BY-NC-4.0"),
        "datasheet.yaml:4",
        "non-commercial",
        "Publish under",
    ),
}
