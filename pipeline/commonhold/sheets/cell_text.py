"""Typed values of spreadsheets and Parquet as the text a person sees or would type."""

import datetime as dt
import math
from typing import Any


def text_of(value: Any) -> str:
    """A cell as text: 5.0 as `5`, 0.1 + 0.2 as `0.3`, a day as `2025-03-14`, a ticked box as `true`.

    Fifteen digits, as spreadsheet programs show them; how a cell's format would round or colour a number is not known.
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
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
