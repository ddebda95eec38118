"""items.csv to items: fixed columns, and every mistake at once with its row and column."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from commonhold.errors import FormError, Problem
from commonhold.evaluate.item import LETTERS, Item
from commonhold.evaluate.scorers import SCORERS, Complaint, Scorer
from commonhold.forms import Row, Table, read_csv

CHOICE_COLUMNS = tuple(f"choice_{letter}" for letter in LETTERS)
ALWAYS = ("id", "prompt", "language", "group", "cluster", "source")
COLUMNS = (*ALWAYS[:2], "answer", *CHOICE_COLUMNS, "must_include", "must_not_include", "refuse", *ALWAYS[2:])
REFUSE = {"yes": True, "no": False, "": None}


class ReadItems(NamedTuple):
    """The items, and what is wrong with the others."""

    items: tuple[Item, ...]
    problems: tuple[Problem, ...]


def read_items(path: Path, scorer: str) -> ReadItems:
    """The rows of an items.csv that the scorer can judge, and a problem for each that it cannot.

    Raises:
        MissingInputError: there is no such file.
    """
    try:
        table = read_csv(path)
    except FormError as error:
        return ReadItems((), error.problems)
    if problems := tuple(_column_problems(table, str(path), scorer)):
        return ReadItems((), problems)
    return _items(table, str(path), SCORERS.get(scorer)())


def _column_problems(table: Table, file: str, scorer: str) -> Iterator[Problem]:
    known = {*ALWAYS, *SCORERS.get(scorer).columns}
    for name in table.columns:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.6)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            yield Problem(file, 1, f"column {name}", f"unknown column{hint}", f"Known: {', '.join(COLUMNS)}")
        elif name not in known:
            message = f"{scorer} does not judge by this column"
            yield Problem(file, 1, f"column {name}", message, "Remove it, or name another scorer in task.yaml")
    for name in ("id", "prompt"):
        if name not in table.columns:
            yield Problem(file, 1, f"column {name}", "the column is missing", "Add it to the first row")
    if not table.rows:
        yield Problem(file, 1, "", "there are no items", "Write at least one row")


def _items(table: Table, file: str, scorer: Scorer) -> ReadItems:
    items: list[Item] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for row in table.rows:
        cells = {name: text.strip() for name, text in row.cells.items()}
        item = _item(cells)
        complaints = [*_complaints(item, cells), *scorer.complaints(item)]
        if item.id in first:
            message = f"the id {item.id!r} stands in row {first[item.id]} already"
            complaints.append(Complaint("id", message, "Give it another"))
        elif item.id:
            first[item.id] = row.number
        problems += [_problem(file, row, complaint) for complaint in complaints]
        items.append(item)
    return ReadItems(tuple(items), tuple(problems))


def _item(cells: Mapping[str, str]) -> Item:
    choices = [cells.get(column, "") for column in CHOICE_COLUMNS]
    while choices and not choices[-1]:
        choices.pop()
    return Item(
        id=cells["id"],
        prompt=cells["prompt"],
        answer=cells.get("answer", ""),
        choices=tuple(choices),
        must_include=_several(cells.get("must_include", "")),
        must_not_include=_several(cells.get("must_not_include", "")),
        refuse=REFUSE.get(cells.get("refuse", "").lower()),
        language=cells.get("language", ""),
        group=cells.get("group", ""),
        cluster=cells.get("cluster", ""),
        source=cells.get("source", ""),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in cell.split("|")) if cell else ()


def _complaints(item: Item, cells: Mapping[str, str]) -> Iterator[Complaint]:
    if not item.id:
        yield Complaint("id", "the id is empty", "Give it a name that no other item has")
    if not item.prompt:
        yield Complaint("prompt", "the prompt is empty", "Write the message as a person would say it")
    if (refuse := cells.get("refuse", "")).lower() not in REFUSE:
        yield Complaint("refuse", f"{refuse!r} is neither yes nor no", "Write yes or no")


def _problem(file: str, row: Row, complaint: Complaint) -> Problem:
    place = f"row {row.number}, column {complaint.column}"
    return Problem(file, row.number, place, complaint.message, complaint.remedy)
