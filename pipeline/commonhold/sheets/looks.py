"""What a sheet looks like to a person, beside its values: numbers in their format, cells that cannot be used."""

import datetime as dt
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from commonhold.sheets.guesses import ReadingGuess, hidden_rows, long_numbers
from commonhold.sheets.number_codes import number_as_shown
from commonhold.sheets.time_codes import time_as_shown

Faults = Mapping[int, Mapping[int, tuple[str, str]]]
"""By row number, then by the cell's index from 0: what is wrong, and the remedy."""
COLUMN_BITS, CODE_BITS = 16, 16


@dataclass(frozen=True, slots=True)
class Looks:
    """One sheet's."""

    faults: Faults = field(default_factory=dict)
    hidden_rows: int = 0
    """Those with text."""
    hidden_columns: tuple[int, ...] = ()
    """Indices from 0."""
    long_numbers: int = 0
    """Whole numbers of more than 15 digits."""
    first_long: str = ""
    """The cell with the first of them."""
    codes: Sequence[str] = ()
    """Format codes of numbers."""
    coded: "array[int]" = field(default_factory=lambda: array("Q"))
    """Cells with such a code, as `place_of`; rising."""
    shown: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    """By row and column: texts of numbers, where the file itself has them."""

    @property
    def guesses(self) -> tuple[ReadingGuess, ...]:
        """What a person should know of it."""
        hidden = [hidden_rows(self.hidden_rows)] if self.hidden_rows else []
        long = [long_numbers(self.long_numbers, self.first_long)] if self.long_numbers else []
        return (*hidden, *long)

    def texts(self, row: int, values: Sequence[Any], left: int) -> Mapping[int, str]:
        """By column, what a person sees in place of the numbers of a row; the first value is in column `left`."""
        if not self.coded:
            return self.shown.get(row, {})
        texts: dict[int, str] = {}
        place = bisect_left(self.coded, place_of(row, 0, 0))
        while place < len(self.coded) and self.coded[place] >> (COLUMN_BITS + CODE_BITS) == row:
            column = self.coded[place] >> CODE_BITS & (1 << COLUMN_BITS) - 1
            code = self.codes[self.coded[place] & (1 << CODE_BITS) - 1]
            value = values[column - left] if left <= column < left + len(values) else None
            if (text := _as_shown(value, code)) is not None:
                texts[column] = text
            place += 1
        return texts


def _as_shown(value: Any, code: str) -> str | None:
    match value:
        case bool():
            return None
        case int() | float():
            return number_as_shown(float(value), code)
        case dt.time() | dt.timedelta():
            return time_as_shown(value, code)
        case _:
            return None


def place_of(row: int, column: int, code: int) -> int:
    """A cell and the number of its code as one number, which sorts as the cells are read."""
    return (row << COLUMN_BITS | column) << CODE_BITS | code
