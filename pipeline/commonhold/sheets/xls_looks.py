"""How a sheet of an `.xls` file looks: the formats of its numbers, hidden rows and columns.

After [MS-CFB], the container, and [MS-XLS], the records of Excel 97 to 2003; others are read as stored.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from commonhold.sheets.column_letters import column_letter
from commonhold.sheets.looks import CODE_BITS, Looks, place_of
from commonhold.sheets.source import Source
from commonhold.sheets.xlsx_styles import built_in_code, changes_looks

END = 0xFFFFFFFA
"""From here on a number is no sector."""
HEADER_FATS, MINI_SECTOR, MINI_CUTOFF = 109, 64, 4096
BOF, EOF, SHEET, FORMAT, STYLE = 0x809, 0x0A, 0x85, 0x41E, 0xE0
ROW, COLUMNS, NUMBER, RK, MANY_RK, FORMULA = 0x208, 0x7D, 0x203, 0x27E, 0xBD, 0x06
TEXTS = frozenset({0xFD, 0x204, 0xD6, 0x205})
BIFF8 = 0x600
LONG = 1e15

Record = tuple[int, bytes]


def examine_old_book(source: Source, sheet: str) -> Looks:
    """How the named sheet looks."""
    try:
        return _examine(_workbook(source.path.read_bytes()), sheet)
    except (struct.error, IndexError, ValueError, OverflowError):
        return Looks()


@dataclass(slots=True)
class _Found:
    codes: list[str] = field(default_factory=list)
    coded: "array[int]" = field(default_factory=lambda: array("Q"))
    hidden_columns: list[int] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    in_use: set[int] = field(default_factory=set)
    long: list[tuple[int, int]] = field(default_factory=list)


def _workbook(data: bytes) -> bytes:
    """The stream `Workbook` of a compound file; empty when there is none."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    directory, more_fats, first_mini = (struct.unpack_from("<I", data, at)[0] for at in (48, 68, 60))

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    parts = [*struct.unpack_from(f"<{HEADER_FATS}I", data, 76)]
    seen = 0
    while more_fats < END and seen <= len(data) // size:
        numbers = struct.unpack(f"<{size // 4}I", sector(more_fats))
        parts += numbers[:-1]
        more_fats, seen = numbers[-1], seen + 1
    fat = [number for part in parts if part < END for number in struct.unpack(f"<{size // 4}I", sector(part))]

    def chain(start: int, table: list[int]) -> Iterator[int]:
        for _ in range(len(table)):
            if start >= END:
                return
            yield start
            start = table[start]

    entries = b"".join(map(sector, chain(directory, fat)))
    root, found = b"", b""
    for at in range(0, len(entries), 128):
        entry = entries[at : at + 128]
        name = entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le")
        root = entry if entry[66] == 5 else root
        found = entry if name == "Workbook" else found
    if not found:
        return b""
    start, length = struct.unpack_from("<IQ", found, 116)
    if length >= MINI_CUTOFF:
        return b"".join(map(sector, chain(start, fat)))[:length]
    minis = b"".join(map(sector, chain(struct.unpack_from("<I", root, 116)[0], fat)))
    table = (
        [*struct.unpack(f"<{len(raw) // 4}I", raw)] if (raw := b"".join(map(sector, chain(first_mini, fat)))) else []
    )
    return b"".join(minis[each * MINI_SECTOR :][:MINI_SECTOR] for each in chain(start, table))[:length]


def _records(stream: bytes, at: int = 0) -> Iterator[Record]:
    """The records of the part that begins at a place, without parts inside it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == BOF) - (kind == EOF)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        if depth < 1:
            return
        at += 4 + length


def _examine(stream: bytes, sheet: str) -> Looks:
    start, formats, styles = 0, dict[int, str](), list[int]()
    for kind, body in _records(stream):
        if kind == BOF and struct.unpack_from("<H", body)[0] != BIFF8:
            return Looks()
        if kind == SHEET and _text(body[6:], 1) == sheet:
            start = struct.unpack_from("<I", body)[0]
        elif kind == FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = _text(body[2:], 2)
        elif kind == STYLE:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    if not start:
        return Looks()
    codes = [formats.get(number) or built_in_code(number) for number in styles]
    found = _Found(codes)
    wanted = {style for style, code in enumerate(codes) if style < 1 << CODE_BITS and changes_looks(code)}
    for kind, body in _records(stream, start):
        _take(kind, body, found, wanted)
    first = min(found.long, default=(0, 0))
    return Looks(
        hidden_rows=len(found.hidden & found.in_use),
        hidden_columns=tuple(found.hidden_columns),
        long_numbers=len(found.long),
        first_long=f"{column_letter(first[1])}{first[0]}",
        codes=codes,
        coded=array("Q", sorted(found.coded)),
    )


def _take(kind: int, body: bytes, found: _Found, wanted: set[int]) -> None:
    if kind == ROW:
        row, options = struct.unpack_from("<H", body)[0], struct.unpack_from("<H", body, 12)[0]
        if options & 0x20:
            found.hidden.add(row + 1)
    elif kind == COLUMNS:
        first, last, _, _, options = struct.unpack_from("<5H", body)
        found.hidden_columns += range(first, last + 1) if options & 1 else ()
    elif kind in TEXTS:
        found.in_use.add(struct.unpack_from("<H", body)[0] + 1)
    elif kind in (NUMBER, RK, FORMULA):
        row, column, style = struct.unpack_from("<3H", body)
        value = struct.unpack_from("<d", body, 6)[0] if kind == NUMBER else 0.0
        _number(row + 1, column, style, value, found, wanted)
    elif kind == MANY_RK:
        row, column = struct.unpack_from("<2H", body)
        for at in range(4, len(body) - 2, 6):
            _number(row + 1, column + (at - 4) // 6, struct.unpack_from("<H", body, at)[0], 0.0, found, wanted)


def _number(row: int, column: int, style: int, value: float, found: _Found, wanted: set[int]) -> None:
    found.in_use.add(row)
    if style in wanted:
        found.coded.append(place_of(row, column, style))
    if LONG <= abs(value) < 1e21 and value.is_integer():
        found.long.append((row, column))


def _text(body: bytes, size: int) -> str:
    """Letters behind their number, which takes one byte or two, and a byte that says how they are stored."""
    number, wide = int.from_bytes(body[:size], "little"), body[size] & 1
    letters = body[size + 1 :]
    return letters[: 2 * number].decode("utf-16-le") if wide else letters[:number].decode("latin-1")
