"""What every reader gives: rows that can be used, and rows that a person must fix first."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Names = tuple[str, ...]
"""Names that one column goes by in the versions of a form; the first is the key under which its cell is found."""

Check = Callable[[Mapping[str, str]], tuple[str, str] | None]
"""What is wrong with the cells of a row that can be read, and the remedy; absent for nothing."""

REPAIRED = "commonhold row"
"""Column of a repair file that says which row a repaired row stands for."""
PROBLEM, REMEDY = "problem", "how to fix"
REPAIR_COLUMNS = (PROBLEM, REMEDY, REPAIRED)
EXTRA = "beyond the last column "
"""Start of the names of a repair file's columns for cells that the header has no column for."""
MAX_SHEET_CELL = 32_767
"""Characters that a cell of a spreadsheet holds (ECMA-376, and Excel's own limit)."""

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
IDENTITY = re.compile(r"(.+):([1-9][0-9]{0,9}) ([0-9a-f]{12})", re.DOTALL)


class Origin(NamedTuple):
    """Where a row first stood."""

    file: str
    """As the datasheet names it."""
    row: int
    """Line on which the row starts, or its number in a spreadsheet, 1-based."""

    def __str__(self) -> str:
        return f"{self.file}:{self.row}"


class Row(NamedTuple):
    """A row that can be used."""

    number: int
    """Line of the file on which it starts, 1-based; the header has its own."""
    cells: Mapping[str, str]
    """By column; a key that a JSON object leaves out is absent."""
    origin: Origin
    """Another file's row when this one was repaired in a repair file."""
    repairs: str = ""
    """The identity of the bad row that this one replaces; empty for an ordinary row."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used as it is; the rest of its file can."""

    number: int
    cells: tuple[str, ...]
    """As they stood, in the order of the header; more or fewer than the header has."""
    problem: str
    remedy: str
    origin: Origin
    repairs: str = ""
    """The identity of the bad row that this one was meant to replace."""

    @property
    def identity(self) -> str:
        """What `repairs` says in the repaired row: where it was and a digest of what it said."""
        return f"{self.origin} {digest_of_cells(self.cells)}"


class Raw(NamedTuple):
    """Cells of a line, before anything is known of columns."""

    number: int
    cells: Sequence[str]
    problem: str = ""
    """Why the line cannot be read; empty when it can."""
    remedy: str = ""
    faulty: Mapping[int, tuple[str, str]] = {}
    """Cells that cannot be used, by their index from 0: why, and the remedy. Only those of requested columns matter."""


def digest_of_cells(cells: Sequence[str]) -> str:
    """Twelve digits that stay the same when a sheet program opens and saves the cells unchanged."""
    plain = [CONTROL.sub("", cell[:MAX_SHEET_CELL]).strip() for cell in cells]
    while plain and not plain[-1]:
        plain.pop()
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:12]


def read_identity(text: str) -> tuple[Origin, str] | None:
    """The origin and the digest in an identity; absent when the text is none."""
    match = IDENTITY.fullmatch(text.strip())
    return (Origin(match[1], int(match[2])), match[3]) if match else None
