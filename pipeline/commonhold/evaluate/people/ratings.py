"""What comes back from people: files that the page or a spreadsheet has saved, checked against the pack."""

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from commonhold.errors import FormError, Problem
from commonhold.evaluate.people.pack import VERDICTS, Pack, Verdict
from commonhold.evaluate.people.pack_files import ANSWER_COLUMNS, SHEET_COLUMNS
from commonhold.evaluate.people.page import page_words
from commonhold.figures import count
from commonhold.forms import Document, Form, Row, Table, parse_csv, read_text, validate

MAX_FILE_BYTES = 8 << 20
DELIMITERS = ",;\t"
NEEDED_COLUMNS = ("pack", "rater", "question", "verdict")
_YES_NO: Mapping[str, bool | None] = {"yes": True, "no": False, "unsure": None, "": None}
YesNo = Literal["yes", "no", "unsure", ""]


class AnswerForm(Form):
    """One answer in a file that the page saved."""

    question: str
    verdict: Verdict
    a_right: YesNo = ""
    b_right: YesNo = ""
    comment: Annotated[str, StringConstraints(max_length=20_000)] = ""


class RatingsForm(Form):
    """A file that the page saved."""

    ratings: Literal[1]
    pack: str
    rater: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    answers: tuple[AnswerForm, ...] = Field(max_length=100_000)


@dataclass(frozen=True, slots=True)
class Rating:
    """One person's answer to one question, still blind."""

    rater: str
    question: str
    verdict: Verdict
    a_right: bool | None
    b_right: bool | None
    comment: str
    file: str
    place: str
    """`row 7` or `answers.3`."""
    line: int


class _Part(NamedTuple):
    ratings: list[Rating]
    problems: list[Problem]


def read_ratings(paths: Sequence[Path], pack: Pack) -> tuple[Rating, ...]:
    """Every answer of every file, in the order given.

    Raises:
        MissingInputError: a file is not there.
        FormError: a file is another pack's or not readable, a question is unknown, or one person answered a question
            twice; all the mistakes of all the files at once.
    """
    ratings: list[Rating] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            part = _read_json(path, pack) if path.suffix.lower() == ".json" else _read_csv(path, pack)
        except FormError as error:
            problems += error.problems
            continue
        ratings += part.ratings
        problems += part.problems
    problems += _questions(ratings, pack)
    if problems:
        raise FormError(problems)
    return tuple(ratings)


def _read_json(path: Path, pack: Pack) -> _Part:
    file = str(path)
    try:
        data = json.loads(read_text(path, max_bytes=MAX_FILE_BYTES))
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise FormError(
            [Problem(file, line, "", "not readable as JSON", "Ask for the file again, unchanged")]
        ) from error
    if not isinstance(data, dict) or "ratings" not in data:
        message = "not a file of ratings"
        raise FormError([Problem(file, 0, "", message, "Give the files that people saved from rate.html")])
    form = validate(RatingsForm, Document(data, dict.fromkeys(_paths(data, ()), 0)), file)
    ratings = [
        Rating(
            rater=form.rater,
            question=answer.question,
            verdict=answer.verdict,
            a_right=_YES_NO[answer.a_right],
            b_right=_YES_NO[answer.b_right],
            comment=answer.comment,
            file=file,
            place=f"answers.{index}",
            line=0,
        )
        for index, answer in enumerate(form.answers)
    ]
    return _Part(ratings if form.pack == pack.id else [], list(_wrong_pack(file, 0, form.pack, pack)))


def _paths(value: object, here: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield here
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield from _paths(child, (*here, name))


def _wrong_pack(file: str, line: int, named: str, pack: Pack) -> Iterator[Problem]:
    if named != pack.id:
        message = f"these answers are for pack {named or '(none named)'}, not for {pack.id}"
        yield Problem(file, line, "pack", message, "Leave the file out, or name its own pack")


def _read_csv(path: Path, pack: Pack) -> _Part:
    table = parse_csv(*_sheet_text(path))
    file = str(path)
    if problems := list(_columns(table, file)):
        return _Part([], problems)
    if table.rows:
        named = next((row.cells["pack"].strip() for row in table.rows if row.cells["pack"].strip()), "")
        if problems := list(_wrong_pack(file, table.rows[0].number, named, pack)):
            return _Part([], problems)
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
    return _Part(ratings, problems)


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
        if text.casefold() not in _words(tuple(_YES_NO)):
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
        column: _YES_NO[_words(tuple(_YES_NO))[cells.get(column, "").casefold()]] for column in ("a_right", "b_right")
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


def _questions(ratings: Sequence[Rating], pack: Pack) -> Iterator[Problem]:
    known = {question.id for question in pack.questions}
    first: dict[tuple[str, str], Rating] = {}
    again: dict[tuple[str, str, str], list[Rating]] = {}
    for rating in ratings:
        if rating.question not in known:
            message = f"the pack has no question {rating.question!r}"
            yield Problem(rating.file, rating.line, rating.place, message, "Take the id from rate.csv, such as q01")
        other = first.setdefault((rating.rater, rating.question), rating)
        if other is not rating:
            again.setdefault((rating.rater, rating.file, other.file), []).append(rating)
    for (rater, _, before), repeated in again.items():
        one, where = repeated[0], "" if before == repeated[0].file else f" in {before}"
        message = f"{rater!r} answered {count(len(repeated), 'question')} already{where}, {one.question} among them"
        remedy = "Leave out the older answers, or change the name if they are two people"
        yield Problem(one.file, one.line, one.place, message, remedy)
