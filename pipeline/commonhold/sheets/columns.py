"""Which column of a file is meant: forms export the same question under several names."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from commonhold.sheets.row import Names

SPACES = re.compile(r"\s+")
APART = re.compile(r"[\s_-]+")
MAX_NAME_CHARACTERS = 1_000
"""Of a column's name; a longer cell is a text."""
TICKED = re.compile(r"1(?:\.0+)?|true")
NOT_TICKED = re.compile(r"(?:0(?:\.0+)?|false)?")


class ColumnSource(NamedTuple):
    """Where one name of a column leads."""

    column: str
    options: tuple[str, ...] = ()
    """Columns of a question with several answers, one column an answer, holding 0 and 1; then `column` is none."""
    is_alike: bool = False
    """Whether the name differs in more than white space: in capitals, underscores, the width of letters."""


class Alias(NamedTuple):
    """A key under which a row holds a cell that is in other columns."""

    key: str
    sources: tuple[ColumnSource, ...]
    """The first one with text in a row gives the cell: versions of one form name a question differently."""


def find(name: str, columns: Sequence[str]) -> ColumnSource | None:
    """The column that a name means: itself, up to white space, at the end of a group path, a question's options, alike.

    KoboToolbox and ODK export `question` of a group as `group/question`, and a question with several answers as one
    column `question/answer` for each. None when several columns could be meant.
    """
    if name in columns:
        return ColumnSource(name)
    plain = SPACES.sub(" ", name).strip()
    first = plain.partition(" ")[0]  # most cells lack it, and may be long texts, since a header is looked for in rows
    spaced = {column: SPACES.sub(" ", column).strip() for column in columns if first in column}
    same = [column for column in columns if spaced.get(column) == plain]
    inside = same or [column for column in columns if spaced.get(column, "").endswith(f"/{plain}")]
    if inside:
        return ColumnSource(inside[0]) if len(inside) == 1 else None
    options = tuple(column for column in columns if column.startswith(f"{name}/"))
    if len(options) > 1:
        return ColumnSource(name, options)
    near = alike(name, columns)
    return ColumnSource(near[0], is_alike=True) if len(near) == 1 else None


def alike(name: str, columns: Sequence[str]) -> list[str]:
    """Columns whose name differs in capitals, blanks, underscores, width and unseen letters alone."""
    plain = _folded(name)
    return [column for column in columns if len(column) <= MAX_NAME_CHARACTERS and _folded(column) == plain]


@lru_cache(maxsize=4_096)
def _folded(name: str) -> str:
    seen = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return APART.sub(" ", unicodedata.normalize("NFKC", seen).casefold()).strip(" :*")


def matches(names: Names, cells: Sequence[str]) -> bool:
    """Whether cells hold the name of a column, as a header would."""
    columns = [cell.strip() for cell in cells]
    return any(find(name, columns) is not None for name in names)


def aliases(requested: Sequence[Names], columns: Sequence[str]) -> tuple[Alias, ...]:
    """Where the requested columns are found under other names than their first; missing ones are left out."""
    return tuple(
        Alias(names[0], sources)
        for names, sources in _found(requested, columns)
        if sources and sources != (ColumnSource(names[0]),)
    )


def renamed(requested: Sequence[Names], columns: Sequence[str]) -> dict[str, str]:
    """By requested name: the column that is read for it, where the two are only alike."""
    found = ((names, source) for names, sources in _found(requested, columns) for source in sources)
    return {names[0]: source.column for names, source in found if source.is_alike}


def _found(requested: Sequence[Names], columns: Sequence[str]) -> Iterator[tuple[Names, tuple[ColumnSource, ...]]]:
    """Where each requested column is found; a column that one name means exactly is not taken for another's."""
    exact = {name for names in requested for name in names if name in columns}
    for names in requested:
        sources = (source for name in names if (source := find(name, columns)) is not None)
        yield names, tuple(source for source in sources if not (source.is_alike and source.column in exact))


def missing(requested: Sequence[Names], columns: Sequence[str]) -> list[Names]:
    """Requested columns that a file has under none of their names."""
    return [names for names, sources in _found(requested, columns) if not sources]


def aliased(cells: Mapping[str, str], alias: Alias) -> str:
    """The cell that a key stands for in one row.

    Raises:
        ValueError: columns that look like a question's options hold something else than 0 and 1.
    """
    for source in alias.sources:
        text = _ticked(cells, source) if source.options else cells.get(source.column, "")
        if text.strip():
            return text
    return ""


def _ticked(cells: Mapping[str, str], source: ColumnSource) -> str:
    chosen = []
    for option in source.options:
        value = cells.get(option, "").strip().casefold()
        if TICKED.fullmatch(value):
            chosen.append(option[len(source.column) + 1 :])
        elif not NOT_TICKED.fullmatch(value):
            raise ValueError(f"column {option!r} should hold 0 or 1 for an answer to {source.column!r}")
    return (", " if any(" " in option for option in chosen) else " ").join(chosen)


def named(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of columns from a header: an empty one is `column 3`, repeated ones are `name (1)`, `name (2)`."""
    plain = [cell.replace("\ufeff", "").strip() for cell in cells]
    times, seen = Counter(plain), Counter[str]()
    taken = set(plain)
    names: list[str] = []
    for index, name in enumerate(plain, start=1):
        seen[name] += 1
        own = name if name and times[name] == 1 else f"{name} ({seen[name]})" if name else f"column {index}"
        while own != name and own in taken:
            own += "'"
        taken.add(own)
        names.append(own)
    return tuple(names)
