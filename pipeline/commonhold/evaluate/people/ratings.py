"""What comes back from people: files that the page or a spreadsheet has saved, checked against the pack."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from commonhold.errors import FormError, Problem
from commonhold.evaluate.people.pack import Pack, Verdict
from commonhold.evaluate.people.rating import MAX_FILE_BYTES, YES_NO, Rating, RatingPart, wrong_pack
from commonhold.evaluate.people.rating_sheet import read_sheet
from commonhold.forms import Document, Form, read_text, validate
from commonhold.number_format import count
from commonhold.sheets.source import Source

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


def read_ratings(
    files: Sequence[Path | Source], pack: Pack, tell: Callable[[Problem], object] = str
) -> tuple[Rating, ...]:
    """Every answer of every file, in the order given; `tell` gets what had to be guessed of a file.

    Raises:
        MissingInputError: a file is not there.
        FormError: a file is another pack's or not readable, a question is unknown, or one person answered a question
            twice; all the mistakes of all the files at once.
    """
    ratings: list[Rating] = []
    problems: list[Problem] = []
    for source in map(Source.at, files):
        try:
            part = _read_json(source, pack) if source.suffix == ".json" else read_sheet(source, pack)
        except FormError as error:
            problems += error.problems
            continue
        ratings += part.ratings
        problems += part.problems
        for note in part.notes:
            tell(note)
    problems += _questions(ratings, pack)
    if problems:
        raise FormError(problems)
    return tuple(ratings)


def _read_json(source: Source, pack: Pack) -> RatingPart:
    file = source.name
    try:
        data = json.loads(read_text(source.path, max_bytes=MAX_FILE_BYTES, shown=file))
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
            a_right=YES_NO[answer.a_right],
            b_right=YES_NO[answer.b_right],
            comment=answer.comment,
            file=file,
            place=f"answers.{index}",
            line=0,
        )
        for index, answer in enumerate(form.answers)
    ]
    return RatingPart(ratings if form.pack == pack.id else [], list(wrong_pack(file, 0, form.pack, pack)))


def _paths(value: object, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield from _paths(child, (*path, name))


def _questions(ratings: Sequence[Rating], pack: Pack) -> Iterator[Problem]:
    question_ids = {question.id for question in pack.questions}
    first: dict[tuple[str, str], Rating] = {}
    again: dict[tuple[str, str, str], list[Rating]] = {}
    for rating in ratings:
        if rating.question not in question_ids:
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
