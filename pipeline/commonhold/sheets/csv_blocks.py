"""Rows of a delimited text that keeps the rules, found by looking at all of its bytes at once.

Kept are the rules of RFC 4180: a quotation mark is at the ends of a cell or twice inside it, and lines end with a
line feed, before which a carriage return may stand. What breaks them goes through Python's reader, a mark at a time.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from commonhold.sheets.limits import MAX_CELL_CHARACTERS

QUOTE, LINE_FEED, RETURN = b'"\n\r'
ENDS = bytes((LINE_FEED, RETURN, QUOTE))
Places = NDArray[np.int64]


class Whole(NamedTuple):
    """The whole rows at the beginning of a text."""

    rows: Sequence[list[str]]
    numbers: Places
    """How many line ends stand before each of them."""
    lines: int
    """How many they have together."""
    size: int
    """Bytes that they take."""


def is_simple(delimiter: str) -> bool:
    """Whether cells between this character can be found here."""
    return delimiter.isascii() and delimiter.encode() not in (b'"', b"\n", b"\r", b"\0")


def whole_rows(data: bytes, delimiter: str, errors: str = "strict") -> Whole | None:
    """The rows of a text in UTF-8 that end in it; None when a rule is broken or a cell is too long.

    Raises:
        UnicodeDecodeError: a cell is not in UTF-8, and `errors` (as `bytes.decode` has them) does not let it pass.
    """
    if b"\0" in data:
        return None
    codes = np.frombuffer(data, np.uint8)
    feeds = codes == LINE_FEED
    returns = np.flatnonzero(codes == RETURN)
    if returns.size and (returns[-1] + 1 == len(data) or not feeds[returns + 1].all()):
        return None
    quotes = np.flatnonzero(codes == QUOTE)
    ends = np.flatnonzero((codes == ord(delimiter)) | feeds)
    ends = ends[np.searchsorted(quotes, ends) % 2 == 0]
    last = np.flatnonzero(feeds[ends])
    if not last.size:
        return Whole((), np.zeros(0, np.int64), 0, 0)
    ends = ends[: last[-1] + 1]
    size = int(ends[-1]) + 1
    codes, quotes = codes[:size], quotes[quotes < size]
    starts = np.append(0, ends[:-1] + 1)
    of_rows = feeds[ends]
    ends = ends - (of_rows & (codes[ends - 1] == RETURN) & (ends > starts))
    if not _kept(codes, quotes, ord(delimiter)) or int((ends - starts).max()) > MAX_CELL_CHARACTERS:
        return None
    cells = _cells(data, starts, ends, codes, quotes, errors)
    row_ends = np.flatnonzero(of_rows) + 1
    row_starts = np.append(0, row_ends[:-1])
    pairs = zip(row_starts.tolist(), row_ends.tolist(), strict=True)
    rows = [cells[first:end] for first, end in pairs]
    for empty in np.flatnonzero((row_ends - row_starts == 1) & (starts[row_starts] == ends[row_starts])).tolist():
        rows[empty] = []
    lines = np.flatnonzero(feeds[:size])
    numbers = np.searchsorted(lines, starts[row_starts])
    return Whole(rows, numbers, len(lines), size)


def _kept(codes: NDArray[np.uint8], quotes: Places, delimiter: int) -> bool:
    """Whether every mark opens a cell, closes one, or is one of two."""
    if not quotes.size:
        return True
    outside = np.zeros(256, np.bool_)
    outside[[delimiter, *ENDS]] = True
    opening, closing = quotes[::2], quotes[1::2]
    before = outside[codes[opening - 1]] & (codes[opening - 1] != RETURN) | (opening == 0)
    # The last of the rows ends with a line feed, so something follows every closing mark.
    return bool(before.all() and outside[codes[closing + 1]].all())


def _cells(
    data: bytes, starts: Places, ends: Places, codes: NDArray[np.uint8], quotes: Places, errors: str
) -> list[str]:
    quoted = (ends > starts) & (codes[starts] == QUOTE)
    doubled = np.flatnonzero(quoted & (np.searchsorted(quotes, ends) - np.searchsorted(quotes, starts) > 2))
    spans = zip((starts + quoted).tolist(), (ends - quoted).tolist(), strict=True)
    if data.isascii():
        text = data.decode("ascii")
        cells = [text[start:end] for start, end in spans]
    else:
        cells = [data[start:end].decode("utf-8", errors) for start, end in spans]
    for index in doubled.tolist():
        cells[index] = cells[index].replace('""', '"')
    return cells
