"""Kinds of values that people write in the forms of this room."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from commonhold.forms import written_as, written_day

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Column = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
"""A column's name; forms export the whole question as one."""
OwnKind = Literal["name", "phone", "email", "place", "id"]
"""What a form's columns say about the person who fills it in."""
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
LanguageTag = Annotated[str, written_as(LANGUAGE, "the tag of a language, such as en or es-MX")]


def several(value: object) -> object:
    """One text where a list may stand, as a list of one."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Day = Annotated[date, BeforeValidator(written_day)]


def _order(value: object) -> object:
    return {"year_first": "ymd", "month_first": "mdy", "day_first": "dmy"}.get(str(value), value)


WrittenOrder = Annotated[Literal["ymd", "mdy", "dmy"], BeforeValidator(_order)]
"""In which order dates in figures have day, month and year; year_first, month_first and day_first mean the same."""


def _quoted(value: object) -> object:
    if isinstance(value, int | float):
        raise ValueError("put it into quotation marks, so that it is no number to count with")
    return value


def _long_enough(value: str) -> str:
    if sum(character.isalnum() for character in value) < LEAST_SIGNS:
        raise ValueError(f"a public value has {LEAST_SIGNS} letters or digits at least; write it out")
    return value


LEAST_SIGNS = 3
PublicValue = Annotated[
    str,
    BeforeValidator(_quoted),
    StringConstraints(strip_whitespace=True, max_length=400),
    AfterValidator(_long_enough),
]
"""What is not masked; shorter ones would be in every text."""
