"""From the cells of one row to an item, and what is wrong with them."""

import re
from collections.abc import Iterator, Mapping

from commonhold.evaluate.columns import CHOICE_COLUMNS
from commonhold.evaluate.item import SEVERITIES, Item
from commonhold.evaluate.scorers import Complaint
from commonhold.sheets.json_cells import Cell

REFUSE = {
    **dict.fromkeys(("yes", "y", "true"), True),
    **dict.fromkeys(("no", "n", "false"), False),
    "": None,
}
SHEET_ERRORS = frozenset({"#NAME?", "#REF!", "#VALUE!", "#N/A", "#DIV/0!", "#NUM!", "#NULL!", "Err:508", "Err:509"})
MOST_WEIGHT = 1000.0
_LARGE_NUMBER = re.compile(r"\d[.,]\d+E\+\d+")


def item_of(cells: Mapping[str, Cell]) -> Item:
    """The item that a row describes; cells with mistakes give empty values."""
    choices = [_one(cells, column) for column in CHOICE_COLUMNS]
    while choices and not choices[-1]:
        choices.pop()
    return Item(
        id=_one(cells, "id"),
        prompt=_one(cells, "prompt"),
        answer=_one(cells, "answer"),
        choices=tuple(choices),
        must_include=_several(cells, "must_include", r"\|"),
        must_not_include=_several(cells, "must_not_include", r"\|"),
        regex=_several(cells, "regex", r"\n"),
        json_schema=_one(cells, "json_schema"),
        rubric=_several(cells, "rubric", r"\n|\|"),
        refuse=REFUSE.get(_one(cells, "refuse").lower()),
        language=_one(cells, "language"),
        region=_one(cells, "region"),
        group=_one(cells, "group"),
        cluster=_one(cells, "cluster"),
        source=_one(cells, "source"),
        severity=_one(cells, "severity").lower(),
        weight=_weight(_one(cells, "weight")) or 1.0,
    )


def _one(cells: Mapping[str, Cell], column: str) -> str:
    cell = cells.get(column, "")
    return cell if isinstance(cell, str) else "|".join(cell)


def _several(cells: Mapping[str, Cell], column: str, separator: str) -> tuple[str, ...]:
    cell = cells.get(column, "")
    if isinstance(cell, str):
        return tuple(value.strip() for value in re.split(separator, cell)) if cell else ()
    return cell


def _weight(cell: str) -> float | None:
    """The number in a cell, with a point or a decimal comma; none if it is no weight."""
    text = cell.replace(",", ".", 1)
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        return None
    return number if 0 < (number := float(text)) <= MOST_WEIGHT else None


def cell_complaints(cells: Mapping[str, Cell]) -> Iterator[Complaint]:
    """What is wrong with a row, whatever the scorer."""
    if not _one(cells, "id"):
        yield Complaint("id", "the id is empty", "Give it a name that no other item has")
    if not _one(cells, "prompt"):
        yield Complaint("prompt", "the prompt is empty", "Write the message as a person would say it")
    if (refuse := _one(cells, "refuse")).lower() not in REFUSE:
        yield Complaint("refuse", f"{refuse!r} is neither yes nor no", "Write yes or no")
    if (severity := _one(cells, "severity").lower()) and severity not in SEVERITIES:
        yield Complaint("severity", f"{severity!r} is no severity", f"Write one of: {', '.join(SEVERITIES)}")
    if (weight := _one(cells, "weight")) and _weight(weight) is None:
        remedy = f"Write a number above 0 and up to {MOST_WEIGHT:,.0f}, such as 2 or 0.5, or leave it empty"
        yield Complaint("weight", f"{weight!r} is no weight", remedy)
    for column in cells:
        yield from _spoiled(column, _one(cells, column))


def _spoiled(column: str, cell: str) -> Iterator[Complaint]:
    """What a spreadsheet program made of a text."""
    if cell in SHEET_ERRORS:
        message = f"the spreadsheet program wrote {cell} in place of the text"
        yield Complaint(column, message, "Format the column as text, then type the text again: it starts with = + or -")
    elif _LARGE_NUMBER.fullmatch(cell):
        message = f"{cell} is how a spreadsheet program shortens a long number"
        yield Complaint(column, message, "Format the column as text, then type the number again")
