"""Every sheet of a workbook at a glance: its columns, how many rows it has, and what it lacks."""

from collections.abc import Sequence
from typing import NamedTuple

from commonhold.sheets.columns import missing, named
from commonhold.sheets.guesses import OtherSheet
from commonhold.sheets.header import filled, find_header, head_of, name_counter
from commonhold.sheets.open_rows import open_sheet, sheet_names
from commonhold.sheets.row import Names
from commonhold.sheets.source import Source


class SheetGlance(NamedTuple):
    """One sheet."""

    name: str
    is_hidden: bool
    rows: int
    """With text, below the one that names the columns; all of them where it names none that is asked for."""
    columns: tuple[str, ...]
    missing: tuple[Names, ...]
    """Of the columns that are asked for."""

    def unread(self, requested: Sequence[Names]) -> OtherSheet:
        """How it is told that it was not read."""
        lacking = [names[0] for names in self.missing]
        if not lacking:
            return OtherSheet(self.name, self.rows)
        if len(lacking) == len(requested):
            return OtherSheet(self.name, self.rows, "other columns")
        return OtherSheet(self.name, self.rows, f"without {', '.join(map(repr, lacking))}")


def glance(source: Source, requested: Sequence[Names]) -> tuple[SheetGlance, ...]:
    """All sheets with text, in their order; none for a workbook with one sheet.

    Raises:
        MissingInputError: there is no such file.
        FormError: it cannot be read.
    """
    names = sheet_names(source)
    if len(names.names) < 2:
        return ()
    glances = (_glance(source, name, name in names.hidden, requested) for name in names.names)
    return tuple(each for each in glances if each.columns)


def _glance(source: Source, name: str, is_hidden: bool, requested: Sequence[Names]) -> SheetGlance:
    first, lines = head_of(open_sheet(source, name)[1])
    head = find_header(first, name_counter(requested))
    rows = sum(1 for _ in filled(lines))
    columns = named(head.line.cells) if head else ()
    lacking = tuple(missing(requested, columns))
    above = head.skipped + 1 if head and len(lacking) < len(requested) else 0
    return SheetGlance(name, is_hidden, rows - above, columns, lacking)
