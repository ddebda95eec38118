"""A message in several columns: parts of it, which are joined, or versions of it, of which the first one counts."""

import re
from collections.abc import Mapping, Sequence

from commonhold.sheets.row import Names

LANGUAGE_MARK = re.compile(
    r"(?:::\s*|[\s_.:/-]+|(?=[(\[]))[(\[]?(?:[A-Za-zÀ-ɏ]{3,20}\s*\(\s*)?[a-z]{2,3}(?:[-_][A-Z]{2,4})?[)\]]?$"
    r"|::\s*[^:]+$"
)
"""`label::Español (es)`, `question_en`, `Message (es-MX)`: which language a column is in."""


def joined_names(names: Names) -> Names:
    """The columns that are parts of one message; none where there is one, or where they differ by language only."""
    if len(names) < 2:
        return ()
    plain = {LANGUAGE_MARK.sub("", name).strip().casefold() for name in names}
    return () if len(plain) == 1 else names


def parts_of(cells: Mapping[str, str], names: Names) -> Sequence[str]:
    """The different texts in some columns of a row, in the order of the columns."""
    texts: dict[str, str] = {}
    for name in names:
        if (cell := cells.get(name, "")).strip():
            texts.setdefault(cell.strip(), cell)
    return list(texts.values())


def joined(cells: Mapping[str, str], names: Names) -> str:
    """The parts of a message with a blank line between them; versions of a form fill one, which stays as it is."""
    return "\n\n".join(parts_of(cells, names))
