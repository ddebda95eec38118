"""Typed values of spreadsheets and Parquet as the text a person sees or would type."""

import datetime as dt
import math
from typing import Any

from commonhold.sheets.number_codes import whole_number

MAX_WHOLE = 1e21
"""From here on a number is no name for anything, and is written with a power of ten."""


def text_of(value: Any) -> str:
    """A cell as text: 5.0 as `5`, 0.1 + 0.2 as `0.3`, a day as `2025-03-14`, a ticked box as `true`.

    Fifteen digits, as spreadsheet programs show them; whole numbers with all of theirs, for they may be a card's or an
    account's. What a cell's format makes of a number is for `number_codes`.
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return _number(value)
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return "" if value is None else str(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    if value.is_integer() and abs(value) < MAX_WHOLE:
        return str(int(value)) if abs(value) < 1e15 else whole_number(value)
    return f"{value:.15g}"
