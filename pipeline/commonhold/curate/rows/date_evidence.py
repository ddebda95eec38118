"""What the dates of a file look like: in which orders each may be read, and which are none."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from commonhold.curate.rights.date_habits import DateOrder
from commonhold.curate.rights.written_dates import evidence, is_serial, iso_day, readings
from commonhold.curate.rows.data_files import open_rows
from commonhold.curate.rows.datasheet import DataFile
from commonhold.errors import FormError, MissingInputError
from commonhold.number_format import listed
from commonhold.sheets.row import Names, Row
from commonhold.sheets.source import SourceFolder

Orders = frozenset[DateOrder]
FEW = 5
"""Rows named in a message."""
MOST_REMEMBERED = 50_000
"""Different cells."""
BLANK, SERIAL, UNREADABLE, SURE = "blank", "serial", "unreadable", "sure"


class DateColumns(NamedTuple):
    """Columns whose dates are written alike, and what depends on them."""

    key: str
    """Of the datasheet, with which a person says the order."""
    columns: tuple[str, ...]
    declared: DateOrder | None
    must_be_known: bool
    """Whether rows are left out by these dates."""
    outcome: str
    """What becomes of rows whose date cannot be read."""

    def __str__(self) -> str:
        return f"{'column' if len(self.columns) == 1 else 'columns'} {listed([*map(repr, self.columns)])}"


@dataclass(slots=True)
class DatesSeen:
    """What the dates of one file look like."""

    rows: Counter[Orders] = field(default_factory=Counter)
    """By the orders that a date in figures allows: how many there are."""
    examples: dict[Orders, tuple[str, int]] = field(default_factory=dict)
    """The first of each, and its row."""
    kinds: Counter[str] = field(default_factory=Counter)
    places: dict[Orders | str, list[int]] = field(default_factory=dict)
    """The first rows of each kind that may not be readable."""
    stored: int = 0
    """Dates that are written as YYYY-MM-DD, as the days are that a spreadsheet program stores."""
    last_stored: int = 0
    """The last day of a month among them."""
    all_with_points: bool = True
    """Whether every date that may mean two days is written with points."""

    @property
    def common(self) -> Orders:
        """The orders in which all dates can be read."""
        return frozenset.intersection(*self.rows) if self.rows else frozenset()

    @property
    def may_be_swapped(self) -> bool:
        """Whether days after the twelfth are texts and all others stored dates: a program that expects another order
        stores 02/04/2026 as 4 February, and leaves 13/04/2026 as it was typed."""
        return 0 < self.last_stored <= 12 and bool(self.rows) and all(len(orders) == 1 for orders in self.rows)

    def unreadable(self, order: DateOrder | None) -> tuple[int, list[int]]:
        """How many dates cannot be read in an order, and the first rows with one."""
        wrong: list[Orders | str] = [UNREADABLE, *(orders for orders in self.rows if order not in orders)]
        number = sum(self.kinds[kind] if isinstance(kind, str) else self.rows[kind] for kind in wrong)
        return number, sorted(row for kind in wrong for row in self.places.get(kind, ()))[:FEW]


class DateScan(NamedTuple):
    """A file, and the columns to look at."""

    folder: SourceFolder
    file: DataFile
    requested: tuple[Names, ...]
    groups: tuple[DateColumns, ...]
    languages: tuple[str, ...]


def look_at_dates(scan: DateScan) -> tuple[DatesSeen, ...]:
    """The dates of one file."""
    found = tuple(DatesSeen() for _ in scan.groups)
    kinds: dict[str, Orders | str] = {}
    pairs = [(seen, column) for seen, group in zip(found, scan.groups, strict=True) for column in group.columns]
    try:
        for row in open_rows(scan.folder, scan.file, scan.requested).rows:
            if not isinstance(row, Row):
                continue
            for seen, column in pairs:
                text = row.cells.get(column, "")
                if (kind := kinds.get(text)) is None:
                    if len(kinds) > MOST_REMEMBERED:
                        kinds.clear()
                    kind = kinds[text] = _kind(text, scan.languages)
                _note(seen, kind, text, row.number)
    except (FormError, MissingInputError):
        return tuple(DatesSeen() for _ in scan.groups)
    return found


def _kind(text: str, languages: tuple[str, ...]) -> Orders | str:
    if not text.strip():
        return BLANK
    found = readings(text, languages)
    orders = evidence(found)
    if not found:
        return UNREADABLE
    if not orders or (len(orders) > 1 and len(set(found.values())) == 1):
        return SERIAL if is_serial(text) else SURE
    return orders


def _note(seen: DatesSeen, kind: Orders | str, text: str, row: int) -> None:
    if kind is SURE:
        if day := iso_day(text[:10]):
            seen.stored += 1
            seen.last_stored = max(seen.last_stored, day.day)
        return
    if isinstance(kind, str):
        seen.kinds[kind] += 1
    else:
        seen.rows[kind] += 1
        seen.examples.setdefault(kind, (text.strip(), row))
        seen.all_with_points = seen.all_with_points and "." in text
    places = seen.places.setdefault(kind, [])
    if len(places) < FEW:
        places.append(row)
