"""Rows of a repair file that came back: which row each stands for, and whether it was repaired."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from commonhold.sheets.row import (
    EXTRA,
    PROBLEM,
    REPAIR_COLUMNS,
    REPAIRED,
    Origin,
    Raw,
    digest_of_cells,
    read_identity,
)

APOSTROPHED = frozenset("=+-@\t\r'")
"""Letters at the start of a cell that stand behind an apostrophe in a repair file of text: OWASP, CSV injection."""


class RepairRow(NamedTuple):
    """A row of a repair file, in its parts."""

    line: Raw
    """The row's own cells; with a problem when it is still a bad row."""
    origin: Origin | None = None
    """Where the row first stood; absent for a row that was added."""
    repairs: str = ""


def repair_columns(header: Sequence[str]) -> Mapping[str, int]:
    """Where the columns stand that a repair file adds; none when the file is an ordinary one.

    The first of a name is meant: a repair file puts its own columns before those of the volunteer.
    """
    names = [cell.replace("\ufeff", "").strip() for cell in header]
    return {name: names.index(name) for name in REPAIR_COLUMNS if name in names} if REPAIRED in names else {}


def without(cells: Sequence[str], added: Mapping[str, int], delimiter: str) -> list[str]:
    """The cells of the volunteer's own columns, as they were; `delimiter` is that of a text file, else empty."""
    if not added:
        return list(cells)
    own = [cell for index, cell in enumerate(cells) if index not in added.values()]
    return [_plain(cell) for cell in own] if delimiter else own


def parse_repair_row(line: Raw, header: Sequence[str], added: Mapping[str, int], delimiter: str) -> RepairRow:
    """A row of a repair file by what it says of itself; `header` names the volunteer's own columns."""
    added_cells = {name: line.cells[index].strip() for name, index in added.items() if index < len(line.cells)}
    own = without(line.cells, added, delimiter)
    text = added_cells.get(REPAIRED, "")
    identity = read_identity(text)
    if identity is None:
        message, remedy = f"{text!r} names no row", f"Leave the cells of the column {REPAIRED!r} as they were"
        return RepairRow(
            Raw(line.number, own, message if text and not line.problem else line.problem, line.remedy or remedy)
        )
    origin, digest = identity
    if line.problem:
        return RepairRow(line._replace(cells=own), origin, text)
    if any(cell.strip() for name, cell in zip(header, own, strict=False) if name.startswith(EXTRA)):
        message, remedy = "there is text beyond the last column", "Move it to where it belongs, or delete it"
        return RepairRow(Raw(line.number, own, message, remedy), origin, text)
    problem = added_cells.get(PROBLEM, "the row was not repaired")
    if problem and digest_of_cells(own) == digest:
        remedy = f"Fix the row, or empty its cell {PROBLEM!r} if it is right as it is"
        return RepairRow(Raw(line.number, own, problem, remedy), origin, text)
    before = {index: sum(each < index for each in added.values()) for index in line.faulty}
    faulty = {index - before[index]: why for index, why in line.faulty.items() if index not in added.values()}
    return RepairRow(Raw(line.number, own, faulty=faulty), origin, text)


def _plain(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in APOSTROPHED and len(cell) > 1 else cell
