"""Answers in a table, as people fill it in and spreadsheet programs save it."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from commonhold.errors import FormError, Problem
from commonhold.evaluate.people.pack import VERDICTS, Pack
from commonhold.evaluate.people.pack_files import ANSWER_COLUMNS, SHEET_COLUMNS
from commonhold.evaluate.people.page import page_words
from commonhold.evaluate.people.rating import MAX_FILE_BYTES, YES_NO, Rating, RatingPart, wrong_pack
from commonhold.sheets.source import Source
from commonhold.sheets.whole_table import Expected, TableRow, WholeTable, read_table

SAVE_AGAIN = "Save it as CSV UTF-8, or answer with rate.html"
NEEDED_COLUMNS = ("pack", "rater", "question", "verdict")


def read_sheet(file: Path | Source, pack: Pack) -> RatingPart:
    """The rows that somebody filled in.

    Raises:
        MissingInputError: there is no such file.
        FormError: it cannot be read as a table.
    """
    source = Source.at(file)
    essential = frozenset(NEEDED_COLUMNS)
    known = frozenset(SHEET_COLUMNS)
    expected = Expected(known.__contains__, essential=essential, most_bytes=MAX_FILE_BYTES, name=str.strip)
    table = read_table(source, expected)
    notes = list(table.notes)
    problems = list(table.problems)
    if not table.columns:
        raise FormError([replace(each, remedy=each.remedy or SAVE_AGAIN) for each in problems])
    if wrong := list(_columns(table, source.name)):
        return RatingPart([], [*problems, *wrong], notes)
    rows = [
        (row, {name: text.strip() for name, text in row.cells.items() if isinstance(text, str)}) for row in table.rows
    ]
    if rows:
        named = next((cells["pack"] for _, cells in rows if cells["pack"]), "")
        if wrong := list(wrong_pack(source.name, rows[0][0].line, named, pack)):
            return RatingPart([], [*problems, *wrong], notes)
    ratings: list[Rating] = []
    rater = ""
    for row, cells in rows:
        rater = cells["rater"] or rater  # people write their name once, at the top
        if not any(cells.get(name) for name in ANSWER_COLUMNS):
            continue
        wrong = list(_cells(source.name, row, cells, rater))
        problems += wrong
        if not wrong:
            ratings.append(_rating(source.name, row, cells, rater))
    return RatingPart(ratings, problems, notes)


def _columns(table: WholeTable, file: str) -> Iterator[Problem]:
    line = table.header.line
    for name in table.columns:
        if name not in SHEET_COLUMNS:
            near = difflib.get_close_matches(name, SHEET_COLUMNS, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            remedy = f"Known: {', '.join(SHEET_COLUMNS)}"
            yield Problem(file, line, f"column {name}", f"unknown column{hint}", remedy)
    for name in NEEDED_COLUMNS:
        if name not in table.columns:
            remedy = "Take the first row as it is in rate.csv"
            yield Problem(file, line, f"column {name}", "the column is missing", remedy)


def _cells(file: str, row: TableRow, cells: Mapping[str, str], rater: str) -> Iterator[Problem]:
    def problem(column: str, message: str, remedy: str) -> Problem:
        return Problem(file, row.line, f"row {row.number}, column {column}", message, remedy)

    if not rater:
        yield problem("rater", "there is no name here or above", "Write the person's pseudonym")
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
    meanings = {name.casefold(): name for name in names} | {name.casefold().replace("_", " "): name for name in names}
    meanings |= {"sí": "yes", "si": "yes"} if "yes" in names else {}
    for words in page_words().values():
        meanings |= {words[name].casefold(): name for name in names if name}
    return meanings


def _rating(file: str, row: TableRow, cells: Mapping[str, str], rater: str) -> Rating:
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
        line=row.line,
    )
