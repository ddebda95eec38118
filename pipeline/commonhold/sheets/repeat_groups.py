"""Repeat groups of KoboToolbox and ODK: rows of one table that belong to rows of another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from commonhold.sheets.row import BadRow, Row

LINKS = (("_parent_index", "_index"), ("PARENT_KEY", "KEY"))
"""Column of the child and of the parent that hold the same value: KoboToolbox, ODK Central and Briefcase."""
PARENT_TABLE = "_parent_table_name"


@dataclass(frozen=True, slots=True)
class Parent:
    """The rows to which a table's rows belong, by the value that links them."""

    name: str
    columns: tuple[str, ...]
    child_link: str
    rows: Mapping[str, Mapping[str, str]]

    def joined(self, own: Sequence[str]) -> tuple[str, ...]:
        """The child's columns and the parent's; of two with one name, the parent's is `parent's name/column`."""
        return (*own, *(self._named(column, own) for column in self.columns))

    def join(self, cells: Mapping[str, str]) -> dict[str, str]:
        """A child's cells with those of its parent.

        Raises:
            ValueError: there is no such parent.
        """
        link = cells[self.child_link].strip()
        above = self.rows.get(link)
        if above is None:
            raise ValueError(f"{self.name} has no readable row {link!r}, to which this row should belong")
        return {**{self._named(column, cells): above.get(column, "") for column in self.columns}, **cells}

    def _named(self, column: str, own: Iterable[str]) -> str:
        return f"{self.name}/{column}" if column in own else column


def parent_of(name: str, columns: Sequence[str], rows: Iterable[Row | BadRow], child: Sequence[str]) -> Parent | None:
    """The parent table, read whole; absent when no pair of columns links the two."""
    for child_link, own_link in LINKS:
        if child_link in child and own_link in columns:
            by_link = {row.cells[own_link].strip(): row.cells for row in rows if isinstance(row, Row)}
            return Parent(name, tuple(columns), child_link, by_link)
    return None
