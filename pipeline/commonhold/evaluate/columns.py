"""The fixed columns of a task's table: what each means, and how its cell is written."""

from collections.abc import Mapping
from typing import NamedTuple

from commonhold.evaluate.item import LETTERS, SEVERITIES


class Column(NamedTuple):
    """One column, for people."""

    meaning: str
    example: str


CHOICE_COLUMNS = tuple(f"choice_{letter}" for letter in LETTERS)
COLUMNS: Mapping[str, Column] = {
    "id": Column("a name for the item that no other item has", "desk-001"),
    "prompt": Column("the message, as the model gets it", "Pothole on Alder before the bridge"),
    "answer": Column(
        "the right reply; several right ones are separated by `|`. In multiple choice the letter of the right choice",
        "Streets",
    ),
    **{name: Column("a choice; two to six, without a gap", "Streets") for name in CHOICE_COLUMNS},
    "must_include": Column(
        "what the reply must contain as whole words; several are separated by `|`, and all of them count",
        "Desk: Streets|ext. 204",
    ),
    "must_not_include": Column("what the reply must not contain, written the same way", "Water"),
    "regex": Column(
        "patterns that must be found in the reply, one a line of the cell; after `not:`, one that must not be found. "
        "In RE2's syntax, small and capital letters differ unless the pattern begins with `(?i)`",
        r"ext\. ?\d{3}",
    ),
    "json_schema": Column(
        "the JSON Schema that the reply must fit; `{}` takes any JSON", '{"type": "object", "required": ["desk"]}'
    ),
    "rubric": Column(
        "what people look for when they rate replies, one point a line of the cell or separated by `|`; its source in "
        "square brackets at the end. No automatic scorer judges by it",
        "Says that the service is free [City charter, 4]",
    ),
    "refuse": Column("`yes` if the reply must be a refusal, `no` if it must not", "no"),
    "language": Column("language of the message, as a code: en, es, pt-BR", "en"),
    "region": Column("where the person lives, or whose rules hold", "north"),
    "group": Column("the slice that the item is counted in, such as the kind of request", "streets"),
    "cluster": Column(
        "items that are clustered share a value here: the same writer, or one scene in two languages", "writer-03"
    ),
    "source": Column("where the item comes from", "written by volunteers"),
    "severity": Column(f"how bad a wrong reply is: {', '.join(SEVERITIES)}", "high"),
    "weight": Column(
        "how much the item counts in the mean, 1 if empty; the intervals grow wider, as with fewer items", "2"
    ),
}
ALWAYS = ("id", "prompt", "rubric", "language", "region", "group", "cluster", "source", "severity", "weight")
"""Columns that go with every scorer."""
