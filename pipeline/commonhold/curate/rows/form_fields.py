"""Kinds of values that people write in the forms of this room."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
"""A column's name; forms export the whole question as one."""
OwnKind = Literal["name", "phone", "email", "place", "id"]
"""What a form's columns say about the person who fills it in."""
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
LanguageTag = Annotated[str, StringConstraints(pattern=LANGUAGE)]


def several(value: object) -> object:
    """One text where a list may stand, as a list of one."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _day(value: object) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    raise ValueError("a date is written YYYY-MM-DD")


Day = Annotated[date, BeforeValidator(_day)]


def _order(value: object) -> object:
    return {"year_first": "ymd", "month_first": "mdy", "day_first": "dmy"}.get(str(value), value)


WrittenOrder = Annotated[Literal["ymd", "mdy", "dmy"], BeforeValidator(_order)]
"""In which order dates in figures have day, month and year; year_first, month_first and day_first mean the same."""
