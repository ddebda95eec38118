"""Answers in a table, as people fill it in and spreadsheet programs save it."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from commonhold.errors import FormError, Problem
from commonhold.evaluate.people.pack import VERDICTS, Pack
from commonhold.evaluate.people.pack_files import ANSWER_COLUMNS, SHEET_COLUMNS
from commonhold.evaluate.people.page import page_words
from commonhold.evaluate.people.rating import MAX_FILE_BYTES, YES_NO, Part, Rating, wrong_pack
from commonhold.forms import Row, Table, parse_csv, read_text

DELIMITERS = ",;\t"
NEEDED_COLUMNS = ("pack", "rater", "question", "verdict")


def read_sheet(path: Path, pack: Pack) -> Part:
    """The rows that somebody filled in.

    Raises:
        MissingInputError: there is no such file.
        FormError: it cannot be read as a table.
    """
    table = parse_csv(*_sheet_text(path))
    file = str(path)
    if problems := list(_columns(table, file)):
        return Part([], problems)
    if table.rows:
        named = next((row.cells["pack"].strip() for row in table.rows if row.cells["pack"].strip()), "")
        if problems := list(wrong_pack(file, table.rows[0].number, named, pack)):
            return Part([], problems)
    ratings: list[Rating] = []
    rater = ""
    for row in table.rows:
        cells = {name: text.strip() for name, text in row.cells.items()}
        rater = cells["rater"] or rater  # people write their name once, at the top
        if not any(cells.get(name) for name in ANSWER_COLUMNS):
            continue
        wrong = list(_cells(file, row, cells, rater))
        problems += wrong
        if not wrong:
            ratings.append(_rating(file, row, cells, rater))
    return Part(ratings, problems)


def _sheet_text(path: Path) -> tuple[str, str, str]:
    """Text, file name and delimiter; spreadsheet programs of many countries save with semicolons."""
    try:
        text = read_text(path, max_bytes=MAX_FILE_BYTES)
    except FormError as error:
        remedy = "Save it as CSV UTF-8, or answer with rate.html"
        raise FormError(
            [Problem(each.file, each.line, each.place, each.message, remedy) for each in error.problems]
        ) from error
    header = text.split("\n", 1)[0]
    return text, str(path), max(DELIMITERS, key=header.count)


def _columns(table: Table, file: str) -> Iterator[Problem]:
    for name in table.columns:
        if name not in SHEET_COLUMNS:
            near = difflib.get_close_matches(name, SHEET_COLUMNS, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            remedy = f"Known: {', '.join(SHEET_COLUMNS)}"
            yield Problem(file, 1, f"column {name}", f"unknown column{hint}", remedy)
    for name in NEEDED_COLUMNS:
        if name not in table.columns:
            yield Problem(file, 1, f"column {name}", "the column is missing", "Take the first row as it is in rate.csv")


def _cells(file: str, row: Row, cells: Mapping[str, str], rater: str) -> Iterator[Problem]:
    def problem(column: str, message: str, remedy: str) -> Problem:
        return Problem(file, row.number, f"row {row.number}, column {column}", message, remedy)

    if not rater:
        yield problem("rater", "nobody's name stands here or above", "Write the person's pseudonym")
    if not cells["verdict"]:
        yield problem("verdict", "there is no verdict, but something else is filled in", f"Write one of: {_verdicts()}")
    elif cells["verdict"].casefold() not in _words(VERDICTS):
        yield problem("verdict", f"{cells['verdict']!r} is no verdict", f"Write one of: {_verdicts()}")
    for column in ("a_right", "b_right"):
        text = cells.get(column, "")
        if text.casefold() not in _words(tuple(YES_NO)):
            yield problem(column, f"{text!r} is neither yes nor no", "Write yes or no, or leave it empty")


def _verdicts() -> str:
    return ", ".join(verdict.replace("_", " ") for verdict in VERDICTS)


def _words(names: Sequence[str]) -> dict[str, str]:
    """What may be written for each of some values: itself, and the page's words for it in every language."""
    found = {name.casefold(): name for name in names} | {name.casefold().replace("_", " "): name for name in names}
    found |= {"sí": "yes", "si": "yes"} if "yes" in names else {}
    for words in page_words().values():
        found |= {words[name].casefold(): name for name in names if name}
    return found


def _rating(file: str, row: Row, cells: Mapping[str, str], rater: str) -> Rating:
    verdict = _words(VERDICTS)[cells["verdict"].casefold()]
    right = {
        column: YES_NO[_words(tuple(YES_NO))[cells.get(column, "").casefold()]] for column in ("a_right", "b_right")
    }
    return Rating(
        rater=rater,
        question=cells["question"],
        verdict=next(each for each in VERDICTS if each == verdict),
        a_right=right["a_right"],
        b_right=right["b_right"],
        comment=cells.get("comment", ""),
        file=file,
        place=f"row {row.number}",
        line=row.number,
    )
